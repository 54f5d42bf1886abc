package io.mobilenetspark.model.hub;

import com.google.protobuf.ByteString;
import io.mobilenetspark.model.settings.ModelSettings;
import io.mobilenetspark.options.Cure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedObject;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedVariable;
import org.tensorflow.proto.Struct.StructuredValue;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/**
 * Makes a flat graph of one trace of a TF2 module: its body and those that it calls, one handle a
 * variable, placeholders for its tensors. For one graph, by one thread.
 */
final class Tf2GraphBuilder {

  private static final String INPUTS = "inputs/";
  private static final String VARIABLES = "variables/";

  private final String name;
  private final GraphDef graph;
  private final ObjectGraph objects;
  private final Map<String, StructuredValue> defaults;
  private final FunctionInliner inliner;
  private final Map<Integer, Map.Entry<String, Tf2Module.Variable>> variables = new HashMap<>();
  private final Map<Integer, String> handles = new HashMap<>();
  private final Map<String, String> variableOfHandle = new HashMap<>();

  Tf2GraphBuilder(
      String name,
      GraphDef graph,
      ObjectGraph objects,
      Map<String, Tf2Module.Variable> variables,
      Map<String, StructuredValue> defaults) {
    this.name = name;
    this.graph = graph;
    this.objects = objects;
    this.defaults = defaults;
    this.inliner = new FunctionInliner(graph.getLibrary());
    variables.entrySet().forEach(entry -> this.variables.put(entry.getValue().object(), entry));
  }

  ModuleGraph build(Trace trace, List<Trace> regularizers) throws DamagedGraphException {
    List<String> arguments = new ArrayList<>();
    Optional<String> images = Optional.empty();
    Optional<String> momentum = Optional.empty();
    for (Trace.TensorArgument argument : trace.tensors()) {
      String node = INPUTS + argument.name();
      if (images.isEmpty() && Tf2Module.isImages(argument)) {
        inliner.add(placeholder(node, argument));
        images = Optional.of(node);
      } else {
        inliner.add(placeholderWithDefault(node, argument));
        if (argument.name().equals(Tf2Module.MOMENTUM)) {
          momentum = Optional.of(node);
        }
      }
      arguments.add(node);
    }
    if (images.isEmpty()) {
      throw new ModelLoadException(
          name,
          String.format(Locale.ROOT, "its function '%s' takes no images", trace.function()),
          Cure.of(
              "Set %s to one with an input float32 [n, height, width, 3].",
              ModelSettings.SIGNATURE));
    }
    FunctionInliner.Inlined body = call(trace, "call/", arguments);
    List<String> losses = new ArrayList<>();
    for (int i = 0; i < regularizers.size(); i++) {
      losses.addAll(
          call(regularizers.get(i), "regularization_losses/" + i + "/", List.of()).outputs());
    }
    GraphDef flat =
        GraphDef.newBuilder()
            .setVersions(graph.getVersions())
            .setLibrary(graph.getLibrary())
            .addAllNode(inliner.nodes())
            .build();
    GraphLimits.check(flat.toBuilder().clearLibrary().build()); // the library is cut down later
    return new ModuleGraph(
        flat,
        images.get(),
        momentum,
        outputs(trace, body),
        variableOfHandle,
        trainable(),
        updates(flat, body.controls()),
        resolved(losses));
  }

  private SortedMap<String, String> outputs(Trace trace, FunctionInliner.Inlined body)
      throws DamagedGraphException {
    List<String> keys = trace.outputKeys();
    if (keys.size() != body.outputs().size()) {
      throw new DamagedGraphException(
          String.format(
              Locale.ROOT,
              "function '%s' gives %d tensors, its description says %d",
              trace.function(),
              body.outputs().size(),
              keys.size()));
    }
    SortedMap<String, String> outputs = new TreeMap<>();
    for (int i = 0; i < keys.size(); i++) {
      outputs.put(keys.get(i), inliner.resolveCall(body.outputs().get(i)));
    }
    return outputs;
  }

  private List<String> resolved(List<String> tensors) throws DamagedGraphException {
    List<String> resolved = new ArrayList<>();
    for (String tensor : tensors) {
      resolved.add(inliner.resolveCall(tensor));
    }
    return resolved;
  }

  private List<String> trainable() {
    return variableOfHandle.values().stream()
        .filter(
            variable ->
                variables.values().stream()
                    .anyMatch(
                        entry ->
                            entry.getKey().equals(variable)
                                && entry.getValue().kind() == ModuleVariable.Kind.TRAINABLE))
        .sorted()
        .toList();
  }

