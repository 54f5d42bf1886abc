package io.mobilenetspark.model.hub;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.model.graph.AllowedOps;
import io.mobilenetspark.model.graph.OpDefs;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.FunctionDefLibrary;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/** Makes a graph's variables constants and gives its ends the names that its user knows. */
public final class GraphFreezer {

  private static final Set<String> VARIABLES = Set.of("VariableV2", "Variable");
  private static final Set<String> OLD_CONTROL_FLOW =
      Set.of("Switch", "RefSwitch", "Merge", "RefMerge", "Enter", "RefEnter", "LoopCond");

  private final String name;
  private final ModuleGraph module;
  private final VariableSource values;

  private GraphFreezer(String name, ModuleGraph module, VariableSource values) {
    this.name = name;
    this.module = module;
    this.values = values;
  }

  /**
   * Names of the ends of the frozen graph, and the size of its input.
   *
   * @param input name of the placeholder, float32 [n, height, width, 3]
   * @param output name of the op that gives the asked tensor
   * @param scope what the names of all other nodes start with; ends with a slash
   */
  public record Ends(String input, String output, String scope, ImageSize size) {}

  /**
   * The frozen part of a graph that computes one of its outputs.
   *
   * @param name of the module, for messages
   * @param module the graph
   * @param output key of the output
   * @param values of its variables
   * @param ends of the result
   * @param trust whether any op may be in that part
   * @throws IOException if the graph is damaged, changes its variables, or lacks a variable's value
   * @throws io.mobilenetspark.model.hub.ModelLoadException if the trust does not extend to it
   */
  public static GraphDef freeze(
      String name, ModuleGraph module, String output, VariableSource values, Ends ends, Trust trust)
      throws IOException {
    return new GraphFreezer(name, module, values).freeze(output, ends, trust);
  }

  /** The part of a graph that computes one of its outputs, for a look before it is frozen. */
  public static GraphDef partOf(ModuleGraph module, String output) throws IOException {
    GraphDef graph = module.graph();
    GraphPruner.Follow follow =
        graph.getNodeList().stream().anyMatch(node -> OLD_CONTROL_FLOW.contains(node.getOp()))
            ? GraphPruner.Follow.DATA_AND_CONTROL
            : GraphPruner.Follow.DATA; // without branches, control inputs only order side effects
    String target = TensorRef.parse(module.outputs().getOrDefault(output, output)).node();
    return GraphPruner.prune(graph, List.of(target), Set.of(module.images()), follow);
  }

  private GraphDef freeze(String output, Ends ends, Trust trust) throws IOException {
    GraphDef part = partOf(module, output);
    trust.check(name, part);
    if (part.getNodeList().stream().noneMatch(node -> node.getName().equals(module.images()))) {
      throw new DamagedGraphException(
          String.format(Locale.ROOT, "output '%s' does not depend on the images", output));
    }
    Set<String> present = Set.copyOf(part.getNodeList().stream().map(NodeDef::getName).toList());
    GraphDef.Builder frozen =
        GraphDef.newBuilder().setVersions(part.getVersions()).setLibrary(clean(part.getLibrary()));
    for (NodeDef node : part.getNodeList()) {
      if (!node.getName().equals(module.images())) {
        frozen.addNode(freeze(node));
      }
    }
    GraphDef.Builder named =
        GraphDef.newBuilder().setVersions(frozen.getVersions()).setLibrary(frozen.getLibrary());
    named.addNode(placeholder(ends));
    for (NodeDef node : frozen.getNodeList()) {
      NodeDef.Builder copy = clean(node).setName(ends.scope() + node.getName()).clearInput();
      for (String input : node.getInputList()) {
        TensorRef ref = TensorRef.parse(input);
        if (present.contains(ref.node())) {
          copy.addInput(rename(ref, ends).toInput());
        }
      }
      named.addNode(copy);
    }
    named.addNode(
        NodeDef.newBuilder()
            .setName(ends.output())
            .setOp("Identity")
            .putAttr("T", type(DataType.DT_FLOAT))
            .addInput(
                rename(TensorRef.parse(module.outputs().getOrDefault(output, output)), ends)
                    .toInput()));
    GraphDef result = named.build();
    GraphLimits.check(result);
    trust.checkCost(name, result, ends.input(), 1, ends.size().height(), ends.size().width(), 3);
    return result;
  }

  private TensorRef rename(TensorRef ref, Ends ends) {
    return ref.node().equals(module.images())
        ? new TensorRef(ends.input(), ref.index())
        : new TensorRef(ends.scope() + ref.node(), ref.index());
  }

