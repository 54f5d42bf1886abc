package io.mobilenetspark.model.export;

import com.google.protobuf.ByteString;
import io.mobilenetspark.model.MobileNetWeights;
import io.mobilenetspark.model.checkpoint.TensorBundleWriter;
import io.mobilenetspark.model.graph.OpDefs;
import io.mobilenetspark.model.hub.ImageModuleInfo;
import io.mobilenetspark.model.hub.ModuleReader;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.tensorflow.proto.CollectionDef;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpList;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorShapeProto;
import org.tensorflow.proto.VariableDef;

/**
 * Writes a TF1 {@code hub.Module}: graphs with the tag sets {} and {"train"}, the signatures and
 * collections of the published version 3; of its classification module if there is a classifier.
 *
 * @see <a
 *     href="https://github.com/tensorflow/hub/blob/v0.12.0/tensorflow_hub/native_module.py">native_module.py</a>
 */
final class Hub1Writer {

  /** {@code tensorflow_hub.ModuleDef} with format FORMAT_V3. */
  private static final byte[] MODULE_DEF = {0x08, 0x03};

  private static final String IMAGES = "hub_input/images";
  private static final String MOMENTUM = "hub_input/batch_norm_momentum";
  private static final TensorShapeProto SCALAR = TensorShapeProto.getDefaultInstance();

  private final MobileNetWeights weights;
  private final ExportFacts facts;
  private final Variables variables;

  /**
   * @param weights a classifier among them makes it a classification module
   */
  Hub1Writer(MobileNetWeights weights, ExportFacts facts) {
    this.weights = weights;
    this.facts = facts;
    this.variables = Variables.of(weights);
  }

  void write(FileSystem fileSystem, Path directory) throws IOException {
    Path checkpoint = new Path(directory, "variables");
    fileSystem.mkdirs(checkpoint);
    fileSystem.mkdirs(new Path(directory, "assets"));
    TensorBundleWriter bundle = new TensorBundleWriter();
    variables.all().forEach(name -> bundle.add(name, weights.get(name)));
    bundle.write(fileSystem, new Path(checkpoint, "variables"));
    SavedModel model =
        SavedModel.newBuilder()
            .setSavedModelSchemaVersion(1)
            .addMetaGraphs(metaGraph(Network.Mode.INFERENCE))
            .addMetaGraphs(metaGraph(Network.Mode.TRAINING))
            .build();
    SavedModelFile.write(model, fileSystem, directory);
    // Last: what has it is a module.
    try (OutputStream out =
        fileSystem.create(new Path(directory, ModuleReader.TF1_MODULE), false)) {
      out.write(MODULE_DEF);
    }
  }

  private MetaGraphDef metaGraph(Network.Mode mode) {
    Nodes nodes = new Nodes();
    MetaGraphDef.Builder meta = MetaGraphDef.newBuilder();
    addVariables(nodes, meta);
    nodes.placeholder(IMAGES, DataType.DT_FLOAT, Network.imagesShape());
    String momentum =
        nodes.constant(MOMENTUM + "/input", Attributes.scalar((float) facts.momentum()));
    nodes.add(
        "PlaceholderWithDefault",
        MOMENTUM,
        List.of(momentum),
        Map.of("dtype", Attributes.FLOAT, "shape", Attributes.shape(SCALAR)),
        SCALAR);
    Network network =
        new Network(nodes, weights, UnaryOperator.identity(), mode, Network.BatchNormOp.V1);
    addSignatures(meta, network);
    addCollections(nodes, meta, network);
    GraphDef.Builder graph =
        GraphDef.newBuilder().setVersions(GraphVersions.current()).addAllNode(nodes.list());
    meta.setGraphDef(graph).getMetaInfoDefBuilder().setStrippedOpList(usedOps(nodes));
    meta.getMetaInfoDefBuilder()
        .setTensorflowVersion(GraphVersions.tensorFlow())
        .setStrippedDefaultAttrs(true);
    if (mode == Network.Mode.TRAINING) {
      meta.getMetaInfoDefBuilder().addTags("train");
    }
    return meta.build();
  }

