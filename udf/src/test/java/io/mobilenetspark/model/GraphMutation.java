package io.mobilenetspark.model;

import com.google.protobuf.ByteString;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;

/** One change to a MobileNet's graph that TensorFlow may well accept. */
final class GraphMutation {

  enum Kind {
    NODE_BETWEEN,
    NODE_LEFT_OUT,
    OTHER_OP,
    OTHER_CONSTANT,
    OTHER_AXES,
    OTHER_ATTRIBUTE,
    SWAPPED_INPUTS,
    SWAPPED_VARIABLES,
    OTHER_OUTPUT
  }

  private static final List<String> UNARY =
      List.of("Relu6", "Relu", "Identity", "Abs", "Neg", "Square", "Sigmoid", "StopGradient");

  private static final Map<String, List<String>> OTHERS =
      Map.of(
          "Relu6", List.of("Relu", "Elu", "Identity", "Tanh"),
          "Mean", List.of("Max", "Sum", "Min"),
          "Sub", List.of("AddV2", "Add", "Maximum", "Mul"),
          "Mul", List.of("AddV2", "RealDiv", "Sub", "Maximum"),
          "FusedBatchNorm", List.of("FusedBatchNormV2", "FusedBatchNormV3"));

  private final Random random;
  private final Kind kind;
  private String what = "nothing";

  GraphMutation(Random random) {
    this.random = random;
    this.kind = Kind.values()[random.nextInt(Kind.values().length)];
  }

  Kind kind() {
    return kind;
  }

  @Override
  public String toString() {
    return kind + " " + what;
  }

  void apply(GraphDef.Builder graph) {
    List<NodeDef.Builder> path = forward(graph);
    switch (kind) {
      case NODE_BETWEEN -> {
        NodeDef.Builder node = any(path, n -> dataInputs(n) > 0);
        int input = random.nextInt(dataInputs(node));
        String op = UNARY.get(random.nextInt(UNARY.size()));
        what = op + " before " + node.getName() + " input " + input;
        String before = node.getInput(input);
        node.setInput(input, "between");
        graph.addNode(
            NodeDef.newBuilder()
                .setName("between")
                .setOp(op)
                .addInput(before)
                .putAttr("T", type(DataType.DT_FLOAT)));
      }
      case NODE_LEFT_OUT -> {
        NodeDef.Builder gone = any(path, n -> dataInputs(n) > 0);
        what = gone.getName();
        for (NodeDef.Builder node : graph.getNodeBuilderList()) {
          for (int i = 0; i < node.getInputCount(); i++) {
            if (node.getInput(i).equals(gone.getName())) {
              node.setInput(i, gone.getInput(0));
            }
          }
        }
      }
      case OTHER_OP -> {
        NodeDef.Builder node = any(path, n -> OTHERS.containsKey(n.getOp()));
        List<String> others = OTHERS.getOrDefault(node.getOp(), List.of());
        String op = others.get(random.nextInt(others.size()));
        what = op + " for " + node.getName();
        node.setOp(op);
        if (op.equals("FusedBatchNormV2") || op.equals("FusedBatchNormV3")) {
          node.putAttr("U", type(DataType.DT_FLOAT));
        } else if (op.equals("Identity") || op.equals("Tanh")) {
          AttrValue t = node.getAttrOrThrow("T");
          node.clearAttr().putAttr("T", t);
        }
      }
      case OTHER_CONSTANT -> {
        NodeDef.Builder node = any(path, n -> isConstant(n, DataType.DT_FLOAT));
        float value = List.of(0f, 1f, 2f, 0.5f, -1f, 127.5f, 1.0001f).get(random.nextInt(7));
        what = node.getName() + " = " + value;
        node.putAttr(
            "value",
            tensor(TensorProto.newBuilder().setDtype(DataType.DT_FLOAT).addFloatVal(value)));
      }
      case OTHER_AXES -> {
        NodeDef.Builder node = any(path, n -> isConstant(n, DataType.DT_INT32));
        TensorProto.Builder axes =
            node.getAttrOrThrow("value").getTensor().toBuilder().clearTensorContent().clearIntVal();
        axes.addIntVal(random.nextInt(4)).addIntVal(random.nextInt(4));
        what = node.getName() + " = " + axes.getIntValList();
        node.putAttr("value", tensor(axes));
      }
      case OTHER_ATTRIBUTE -> changeAttribute(path);
      case SWAPPED_INPUTS -> {
        NodeDef.Builder node = any(path, n -> dataInputs(n) > 1);
        int a = random.nextInt(dataInputs(node));
        int b = random.nextInt(dataInputs(node));
        what = String.format(Locale.ROOT, "%s inputs %d, %d", node.getName(), a, b);
        String first = node.getInput(a);
        node.setInput(a, node.getInput(b)).setInput(b, first);
      }
      case SWAPPED_VARIABLES -> {
        NodeDef.Builder a = any(path, n -> n.getOp().equals("ReadVariableOp"));
        NodeDef.Builder b = any(path, n -> n.getOp().equals("ReadVariableOp"));
        what = a.getName() + ", " + b.getName();
        String first = a.getInput(0);
        a.setInput(0, b.getInput(0));
        b.setInput(0, first);
      }
      case OTHER_OUTPUT -> {
        NodeDef.Builder node =
            any(path, n -> n.getOp().startsWith("Relu6") && n.getInputCount() == 1);
        int output = random.nextInt(3);
        what = node.getName() + " takes output " + output;
        node.setInput(0, node.getInput(0) + ":" + output);
      }
    }
  }

