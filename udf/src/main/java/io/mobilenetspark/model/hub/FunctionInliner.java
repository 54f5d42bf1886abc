package io.mobilenetspark.model.hub;

import io.mobilenetspark.model.graph.OpDefs;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.FunctionDefLibrary;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;

/**
 * Puts functions' bodies in the place of their calls. TensorFlow can't differentiate a depthwise
 * convolution within a call, and variables can't be made constants within one.
 *
 * <p>Functions that control flow ops refer to stay functions. For one use, by one thread.
 */
final class FunctionInliner {

  private static final Set<String> CALLS = Set.of("PartitionedCall", "StatefulPartitionedCall");

  private static final int MAX_DEPTH = 64;

  private final Map<String, FunctionDef> functions = new HashMap<>();
  private final List<NodeDef> nodes = new ArrayList<>();

  /** What stands for the outputs of a call that is no more. */
  private final Map<String, List<String>> outputsOfCalls = new HashMap<>();

  private final Set<String> active = new HashSet<>();

  FunctionInliner(FunctionDefLibrary library) {
    for (FunctionDef function : library.getFunctionList()) {
      functions.put(function.getSignature().getName(), function);
    }
  }

  /**
   * What a call became.
   *
   * @param outputs one input string a result, in the function's order
   * @param controls names of the ops with side effects that the function promises to run
   */
  record Inlined(List<String> outputs, List<String> controls) {}

  /** Adds a node as it is. */
  void add(NodeDef node) {
    nodes.add(node);
  }

  /**
   * Adds the body of a function.
   *
   * @param name of the function
   * @param prefix of the new nodes' names; ends with a slash
   * @param arguments one input string an argument
   */
  Inlined call(String name, String prefix, List<String> arguments) throws DamagedGraphException {
    FunctionDef function = functions.get(name);
    if (function == null) {
      throw new DamagedGraphException(
          String.format(Locale.ROOT, "there is no function '%s'", name));
    }
    if (!active.add(name)) {
      throw new DamagedGraphException(
          String.format(Locale.ROOT, "function '%s' calls itself", name));
    }
    if (active.size() > MAX_DEPTH) {
      throw new DamagedGraphException(
          String.format(
              Locale.ROOT, "its functions call one another more than %d deep", MAX_DEPTH));
    }
    OpDef signature = function.getSignature();
    if (signature.getInputArgCount() != arguments.size()) {
      throw new DamagedGraphException(
          String.format(
              Locale.ROOT,
              "function '%s' takes %d arguments, not %d",
              name,
              signature.getInputArgCount(),
              arguments.size()));
    }
    Map<String, String> byArgument = new HashMap<>();
    for (int i = 0; i < arguments.size(); i++) {
      byArgument.put(signature.getInputArg(i).getName(), arguments.get(i));
    }
    Map<String, NodeDef> body = new HashMap<>();
    function.getNodeDefList().forEach(node -> body.put(node.getName(), node));
    Body scope = new Body(prefix, byArgument, body);
    Set<String> controls = new LinkedHashSet<>();
    for (NodeDef node : function.getNodeDefList()) {
      addBodyNode(node, scope, controls);
    }
    List<String> outputs = new ArrayList<>();
    for (OpDef.ArgDef output : signature.getOutputArgList()) {
      String result = function.getRetMap().get(output.getName());
      if (result == null) {
        throw new DamagedGraphException(
            String.format(
                Locale.ROOT,
                "function '%s' does not say what its result '%s' is",
                name,
                output.getName()));
      }
      outputs.add(scope.resolve(result));
    }
    function.getControlRetMap().values().forEach(node -> controls.add(prefix + node));
    active.remove(name);
    return new Inlined(outputs, List.copyOf(controls));
  }

