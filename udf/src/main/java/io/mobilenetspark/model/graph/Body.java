package io.mobilenetspark.model.graph;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;
import org.tensorflow.proto.TensorProto;

/**
 * The nodes of a graph or of a function, each after those that it needs, with their references
 * taken apart. Immutable.
 */
final class Body {

  /** Place of an argument's values; nodes have theirs from 0 on. */
  static final int ARGUMENT = -1;

  /**
   * Where a value comes from.
   *
   * @param step of which step, or {@link #ARGUMENT}
   * @param output which of its outputs, or which argument
   */
  record Source(int step, int output) {}

  /**
   * A node.
   *
   * @param controls steps that must have run, and that it takes nothing from
   */
  record Step(NodeDef node, OpDef definition, List<Source> sources, List<Integer> controls) {}

  private final List<Step> steps;
  private final List<Source> results;
  private final int arguments;

  private Body(List<Step> steps, List<Source> results, int arguments) {
    this.steps = List.copyOf(steps);
    this.results = List.copyOf(results);
    this.arguments = arguments;
  }

  List<Step> steps() {
    return steps;
  }

  /** What a function gives; of a graph nothing. */
  List<Source> results() {
    return results;
  }

  int arguments() {
    return arguments;
  }

  static Body of(List<NodeDef> nodes) throws RefusedGraphException {
    Builder builder = new Builder(nodes, List.of());
    return new Body(builder.steps(), List.of(), 0);
  }

  static Body of(FunctionDef function) throws RefusedGraphException {
    OpDef signature = function.getSignature();
    for (OpDef.ArgDef argument : signature.getInputArgList()) {
      if (!argument.getNumberAttr().isEmpty() || !argument.getTypeListAttr().isEmpty()) {
        throw new RefusedGraphException(
            String.format(
                Locale.ROOT, "its function '%s' takes lists of tensors", signature.getName()));
      }
    }
    Builder builder =
        new Builder(
            function.getNodeDefList(),
            signature.getInputArgList().stream().map(OpDef.ArgDef::getName).toList());
    List<Step> steps = builder.steps();
    List<Source> results = new ArrayList<>();
    for (OpDef.ArgDef output : signature.getOutputArgList()) {
      results.add(builder.source(function.getRetOrDefault(output.getName(), "")));
    }
    return new Body(steps, results, signature.getInputArgCount());
  }

  private static final class Builder {
    private final Map<String, NodeDef> nodes = new HashMap<>();
    private final Map<String, Integer> arguments = new HashMap<>();

    /** Places of the nodes in the order in which they can run. */
    private final Map<String, Integer> places = new HashMap<>();

    private final List<NodeDef> order = new ArrayList<>();

    Builder(List<NodeDef> nodes, List<String> arguments) throws RefusedGraphException {
      for (NodeDef node : nodes) {
        if (this.nodes.put(node.getName(), node) != null) {
          throw new RefusedGraphException(
              String.format(Locale.ROOT, "its graph has two nodes '%s'", node.getName()));
        }
      }
      for (String argument : arguments) {
        this.arguments.put(argument, this.arguments.size());
      }
      sort(nodes);
    }

    private static String name(String reference) {
      String name = reference.startsWith("^") ? reference.substring(1) : reference;
      int colon = name.indexOf(':');
      return colon < 0 ? name : name.substring(0, colon);
    }

