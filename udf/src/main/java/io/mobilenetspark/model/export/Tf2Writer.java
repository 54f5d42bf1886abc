package io.mobilenetspark.model.export;

import io.mobilenetspark.model.MobileNetWeights;
import io.mobilenetspark.model.checkpoint.TensorBundleWriter;
import io.mobilenetspark.model.hub.ImageSizeFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.CollectionDef;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.FunctionDefLibrary;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NameAttrList;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedConcreteFunction;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedFunction;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedObjectGraph;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.Struct.StructuredValue;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;

/**
 * Writes a reusable SavedModel as the published version 5 is: {@code __call__(inputs,
 * training=False, return_endpoints=False, batch_norm_momentum=0.99)} in four traces, variables,
 * regularizers, {@code serving_default}. With a classifier it is an image classification module,
 * whose call gives logits.
 *
 * @see <a
 *     href="https://github.com/tensorflow/hub/blob/v0.12.0/docs/reusable_saved_models.md">reusable
 *     SavedModels</a>
 */
final class Tf2Writer {

  private static final String INPUTS = "inputs";
  private static final String MOMENTUM = "batch_norm_momentum";
  private static final String WRAPPER = "__inference_signature_wrapper_0";
  private static final String SERVING_INPUT = "serving_default_inputs";
  private static final String SERVING_CALL = "StatefulPartitionedCall";
  private static final String INIT = "__saved_model_init_op";
  private static final TensorShapeProto SCALAR = TensorShapeProto.getDefaultInstance();

  private final MobileNetWeights weights;
  private final ExportFacts facts;
  private final Variables variables;

  /** What the call and {@code serving_default} give, by the latter's key. */
  private final GraphTensor served;

  private final ObjectGraphWriter objects;
  private final FunctionDefLibrary.Builder library = FunctionDefLibrary.newBuilder();
  private final Map<String, SavedConcreteFunction> concrete = new TreeMap<>();

  /**
   * @param weights a classifier among them makes it a classification module
   */
  Tf2Writer(MobileNetWeights weights, ExportFacts facts) {
    this.weights = weights;
    this.facts = facts;
    this.variables = Variables.of(weights);
    this.served =
        weights.classCount() > 0
            ? new GraphTensor("logits", Network.logitsShape(weights))
            : new GraphTensor("feature_vector", Network.featuresShape(weights));
    this.objects = new ObjectGraphWriter(weights, variables);
  }

  void write(FileSystem fileSystem, Path directory) throws IOException {
    Path checkpoint = new Path(directory, "variables");
    fileSystem.mkdirs(checkpoint);
    fileSystem.mkdirs(new Path(directory, "assets"));
    TensorBundleWriter bundle = new TensorBundleWriter();
    for (int i = 0; i < variables.all().size(); i++) {
      bundle.add(ObjectGraphWriter.checkpointKey(i), weights.get(variables.all().get(i)));
    }
    bundle.add("_CHECKPOINTABLE_OBJECT_GRAPH", objects.checkpoint().toByteArray());
    bundle.write(fileSystem, new Path(checkpoint, "variables"));
    ImageSizeFile.write(fileSystem, ImageSizeFile.ofSavedModel(directory), facts.size());
    SavedModel model =
        SavedModel.newBuilder().setSavedModelSchemaVersion(1).addMetaGraphs(metaGraph()).build();
    // Last: what has it is a SavedModel.
    SavedModelFile.write(model, fileSystem, directory);
  }