  private void changeAttribute(List<NodeDef.Builder> path) {
    NodeDef.Builder node =
        any(path, n -> n.getOp().matches("Conv2D|Depthwise.*|FusedBatchNorm|Mean|Squeeze"));
    List<String> names = new ArrayList<>(new TreeSet<>(node.getAttrMap().keySet()));
    names.remove("T");
    names.remove("Tidx");
    String name = names.get(random.nextInt(names.size()));
    AttrValue.Builder value = node.getAttrOrThrow(name).toBuilder();
    switch (value.getValueCase()) {
      case F -> value.setF(value.getF() * (random.nextBoolean() ? 2 : 1.001f));
      case B -> value.setB(!value.getB());
      case S ->
          value.setS(
              ByteString.copyFromUtf8(
                  List.of("VALID", "SAME", "EXPLICIT", "NHWC", "NCHW").get(random.nextInt(5))));
      case LIST -> {
        List<Long> numbers = new ArrayList<>(value.getList().getIList());
        for (int i = 0; i < numbers.size(); i++) {
          if (i == 1 || i == 2 || random.nextInt(8) == 0) {
            numbers.set(i, 1L + random.nextInt(3));
          }
        }
        value.getListBuilder().clearI().addAllI(numbers);
      }
      default -> value.clear();
    }
    what = node.getName() + " " + name + " = " + value;
    node.putAttr(name, value.build());
  }

  private NodeDef.Builder any(List<NodeDef.Builder> nodes, Predicate<NodeDef.Builder> which) {
    List<NodeDef.Builder> found = nodes.stream().filter(which).toList();
    return found.get(random.nextInt(found.size()));
  }

  private static int dataInputs(NodeDef.Builder node) {
    return (int) node.getInputList().stream().filter(input -> !input.startsWith("^")).count();
  }

  private static boolean isConstant(NodeDef.Builder node, DataType type) {
    return node.getOp().equals("Const") && node.getAttrOrThrow("dtype").getType() == type;
  }

  /** What the feature vector needs, in a fixed order. */
  private static List<NodeDef.Builder> forward(GraphDef.Builder graph) {
    Set<String> needed = new HashSet<>();
    Deque<String> toVisit = new ArrayDeque<>();
    graph.getNodeList().stream()
        .filter(node -> node.getOp().equals("Squeeze"))
        .forEach(node -> toVisit.push(node.getName()));
    while (!toVisit.isEmpty()) {
      String name = toVisit.pop().replaceFirst("^\\^", "").replaceFirst(":.*", "");
      if (needed.add(name)) {
        graph.getNodeList().stream()
            .filter(node -> node.getName().equals(name))
            .forEach(node -> toVisit.addAll(node.getInputList()));
      }
    }
    return graph.getNodeBuilderList().stream()
        .filter(node -> needed.contains(node.getName()))
        .toList();
  }

  private static AttrValue type(DataType type) {
    return AttrValue.newBuilder().setType(type).build();
  }

  private static AttrValue tensor(TensorProto.Builder tensor) {
    return AttrValue.newBuilder().setTensor(tensor).build();
  }
}
