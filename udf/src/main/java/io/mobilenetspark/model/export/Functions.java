package io.mobilenetspark.model.export;

import io.mobilenetspark.model.graph.OpDefs;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;
import org.tensorflow.proto.TensorShapeProto;

/** Makes functions of flat nodes: references become {@code node:output:index}. */
final class Functions {

  private Functions() {}

  /**
   * An argument of a function.
   *
   * @param name letters, digits and underscores
   * @param isVariable whether it is the handle of a float32 variable; else a float32 tensor
   * @param shape of the variable or tensor
   */
  record Argument(String name, boolean isVariable, TensorShapeProto shape) {

    static Argument tensor(String name, TensorShapeProto shape) {
      return new Argument(name, false, shape);
    }

    static Argument variable(String name, TensorShapeProto shape) {
      return new Argument(name, true, shape);
    }

    DataType type() {
      return isVariable ? DataType.DT_RESOURCE : DataType.DT_FLOAT;
    }
  }

  /**
   * A function.
   *
   * @param body flat nodes; arguments are referred to by their names
   * @param results tensors of the flat nodes
   * @param effects names of nodes that must run even if no result needs them
   */
  static FunctionDef of(
      String name,
      List<Argument> arguments,
      Nodes body,
      List<GraphTensor> results,
      List<String> effects) {
    FunctionDef.Builder function = FunctionDef.newBuilder();
    OpDef.Builder signature = function.getSignatureBuilder().setName(name).setIsStateful(true);
    List<TensorShapeProto> inputShapes = new ArrayList<>();
    for (int i = 0; i < arguments.size(); i++) {
      Argument argument = arguments.get(i);
      OpDef.ArgDef.Builder definition =
          signature.addInputArgBuilder().setName(argument.name()).setType(argument.type());
      if (argument.isVariable()) {
        definition.addHandleDataBuilder().setDtype(DataType.DT_FLOAT).setShape(argument.shape());
        inputShapes.add(TensorShapeProto.getDefaultInstance());
      } else {
        inputShapes.add(argument.shape());
      }
      function.putArgAttr(
          i,
          FunctionDef.ArgAttrs.newBuilder()
              .putAttr("_user_specified_name", Attributes.text(argument.name()))
              .build());
    }
    function.putAttr("_input_shapes", Attributes.shapes(inputShapes));
    function.putAttr("_construction_context", Attributes.text("kEagerRuntime"));

    Nodes all = new Nodes();
    List<String> waits = effects.stream().map(effect -> "^" + effect).toList();
    for (int i = 0; i < results.size(); i++) {
      GraphTensor result = results.get(i);
      String identity = i == 0 ? "Identity" : "Identity_" + i;
      List<String> inputs = new ArrayList<>(List.of(result.name()));
      inputs.addAll(waits);
      all.arithmetic("Identity", identity, inputs, result.shape());
      String output = identity.toLowerCase(Locale.ROOT);
      signature.addOutputArgBuilder().setName(output).setType(DataType.DT_FLOAT);
      function.putRet(output, identity + ":output:0");
    }
    for (String effect : effects) {
      signature.addControlOutput(effect);
      function.putControlRet(effect, effect);
    }
    List<NodeDef> nodes = new ArrayList<>(body.list());
    nodes.addAll(all.list());
    References references = new References(arguments, nodes);
    for (NodeDef node : nodes) {
      NodeDef.Builder copy = node.toBuilder().clearInput();
      node.getInputList().forEach(input -> copy.addInput(references.inFunction(input)));
      function.addNodeDef(copy);
    }
    return function.build();
  }

  /** Turns flat references into those of a function. */
  private static final class References {
    private final Map<String, NodeDef> nodes = new HashMap<>();

    References(List<Argument> arguments, List<NodeDef> body) {
      body.forEach(node -> nodes.put(node.getName(), node));
      for (Argument argument : arguments) {
        if (nodes.containsKey(argument.name())) {
          throw new IllegalArgumentException("argument and node " + argument.name());
        }
      }
    }

    String inFunction(String input) {
      if (input.startsWith("^")) {
        return input;
      }
      int colon = input.lastIndexOf(':');
      String name = colon < 0 ? input : input.substring(0, colon);
      int index = colon < 0 ? 0 : Integer.parseInt(input.substring(colon + 1));
      NodeDef node = nodes.get(name);
      if (node == null) {
        return name; // an argument
      }
      OpDef definition =
          OpDefs.find(node.getOp())
              .orElseThrow(() -> new IllegalStateException("no op " + node.getOp()));
      int first = 0;
      for (OpDef.ArgDef output : definition.getOutputArgList()) {
        int count = OpDefs.outputCount(node, output);
        if (index < first + count) {
          return String.format(Locale.ROOT, "%s:%s:%d", name, output.getName(), index - first);
        }
        first += count;
      }
      throw new IllegalArgumentException("no output " + input);
    }
  }
}
