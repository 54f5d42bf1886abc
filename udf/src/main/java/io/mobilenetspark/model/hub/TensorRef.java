package io.mobilenetspark.model.hub;

/**
 * What a node of a graph takes in: an output of another node, or only its completion.
 *
 * @param node name of the other node
 * @param index which output; -1 for a control dependency
 */
record TensorRef(String node, int index) {

  static final int CONTROL = -1;

  /** Parses {@code node}, {@code node:1} or {@code ^node}. */
  static TensorRef parse(String input) {
    if (input.startsWith("^")) {
      return new TensorRef(input.substring(1), CONTROL);
    }
    int colon = input.lastIndexOf(':');
    if (colon < 0) {
      return new TensorRef(input, 0);
    }
    String index = input.substring(colon + 1);
    if (index.isEmpty()
        || index.length() > 5
        || !index.chars().allMatch(digit -> digit >= '0' && digit <= '9')) {
      return new TensorRef(input, 0); // no such node: whoever looks it up will say so
    }
    return new TensorRef(input.substring(0, colon), Integer.parseInt(index));
  }

  boolean isControl() {
    return index == CONTROL;
  }

  /** As a node's {@code input} has it. */
  String toInput() {
    return isControl() ? "^" + node : index == 0 ? node : node + ":" + index;
  }
}