  /** Those of the promised side effects that change variables; reads are promised too. */
  private static List<String> updates(GraphDef flat, List<String> controls) {
    Map<String, NodeDef> nodes = GraphPruner.byName(flat);
    return controls.stream()
        .filter(
            control ->
                nodes.containsKey(control) && nodes.get(control).getOp().startsWith("Assign"))
        .toList();
  }

  private FunctionInliner.Inlined call(Trace trace, String prefix, List<String> tensors)
      throws DamagedGraphException {
    List<String> arguments = new ArrayList<>(tensors);
    for (int object : trace.boundInputs()) {
      arguments.add(captured(object));
    }
    return inliner.call(trace.function(), prefix, arguments);
  }

  /** The node that stands for an object that a function has captured. */
  private String captured(int id) throws DamagedGraphException {
    String known = handles.get(id);
    if (known != null) {
      return known;
    }
    SavedObject object = objects.object(id);
    NodeDef node =
        switch (object.getKindCase()) {
          case VARIABLE -> handle(id, object.getVariable());
          case CONSTANT -> constant(object.getConstant().getOperation());
          default ->
              throw new DamagedGraphException(
                  String.format(
                      Locale.ROOT,
                      "its function has captured a %s, which is not supported",
                      object.getKindCase()));
        };
    inliner.add(node);
    handles.put(id, node.getName());
    return node.getName();
  }

  private NodeDef handle(int id, SavedVariable variable) throws DamagedGraphException {
    Map.Entry<String, Tf2Module.Variable> entry = variables.get(id);
    if (entry == null) {
      throw new DamagedGraphException(
          String.format(Locale.ROOT, "variable '%s' is not in the checkpoint", variable.getName()));
    }
    String handle = VARIABLES + entry.getKey();
    variableOfHandle.put(handle, entry.getKey());
    return NodeDef.newBuilder()
        .setName(handle)
        .setOp("VarHandleOp")
        .putAttr("dtype", type(variable.getDtype()))
        .putAttr("shape", AttrValue.newBuilder().setShape(variable.getShape()).build())
        .putAttr(
            "shared_name",
            AttrValue.newBuilder().setS(ByteString.copyFromUtf8(entry.getKey())).build())
        .build();
  }

  /** Captured constants are nodes of the main graph. */
  private NodeDef constant(String operation) throws DamagedGraphException {
    return graph.getNodeList().stream()
        .filter(node -> node.getName().equals(operation) && node.getOp().equals("Const"))
        .findFirst()
        .orElseThrow(
            () ->
                new DamagedGraphException(
                    String.format(Locale.ROOT, "there is no constant '%s'", operation)))
        .toBuilder()
        .setName("constants/" + operation)
        .build();
  }

  private static NodeDef placeholder(String node, Trace.TensorArgument argument) {
    return NodeDef.newBuilder()
        .setName(node)
        .setOp("Placeholder")
        .putAttr("dtype", type(argument.spec().getDtype()))
        .putAttr("shape", AttrValue.newBuilder().setShape(argument.spec().getShape()).build())
        .build();
  }

  /** A tensor that Python may leave out, such as the momentum. */
  private NodeDef placeholderWithDefault(String node, Trace.TensorArgument argument)
      throws DamagedGraphException {
    StructuredValue value = defaults.get(argument.name());
    if (value == null
        || value.getKindCase() != StructuredValue.KindCase.FLOAT64_VALUE
        || argument.spec().getDtype() != DataType.DT_FLOAT
        || argument.spec().getShape().getDimCount() != 0) {
      throw new DamagedGraphException(
          String.format(
              Locale.ROOT, "its function needs a tensor '%s' besides the images", argument.name()));
    }
    String constant = node + "/default";
    inliner.add(
        NodeDef.newBuilder()
            .setName(constant)
            .setOp("Const")
            .putAttr("dtype", type(DataType.DT_FLOAT))
            .putAttr(
                "value",
                AttrValue.newBuilder()
                    .setTensor(
                        TensorProto.newBuilder()
                            .setDtype(DataType.DT_FLOAT)
                            .setTensorShape(TensorShapeProto.getDefaultInstance())
                            .addFloatVal((float) value.getFloat64Value()))
                    .build())
            .build());
    return NodeDef.newBuilder()
        .setName(node)
        .setOp("PlaceholderWithDefault")
        .addInput(constant)
        .putAttr("dtype", type(DataType.DT_FLOAT))
        .putAttr(
            "shape", AttrValue.newBuilder().setShape(TensorShapeProto.getDefaultInstance()).build())
        .build();
  }

  private static AttrValue type(DataType type) {
    return AttrValue.newBuilder().setType(type).build();
  }
}
