package io.mobilenetspark.model.export;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/**
 * Nodes of a graph in the making. Every node is written with the attributes that its op requires
 * and those that differ from the op's defaults, so that older TensorFlows, which don't know newer
 * attributes, read it; and with the shapes of its outputs, which Python relies on. Not thread-safe.
 */
final class Nodes {

  private final List<NodeDef> nodes = new ArrayList<>();

  List<NodeDef> list() {
    return List.copyOf(nodes);
  }

  /**
   * Adds a node.
   *
   * @param shapes of its outputs
   * @return its name
   */
  String add(
      String op,
      String name,
      List<String> inputs,
      Map<String, AttrValue> attributes,
      TensorShapeProto... shapes) {
    NodeDef.Builder node =
        NodeDef.newBuilder().setName(name).setOp(op).addAllInput(inputs).putAllAttr(attributes);
    if (shapes.length > 0) {
      node.putAttr("_output_shapes", Attributes.shapes(List.of(shapes)));
    }
    nodes.add(node.build());
    return name;
  }

  String constant(String name, TensorProto value) {
    return add(
        "Const",
        name,
        List.of(),
        Map.of("dtype", Attributes.type(value.getDtype()), "value", Attributes.tensor(value)),
        value.getTensorShape());
  }

  /** An op of one float32 output whose only attribute is the type. */
  String arithmetic(String op, String name, List<String> inputs, TensorShapeProto shape) {
    return add(op, name, inputs, Map.of("T", Attributes.FLOAT), shape);
  }

  String placeholder(String name, DataType type, TensorShapeProto shape) {
    return add(
        "Placeholder",
        name,
        List.of(),
        Map.of("dtype", Attributes.type(type), "shape", Attributes.shape(shape)),
        shape);
  }

  String handle(String name, TensorShapeProto shape) {
    return add(
        "VarHandleOp",
        name,
        List.of(),
        Map.of(
            "dtype",
            Attributes.FLOAT,
            "shape",
            Attributes.shape(shape),
            "shared_name",
            Attributes.text(name)),
        TensorShapeProto.getDefaultInstance());
  }

  String read(String name, String handle, TensorShapeProto shape) {
    return add("ReadVariableOp", name, List.of(handle), Map.of("dtype", Attributes.FLOAT), shape);
  }
}