  private MetaGraphDef metaGraph() {
    SavedFunction.Builder call =
        SavedFunction.newBuilder()
            .setFunctionSpec(
                Structures.function(
                    List.of(INPUTS, "training", "return_endpoints", MOMENTUM),
                    Structures.tuple(
                        List.of(
                            Structures.flag(Attributes.Flag.FALSE),
                            Structures.flag(Attributes.Flag.FALSE),
                            Structures.number(facts.momentum())))));
    for (Network.Mode mode : Network.Mode.values()) {
      for (Attributes.Flag endpoints : List.of(Attributes.Flag.FALSE, Attributes.Flag.TRUE)) {
        call.addConcreteFunctions(addCall(mode, endpoints));
      }
    }
    objects.call(call.build());
    for (String variable : variables.regularized()) {
      objects.regularizer(
          SavedFunction.newBuilder()
              .addConcreteFunctions(addRegularizer(variable))
              .setFunctionSpec(Structures.function(List.of(), Structures.NONE))
              .build());
    }
    addWrapper(call.getConcreteFunctions(0));
    objects.signature("serving_default", WRAPPER, INPUTS);
    SavedObjectGraph objectGraph = objects.build().putAllConcreteFunctions(concrete).build();

    Nodes nodes = new Nodes();
    addServing(nodes);
    MetaGraphDef.Builder meta = MetaGraphDef.newBuilder();
    meta.setSaverDef(SaverNodes.add(nodes, variables.all()));
    meta.setGraphDef(
            GraphDef.newBuilder()
                .setVersions(GraphVersions.current())
                .addAllNode(nodes.list())
                .setLibrary(library))
        .setObjectGraphDef(objectGraph);
    meta.getMetaInfoDefBuilder()
        .addTags("serve")
        .setTensorflowVersion(GraphVersions.tensorFlow())
        .setStrippedDefaultAttrs(true);
    addSignatures(meta);
    return meta.build();
  }

  private void addSignatures(MetaGraphDef.Builder meta) {
    meta.putSignatureDef(
        "serving_default",
        SignatureDef.newBuilder()
            .setMethodName("tensorflow/serving/predict")
            .putInputs(INPUTS, new GraphTensor(SERVING_INPUT, Network.imagesShape()).info())
            .putOutputs(served.name(), new GraphTensor(SERVING_CALL, served.shape()).info())
            .build());
    meta.putSignatureDef(
        INIT,
        SignatureDef.newBuilder()
            .putOutputs(
                INIT,
                TensorInfo.newBuilder()
                    .setName("NoOp")
                    .setTensorShape(TensorShapeProto.newBuilder().setUnknownRank(true))
                    .build())
            .build());
    meta.putCollectionDef(
        "saved_model_main_op",
        CollectionDef.newBuilder()
            .setNodeList(CollectionDef.NodeList.newBuilder().addValue("NoOp"))
            .build());
  }

  /** One trace; gives its name. */
  private String addCall(Network.Mode mode, Attributes.Flag returnEndpoints) {
    String name = "__inference_call_" + library.getFunctionCount();
    Nodes nodes = new Nodes();
    Network network =
        new Network(nodes, weights, Tf2Writer::argument, mode, Network.BatchNormOp.V3);
    GraphTensor pooled = network.addLayers(INPUTS, MOMENTUM);
    GraphTensor main =
        weights.classCount() > 0 ? network.addLogits(pooled) : network.addFeatures(pooled);
    List<GraphTensor> results;
    StructuredValue output;
    if (returnEndpoints == Attributes.Flag.TRUE) {
      SortedMap<String, GraphTensor> all = network.endpoints(); // Python's order of the results
      all.put("default", main);
      results = List.copyOf(all.values());
      SortedMap<String, StructuredValue> structure = new TreeMap<>();
      all.forEach((key, tensor) -> structure.put(key, Structures.tensor("", tensor.shape())));
      output = Structures.dictionary(structure);
    } else {
      results = List.of(main);
      output = Structures.tensor("", main.shape());
    }
    List<Functions.Argument> arguments = new ArrayList<>();
    arguments.add(Functions.Argument.tensor(INPUTS, Network.imagesShape()));
    arguments.add(Functions.Argument.tensor(MOMENTUM, SCALAR));
    arguments.addAll(variableArguments());
    add(
        Functions.of(name, arguments, nodes, results, network.updates()),
        Structures.arguments(
            List.of(
                Structures.tensor(INPUTS, Network.imagesShape()),
                Structures.flag(
                    mode == Network.Mode.TRAINING ? Attributes.Flag.TRUE : Attributes.Flag.FALSE),
                Structures.flag(returnEndpoints),
                Structures.tensor(MOMENTUM, SCALAR)),
            Map.of()),
        output,
        objects.variableIds());
    return name;
  }