    private void sort(List<NodeDef> all) throws RefusedGraphException {
      Map<String, List<NodeDef>> waiting = new HashMap<>();
      Map<String, Integer> missing = new HashMap<>();
      Deque<NodeDef> ready = new ArrayDeque<>();
      for (NodeDef node : all) {
        int count = 0;
        for (String input : node.getInputList()) {
          String needed = name(input);
          if (nodes.containsKey(needed)) {
            waiting.computeIfAbsent(needed, name -> new ArrayList<>()).add(node);
            count++;
          } else if (!arguments.containsKey(needed)) {
            throw new RefusedGraphException(
                String.format(
                    Locale.ROOT,
                    "its node '%s' takes '%s', which is not there",
                    node.getName(),
                    input));
          }
        }
        missing.put(node.getName(), count);
        if (count == 0) {
          ready.add(node);
        }
      }
      while (!ready.isEmpty()) {
        NodeDef node = ready.remove();
        places.put(node.getName(), order.size());
        order.add(node);
        for (NodeDef next : waiting.getOrDefault(node.getName(), List.of())) {
          if (missing.merge(next.getName(), -1, Integer::sum) == 0) {
            ready.add(next);
          }
        }
      }
      if (order.size() < all.size()) {
        throw new RefusedGraphException("its graph has a cycle, which may run without end");
      }
    }

    List<Step> steps() throws RefusedGraphException {
      List<Step> steps = new ArrayList<>();
      for (NodeDef node : order) {
        List<Source> sources = new ArrayList<>();
        List<Integer> controls = new ArrayList<>();
        for (String input : node.getInputList()) {
          if (!input.startsWith("^")) {
            sources.add(source(input));
          } else if (places.containsKey(name(input))) {
            controls.add(places.getOrDefault(name(input), 0));
          }
        }
        steps.add(
            new Step(
                light(node),
                definition(node),
                List.copyOf(sources),
                controls.isEmpty() ? List.of() : Collections.unmodifiableList(controls)));
      }
      return steps;
    }

    /** Without the bytes of a large constant, of which only the shape matters. */
    private static NodeDef light(NodeDef node) {
      AttrValue value = node.getAttrMap().get("value");
      if (value == null || Value.of(value.getTensor()).elements() <= Value.MAX_NUMBERS) {
        return node;
      }
      TensorProto shape =
          TensorProto.newBuilder()
              .setDtype(value.getTensor().getDtype())
              .setTensorShape(value.getTensor().getTensorShape())
              .build();
      return node.toBuilder()
          .putAttr("value", AttrValue.newBuilder().setTensor(shape).build())
          .build();
    }

    private static OpDef definition(NodeDef node) throws RefusedGraphException {
      return OpDefs.find(node.getOp())
          .orElseThrow(
              () ->
                  new RefusedGraphException(
                      String.format(
                          Locale.ROOT,
                          "this TensorFlow has no op '%s' (node '%s')",
                          node.getOp(),
                          node.getName())));
    }

    /** Of {@code node}, {@code node:1}, {@code argument} or {@code node:output:1}. */
    Source source(String reference) throws RefusedGraphException {
      String[] parts = reference.split(":", -1);
      Integer argument = arguments.get(parts[0]);
      if (argument != null) {
        return new Source(ARGUMENT, argument);
      }
      Integer place = places.get(parts[0]);
      NodeDef node = nodes.get(parts[0]);
      if (place == null || node == null || parts.length > 3) {
        throw new RefusedGraphException(
            String.format(Locale.ROOT, "its graph has no '%s'", reference));
      }
      int first = parts.length == 3 ? firstOf(node, parts[1]) : 0;
      return new Source(place, first + (parts.length == 1 ? 0 : index(parts[parts.length - 1])));
    }

    private static int index(String text) throws RefusedGraphException {
      boolean isNumber =
          !text.isEmpty() && text.length() <= 5 && text.chars().allMatch(c -> c >= '0' && c <= '9');
      if (!isNumber) {
        throw new RefusedGraphException(
            String.format(Locale.ROOT, "its graph refers to an output '%s'", text));
      }
      return Integer.parseInt(text);
    }

    private static int firstOf(NodeDef node, String output) throws RefusedGraphException {
      int index = 0;
      for (OpDef.ArgDef argument : definition(node).getOutputArgList()) {
        int count = OpDefs.outputCount(node, argument);
        if (argument.getName().equals(output)) {
          return index;
        }
        if (count < 0) {
          break;
        }
        index += count;
      }
      throw new RefusedGraphException(
          String.format(Locale.ROOT, "its node '%s' has no output '%s'", node.getName(), output));
    }
  }
}