  private void addBodyNode(NodeDef node, Body scope, Set<String> controls)
      throws DamagedGraphException {
    if (nodes.size() >= GraphLimits.MAX_NODES) {
      throw new DamagedGraphException(
          String.format(
              Locale.ROOT, "its functions have more than %d nodes", GraphLimits.MAX_NODES));
    }
    String name = scope.prefix + node.getName();
    List<String> inputs = new ArrayList<>();
    for (String input : node.getInputList()) {
      inputs.add(scope.resolve(input));
    }
    String called = calledFunction(node);
    if (called.isEmpty()) {
      nodes.add(node.toBuilder().setName(name).clearInput().addAllInput(inputs).build());
      return;
    }
    List<String> arguments = inputs.stream().filter(input -> !input.startsWith("^")).toList();
    Inlined inlined = call(called, name + "/", arguments);
    outputsOfCalls.put(name, inlined.outputs());
    controls.addAll(inlined.controls());
    // Others may wait for the call: a node of its name that waits for what the call did.
    NodeDef.Builder done = NodeDef.newBuilder().setName(name).setOp("NoOp");
    inputs.stream().filter(input -> input.startsWith("^")).forEach(done::addInput);
    inlined.controls().forEach(control -> done.addInput("^" + control));
    nodes.add(done.build());
  }

  private static String calledFunction(NodeDef node) {
    return CALLS.contains(node.getOp()) && node.getAttrMap().containsKey("f")
        ? node.getAttrOrThrow("f").getFunc().getName()
        : "";
  }

  /** All nodes so far, with references to calls' outputs replaced by what computes them. */
  List<NodeDef> nodes() throws DamagedGraphException {
    List<NodeDef> resolved = new ArrayList<>(nodes.size());
    for (NodeDef node : nodes) {
      NodeDef.Builder copy = node.toBuilder().clearInput();
      for (String input : node.getInputList()) {
        copy.addInput(resolveCall(input));
      }
      resolved.add(copy.build());
    }
    return resolved;
  }

  /** What an input string refers to once there are no calls. */
  String resolveCall(String input) throws DamagedGraphException {
    String current = input;
    for (int hops = 0; !current.startsWith("^"); hops++) {
      TensorRef ref = TensorRef.parse(current);
      List<String> outputs = outputsOfCalls.get(ref.node());
      if (outputs == null) {
        return current;
      }
      if (ref.index() >= outputs.size() || hops == outputsOfCalls.size()) {
        throw new DamagedGraphException(
            String.format(Locale.ROOT, "call '%s' has no such output", current));
      }
      current = outputs.get(ref.index());
    }
    return current;
  }

  /** Turns references within a function's body into references within the flat graph. */
  private record Body(String prefix, Map<String, String> arguments, Map<String, NodeDef> nodes) {

    /** Of {@code argument}, {@code node:output:index} or {@code ^node}. */
    String resolve(String reference) throws DamagedGraphException {
      if (reference.startsWith("^")) {
        String node = reference.substring(1);
        return arguments.containsKey(node)
            ? "^" + TensorRef.parse(arguments.get(node)).node()
            : "^" + prefix + node;
      }
      String[] parts = reference.split(":", -1);
      String argument = arguments.get(parts[0]);
      if (argument != null) {
        return argument;
      }
      NodeDef node = nodes.get(parts[0]);
      if (node == null) {
        throw new DamagedGraphException(
            String.format(Locale.ROOT, "a function refers to '%s', which is not there", reference));
      }
      int first = 0;
      if (parts.length == 3) {
        first = firstOf(node, parts[1]);
      }
      return new TensorRef(prefix + parts[0], first + index(parts[parts.length - 1], parts.length))
          .toInput();
    }

    private static int index(String text, int parts) throws DamagedGraphException {
      if (parts == 1) {
        return 0;
      }
      try {
        int index = Integer.parseInt(text);
        if (index >= 0 && index < 1 << 16) {
          return index;
        }
      } catch (NumberFormatException e) {
        // told below
      }
      throw new DamagedGraphException(
          String.format(Locale.ROOT, "a function refers to output '%s'", text));
    }

    /** Flat index of the first tensor of a named output. */
    private static int firstOf(NodeDef node, String output) throws DamagedGraphException {
      OpDef definition = OpDefs.find(node.getOp()).orElse(null);
      if (definition == null) {
        throw new DamagedGraphException(
            String.format(
                Locale.ROOT,
                "this TensorFlow has no op '%s' (node '%s')",
                node.getOp(),
                node.getName()));
      }
      int index = 0;
      for (OpDef.ArgDef argument : definition.getOutputArgList()) {
        if (argument.getName().equals(output)) {
          return index;
        }
        int count = OpDefs.outputCount(node, argument);
        if (count < 0) {
          break;
        }
        index += count;
      }
      throw new DamagedGraphException(
          String.format(Locale.ROOT, "node '%s' has no output '%s'", node.getName(), output));
    }
  }
}