  private String addRegularizer(String variable) {
    String name = "__inference_loss_" + library.getFunctionCount();
    Nodes nodes = new Nodes();
    TensorShapeProto shape = weights.get(variable).shapeProto();
    String argument = argument(variable);
    String loss = Regularizer.add(nodes, "l2_regularizer", argument, shape, facts);
    add(
        Functions.of(
            name,
            List.of(Functions.Argument.variable(argument, shape)),
            nodes,
            List.of(new GraphTensor(loss, SCALAR)),
            List.of()),
        Structures.arguments(List.of(), Map.of()),
        Structures.tensor("", SCALAR),
        List.of(objects.variableId(variable)));
    return name;
  }

  /** The signature's function: the inference trace with the default momentum, keys by name. */
  private void addWrapper(String call) {
    Nodes nodes = new Nodes();
    String momentum = nodes.constant(MOMENTUM, Attributes.scalar((float) facts.momentum()));
    List<String> inputs = new ArrayList<>(List.of(INPUTS, momentum));
    variables.all().forEach(variable -> inputs.add(argument(variable)));
    addCallNode(nodes, call, inputs, 2);
    List<Functions.Argument> arguments = new ArrayList<>();
    arguments.add(Functions.Argument.tensor(INPUTS, Network.imagesShape()));
    arguments.addAll(variableArguments());
    add(
        Functions.of(
            WRAPPER,
            arguments,
            nodes,
            List.of(new GraphTensor(SERVING_CALL, served.shape())),
            List.of()),
        Structures.arguments(
            List.of(), Map.of(INPUTS, Structures.tensor(INPUTS, Network.imagesShape()))),
        Structures.dictionary(
            Map.of(served.name(), Structures.tensor(served.name(), served.shape()))),
        objects.variableIds());
  }

  private void addServing(Nodes nodes) {
    List<String> inputs = new ArrayList<>(List.of(SERVING_INPUT));
    for (String variable : variables.all()) {
      inputs.add(nodes.handle(variable, weights.get(variable).shapeProto()));
    }
    nodes.placeholder(SERVING_INPUT, DataType.DT_FLOAT, Network.imagesShape());
    addCallNode(nodes, WRAPPER, inputs, 1);
    nodes.add("NoOp", "NoOp", List.of(), Map.of());
  }

  /** A call of a function that takes some tensors, then all variables, and gives what is served. */
  private void addCallNode(Nodes nodes, String function, List<String> inputs, int tensors) {
    List<DataType> types = new ArrayList<>(Collections.nCopies(tensors, DataType.DT_FLOAT));
    types.addAll(Collections.nCopies(variables.all().size(), DataType.DT_RESOURCE));
    nodes.add(
        "StatefulPartitionedCall",
        SERVING_CALL,
        inputs,
        Map.of(
            "Tin",
            Attributes.types(types),
            "Tout",
            Attributes.types(List.of(DataType.DT_FLOAT)),
            "f",
            AttrValue.newBuilder().setFunc(NameAttrList.newBuilder().setName(function)).build()),
        served.shape());
  }

  private List<Functions.Argument> variableArguments() {
    return variables.all().stream()
        .map(
            variable ->
                Functions.Argument.variable(argument(variable), weights.get(variable).shapeProto()))
        .toList();
  }

  private static String argument(String variable) {
    return variable.toLowerCase(Locale.ROOT).replace('/', '_');
  }

  private void add(
      FunctionDef function,
      StructuredValue input,
      StructuredValue output,
      List<Integer> boundInputs) {
    library.addFunction(function);
    concrete.put(
        function.getSignature().getName(),
        SavedConcreteFunction.newBuilder()
            .setCanonicalizedInputSignature(input)
            .setOutputSignature(output)
            .addAllBoundInputs(boundInputs)
            .build());
  }
}