  private static NodeDef placeholder(Ends ends) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (int dimension : new int[] {-1, ends.size().height(), ends.size().width(), 3}) {
      shape.addDimBuilder().setSize(dimension);
    }
    return NodeDef.newBuilder()
        .setName(ends.input())
        .setOp("Placeholder")
        .putAttr("dtype", type(DataType.DT_FLOAT))
        .putAttr("shape", AttrValue.newBuilder().setShape(shape).build())
        .build();
  }

  private NodeDef freeze(NodeDef node) throws IOException {
    String variable = module.variables().get(node.getName());
    if (variable != null || VARIABLES.contains(node.getOp())) {
      TensorProto value = values.read(variable == null ? node.getName() : variable);
      requireDeclared(node, value);
      return NodeDef.newBuilder()
          .setName(node.getName())
          .setOp("Const")
          .putAttr("dtype", type(value.getDtype()))
          .putAttr("value", AttrValue.newBuilder().setTensor(value).build())
          .build();
    }
    return switch (node.getOp()) {
      case "ReadVariableOp" -> read(node);
      case "VarHandleOp" ->
          throw new DamagedGraphException(
              String.format(Locale.ROOT, "variable '%s' has no value", node.getName()));
      case "AssignVariableOp", "AssignSubVariableOp", "AssignAddVariableOp", "ResourceGather" ->
          throw new DamagedGraphException(
              String.format(
                  Locale.ROOT,
                  "its graph uses '%s' (node '%s'), which can't be made constant",
                  node.getOp(),
                  node.getName()));
      default -> node;
    };
  }

  /** The variable's op has its value now; the read only passes it on. */
  private NodeDef read(NodeDef node) throws DamagedGraphException {
    AttrValue type = node.getAttrMap().get("dtype");
    if (node.getInputCount() == 0 || type == null) {
      throw new DamagedGraphException(
          String.format(Locale.ROOT, "node '%s' reads nothing", node.getName()));
    }
    return node.toBuilder().setOp("Identity").clearAttr().putAttr("T", type).build();
  }

  /** What a graph says of a variable and what the checkpoint holds must be the same. */
  private static void requireDeclared(NodeDef node, TensorProto value)
      throws DamagedGraphException {
    DataType type =
        Optional.ofNullable(node.getAttrMap().get("dtype"))
            .map(AttrValue::getType)
            .orElse(DataType.DT_INVALID);
    TensorShapeProto declared =
        Optional.ofNullable(node.getAttrMap().get("shape"))
            .map(AttrValue::getShape)
            .orElse(TensorShapeProto.newBuilder().setUnknownRank(true).build());
    boolean fits =
        type == value.getDtype()
            && (declared.getUnknownRank()
                || declared.getDimCount() == value.getTensorShape().getDimCount());
    for (int i = 0; fits && !declared.getUnknownRank() && i < declared.getDimCount(); i++) {
      long size = declared.getDim(i).getSize();
      fits = size < 0 || size == value.getTensorShape().getDim(i).getSize();
    }
    if (!fits) {
      throw new DamagedGraphException(
          String.format(
              Locale.ROOT,
              "variable '%s' has another type or shape in the checkpoint than in the graph",
              node.getName()));
    }
  }

  /** Functions without orders about how and where they are run. */
  static FunctionDefLibrary clean(FunctionDefLibrary library) throws DamagedGraphException {
    FunctionDefLibrary.Builder clean = FunctionDefLibrary.newBuilder();
    for (FunctionDef function : library.getFunctionList()) {
      FunctionDef.Builder copy = function.toBuilder().clearAttr().clearArgAttr().clearNodeDef();
      for (NodeDef node : function.getNodeDefList()) {
        copy.addNodeDef(clean(node));
      }
      clean.addFunction(copy);
    }
    return clean.build();
  }

  /**
   * Without the attributes that the definition lacks: shapes worked out by the producer, names of
   * classes and of devices. They would tie the graph to where and when it was written.
   */
  static NodeDef.Builder clean(NodeDef node) throws DamagedGraphException {
    NodeDef.Builder clean =
        node.toBuilder().clearDevice().clearExperimentalDebugInfo().clearExperimentalType();
    AllowedOps.SETTINGS.forEach(clean::removeAttr); // their defaults are empty
    Optional<OpDef> definition = OpDefs.find(node.getOp());
    for (String attribute : clean.build().getAttrMap().keySet()) {
      boolean isDefined =
          definition
              .map(op -> op.getAttrList().stream().anyMatch(a -> a.getName().equals(attribute)))
              .orElse(!attribute.startsWith("_"));
      if (!isDefined) {
        if (!attribute.startsWith("_")) {
          throw new DamagedGraphException(
              String.format(
                  Locale.ROOT,
                  "node '%s' has an attribute '%s', which op %s of this TensorFlow doesn't have",
                  node.getName(),
                  attribute,
                  node.getOp()));
        }
        clean.removeAttr(attribute);
      }
    }
    return clean;
  }

  private static AttrValue type(DataType type) {
    return AttrValue.newBuilder().setType(type).build();
  }
}
