package io.mobilenetspark.model;

import com.google.protobuf.ByteString;
import java.util.List;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/** Parts of graphs, by hand: what the bombs need, and no more. */
final class BombNodes {

  static final AttrValue FLOAT = type(DataType.DT_FLOAT);
  static final AttrValue INT = type(DataType.DT_INT32);

  private BombNodes() {}

  static OpDef.Builder signature(String name, DataType result) {
    return OpDef.newBuilder()
        .setName(name)
        .addInputArg(OpDef.ArgDef.newBuilder().setName("x").setType(DataType.DT_FLOAT))
        .addOutputArg(OpDef.ArgDef.newBuilder().setName("y").setType(result));
  }

  /** Of one tensor; gives the first output of the last node. */
  static void function(GraphDef.Builder graph, String name, NodeDef.Builder... nodes) {
    FunctionDef.Builder function =
        FunctionDef.newBuilder().setSignature(signature(name, DataType.DT_FLOAT));
    for (NodeDef.Builder node : nodes) {
      function.addNodeDef(node);
    }
    String output =
        switch (nodes[nodes.length - 1].getOp()) {
          case "Square" -> "y";
          default -> "output";
        };
    graph.getLibraryBuilder().addFunction(function.putRet("y", "inner:" + output + ":0"));
  }

  static NodeDef.Builder call(String name, String function, String input) {
    return node(name, "PartitionedCall", input)
        .putAttr("f", function(function))
        .putAttr("Tin", types(DataType.DT_FLOAT))
        .putAttr("Tout", types(DataType.DT_FLOAT));
  }

  static NodeDef.Builder convolution(String name, String kernel, long stride) {
    AttrValue.Builder strides = AttrValue.newBuilder();
    strides.getListBuilder().addAllI(List.of(1L, stride, stride, 1L));
    return node(name, "Conv2D", "images", kernel)
        .putAttr("T", FLOAT)
        .putAttr("strides", strides.build())
        .putAttr("padding", text("SAME"));
  }

  static void fill(GraphDef.Builder graph, String name, long... dims) {
    ints(graph, name + "/dims", dims);
    number(graph, name + "/value", 1);
    graph.addNode(node(name, "Fill", name + "/dims", name + "/value").putAttr("T", FLOAT));
  }

  static void range(GraphDef.Builder graph, String name, long limit) {
    graph.addNode(constant(name + "/start", DataType.DT_INT32, new long[0], 0));
    graph.addNode(constant(name + "/limit", DataType.DT_INT32, new long[0], limit));
    graph.addNode(constant(name + "/delta", DataType.DT_INT32, new long[0], 1));
    graph.addNode(
        node(name, "Range", name + "/start", name + "/limit", name + "/delta")
            .putAttr("Tidx", INT));
  }

  static void cast(GraphDef.Builder graph, String name, String input, DataType from, DataType to) {
    graph.addNode(node(name, "Cast", input).putAttr("SrcT", type(from)).putAttr("DstT", type(to)));
  }

  static void ints(GraphDef.Builder graph, String name, long... values) {
    graph.addNode(constant(name, DataType.DT_INT32, new long[] {values.length}, values));
  }

  static void matrix(GraphDef.Builder graph, String name, long columns, long... values) {
    graph.addNode(
        constant(name, DataType.DT_INT32, new long[] {values.length / columns, columns}, values));
  }

  static void number(GraphDef.Builder graph, String name, long value) {
    graph.addNode(constant(name, DataType.DT_FLOAT, new long[0], value));
  }

  static NodeDef.Builder constant(String name, DataType type, long[] shape, long... values) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder().setDtype(type).setTensorShape(shape(shape));
    for (long value : values) {
      switch (type) {
        case DT_BOOL -> tensor.addBoolVal(value != 0);
        case DT_FLOAT -> tensor.addFloatVal((float) value);
        default -> tensor.addIntVal((int) value);
      }
    }
    return node(name, "Const")
        .putAttr("dtype", type(type))
        .putAttr("value", AttrValue.newBuilder().setTensor(tensor).build());
  }

  static TensorShapeProto shape(long... dimensions) {
    TensorShapeProto.Builder proto = TensorShapeProto.newBuilder();
    for (long dimension : dimensions) {
      proto.addDimBuilder().setSize(dimension);
    }
    return proto.build();
  }

  static NodeDef.Builder node(String name, String op, String... inputs) {
    return NodeDef.newBuilder().setName(name).setOp(op).addAllInput(List.of(inputs));
  }

  static AttrValue type(DataType type) {
    return AttrValue.newBuilder().setType(type).build();
  }

  static AttrValue types(DataType type) {
    AttrValue.Builder types = AttrValue.newBuilder();
    types.getListBuilder().addType(type);
    return types.build();
  }

  static AttrValue function(String name) {
    AttrValue.Builder function = AttrValue.newBuilder();
    function.getFuncBuilder().setName(name);
    return function.build();
  }

  static AttrValue text(String text) {
    return AttrValue.newBuilder().setS(ByteString.copyFromUtf8(text)).build();
  }
}