  private void addVariables(Nodes nodes, MetaGraphDef.Builder meta) {
    CollectionDef.BytesList.Builder all = CollectionDef.BytesList.newBuilder();
    CollectionDef.BytesList.Builder trainable = CollectionDef.BytesList.newBuilder();
    Set<String> changing = variables.trainableSet();
    for (String name : variables.all()) {
      TensorShapeProto shape = weights.get(name).shapeProto();
      nodes.handle(name, shape);
      String zeros = nodes.constant(name + "/Initializer/zeros", Attributes.filled(shape, 0));
      nodes.add(
          "AssignVariableOp",
          name + "/Assign",
          List.of(name, zeros),
          Map.of("dtype", Attributes.FLOAT));
      nodes.read(name + "/Read/ReadVariableOp", name, shape);
      ByteString definition =
          VariableDef.newBuilder()
              .setVariableName(name + ":0")
              .setInitializerName(name + "/Assign")
              .setSnapshotName(name + "/Read/ReadVariableOp:0")
              .setInitialValueName(zeros + ":0")
              .setIsResource(true)
              .setTrainable(changing.contains(name))
              .build()
              .toByteString();
      all.addValue(definition);
      if (changing.contains(name)) {
        trainable.addValue(definition);
      }
    }
    meta.putCollectionDef("variables", bytes(all))
        .putCollectionDef("model_variables", bytes(all))
        .putCollectionDef("trainable_variables", bytes(trainable));
  }

  private void addCollections(Nodes nodes, MetaGraphDef.Builder meta, Network network) {
    List<String> losses = new ArrayList<>();
    for (String variable : variables.regularized()) {
      String scope = variable.replace("/weights", "/kernel/Regularizer/l2_regularizer");
      losses.add(Regularizer.add(nodes, scope, variable, weights, facts) + ":0");
    }
    meta.putCollectionDef("regularization_losses", names(losses));
    if (!network.updates().isEmpty()) {
      meta.putCollectionDef("update_ops", names(network.updates()));
    }
    meta.putCollectionDef(
        ImageModuleInfo.COLLECTION,
        bytes(
            CollectionDef.BytesList.newBuilder()
                .addValue(ImageModuleInfo.attachment(facts.size()))));
  }

  /** Adds the network, and the signatures on its tensors. */
  private void addSignatures(MetaGraphDef.Builder meta, Network network) {
    GraphTensor pooled = network.addLayers(IMAGES, MOMENTUM);
    GraphTensor features = network.addFeatures(pooled);
    addSignatures(meta, "image_feature_vector", features, network.endpoints());
    GraphTensor main = features;
    if (weights.classCount() > 0) {
      main = network.addLogits(pooled);
      addSignatures(meta, "image_classification", main, network.endpoints());
    }
    meta.putSignatureDef("default", signature(main, new TreeMap<>()).build());
  }

  /** Adds a signature and its twin that takes the momentum. */
  private static void addSignatures(
      MetaGraphDef.Builder meta,
      String name,
      GraphTensor main,
      SortedMap<String, GraphTensor> endpoints) {
    meta.putSignatureDef(name, signature(main, endpoints).build());
    meta.putSignatureDef(
        name + "_with_bn_hparams",
        signature(main, endpoints)
            .putInputs("batch_norm_momentum", new GraphTensor(MOMENTUM, SCALAR).info())
            .build());
  }

  private static SignatureDef.Builder signature(
      GraphTensor main, SortedMap<String, GraphTensor> endpoints) {
    SignatureDef.Builder signature =
        SignatureDef.newBuilder()
            .putInputs("images", new GraphTensor(IMAGES, Network.imagesShape()).info())
            .putOutputs("default", main.info());
    endpoints.forEach((key, tensor) -> signature.putOutputs(key, tensor.info()));
    return signature;
  }

  /** Python uses it to tell attributes at their default from ones that it does not know. */
  private static OpList usedOps(Nodes nodes) {
    TreeSet<String> used = new TreeSet<>();
    nodes.list().stream().map(NodeDef::getOp).forEach(used::add);
    OpList.Builder list = OpList.newBuilder();
    used.forEach(op -> OpDefs.find(op).ifPresent(list::addOp));
    return list.build();
  }

  private static CollectionDef bytes(CollectionDef.BytesList.Builder values) {
    return CollectionDef.newBuilder().setBytesList(values).build();
  }

  private static CollectionDef names(List<String> names) {
    return CollectionDef.newBuilder()
        .setNodeList(CollectionDef.NodeList.newBuilder().addAllValue(names))
        .build();
  }
}
