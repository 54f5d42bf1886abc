package io.mobilenetspark.model.hub;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.model.checkpoint.TensorBundle;
import io.mobilenetspark.model.checkpoint.WeightTensor;
import io.mobilenetspark.model.settings.ModelSettings;
import io.mobilenetspark.options.Cure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.tensorflow.proto.CollectionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SaveSliceInfoDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.VariableDef;

/**
 * A TF1 {@code hub.Module}: one graph a tag set, collections that say what is what, a checkpoint
 * with the variables by name.
 *
 * @see <a
 *     href="https://github.com/tensorflow/hub/blob/v0.12.0/tensorflow_hub/native_module.py">native_module.py</a>
 */
final class Tf1Module implements HubModule {

  private static final Set<String> TRAIN = Set.of("train");
  private static final String DEFAULT_SIGNATURE = "default";
  private static final String FEATURES_SIGNATURE = "image_feature_vector";
  private static final String MOMENTUM = "batch_norm_momentum";

  private final String name;
  private final SavedModel model;
  private final TensorBundle bundle;

  Tf1Module(String name, SavedModel model, TensorBundle bundle) {
    this.name = name;
    this.model = model;
    this.bundle = bundle;
  }

  @Override
  public ModuleFormat format() {
    return ModuleFormat.HUB1;
  }

  @Override
  public List<Set<String>> tagSets() {
    List<Set<String>> sets = new ArrayList<>();
    model.getMetaGraphsList().forEach(graph -> sets.add(tags(graph)));
    return sets;
  }

  private static Set<String> tags(MetaGraphDef graph) {
    return new TreeSet<>(graph.getMetaInfoDef().getTagsList());
  }

  @Override
  public List<ModuleSignature> signatures() {
    List<ModuleSignature> signatures = new ArrayList<>();
    for (MetaGraphDef graph : model.getMetaGraphsList()) {
      new TreeMap<>(graph.getSignatureDefMap())
          .forEach(
              (key, signature) ->
                  signatures.add(
                      new ModuleSignature(
                          key,
                          tags(graph),
                          SignatureValues.of(signature.getInputsMap()),
                          SignatureValues.of(signature.getOutputsMap()))));
    }
    return signatures;
  }

  @Override
  public List<ModuleVariable> variables() throws IOException {
    MetaGraphDef graph = model.getMetaGraphs(0);
    Set<String> trainable = variableDefs(graph, "trainable_variables").keySet();
    List<ModuleVariable> variables = new ArrayList<>();
    SortedMap<String, WeightTensor> floats = floats();
    for (String variable : variableDefs(graph, "variables").keySet()) {
      WeightTensor tensor = floats.get(variable);
      if (tensor != null) {
        variables.add(
            new ModuleVariable(
                variable,
                Arrays.stream(tensor.shape()).boxed().toList(),
                trainable.contains(variable)
                    ? ModuleVariable.Kind.TRAINABLE
                    : ModuleVariable.Kind.NOT_TRAINABLE));
      }
    }
    return variables;
  }

  @Override
  public SortedMap<String, WeightTensor> floats() throws IOException {
    return bundle.readFloats();
  }

  @Override
  public TensorProto read(String variable) throws IOException {
    VariableDef definition = variableDefs(model.getMetaGraphs(0), "variables").get(variable);
    SaveSliceInfoDef slice =
        definition == null
            ? SaveSliceInfoDef.getDefaultInstance()
            : definition.getSaveSliceInfoDef();
    if (slice.getFullName().isEmpty()) {
      return bundle.read(variable);
    }
    return VariableSlices.cut(bundle.read(slice.getFullName()), slice);
  }

  @Override
  public Optional<ImageSize> attachedSize() throws IOException {
    return ImageModuleInfo.find(
        metaGraph(GraphRequest.of(GraphRequest.Mode.INFERENCE))
            .getCollectionDefOrDefault(
                ImageModuleInfo.COLLECTION, CollectionDef.getDefaultInstance())
            .getBytesList()
            .getValueList());
  }

  @Override
  public Optional<ImageSize> staticSize(GraphRequest request) {
    TensorInfo images = SignatureValues.images(name, signature(metaGraph(request), request));
    return SignatureValues.extent(images.getTensorShape());
  }

  @Override
  public Optional<Double> batchNormMomentum() throws IOException {
    if (!tagSets().contains(TRAIN)) {
      return Optional.empty();
    }
    return BatchNormMomentum.of(graph(GraphRequest.of(GraphRequest.Mode.TRAINING)));
  }

  @Override
  public ModuleGraph graph(GraphRequest request) throws IOException {
    MetaGraphDef meta = metaGraph(request);
    GraphDef graph = meta.getGraphDef();
    GraphLimits.check(graph.toBuilder().clearLibrary().build()); // the library is cut down later
    SignatureDef signature = signature(meta, request);
    Map<String, VariableDef> definitions = variableDefs(meta, "variables");
    Map<String, String> variables = new HashMap<>();
    for (NodeDef node : graph.getNodeList()) {
      if (node.getOp().equals("VarHandleOp") && definitions.containsKey(node.getName())) {
        variables.put(node.getName(), node.getName());
      }
    }
    SortedMap<String, String> outputs = new TreeMap<>();
    signature.getOutputsMap().forEach((key, info) -> outputs.put(key, info.getName()));
    TensorInfo momentum = signature.getInputsMap().get(MOMENTUM);
    return new ModuleGraph(
        graph,
        op(SignatureValues.images(name, signature).getName()),
        momentum == null ? Optional.empty() : Optional.of(op(momentum.getName())),
        outputs,
        variables,
        List.copyOf(variableDefs(meta, "trainable_variables").keySet()),
        nodes(meta, "update_ops").stream().map(Tf1Module::op).toList(),
        nodes(meta, "regularization_losses"));
  }

  /** Older exporters wrote the op's name, newer ones that of its first output. */
  private static String op(String tensor) {
    return TensorRef.parse(tensor).node();
  }

  private static List<String> nodes(MetaGraphDef graph, String collection) {
    return List.copyOf(
        graph
            .getCollectionDefOrDefault(collection, CollectionDef.getDefaultInstance())
            .getNodeList()
            .getValueList());
  }

  /** Variables of a collection by the names of their ops. */
  private static Map<String, VariableDef> variableDefs(MetaGraphDef graph, String collection)
      throws DamagedGraphException {
    Map<String, VariableDef> variables = new LinkedHashMap<>();
    for (ByteString bytes :
        graph
            .getCollectionDefOrDefault(collection, CollectionDef.getDefaultInstance())
            .getBytesList()
            .getValueList()) {
      try {
        VariableDef variable = VariableDef.parseFrom(bytes);
        variables.put(op(variable.getVariableName()), variable);
      } catch (InvalidProtocolBufferException e) {
        throw new DamagedGraphException(
            String.format(
                Locale.ROOT, "its collection '%s' is damaged: %s", collection, e.getMessage()));
      }
    }
    return variables;
  }

  private MetaGraphDef metaGraph(GraphRequest request) {
    Set<String> wanted = request.tags().orElse(defaultTags(request.mode()));
    List<MetaGraphDef> matching =
        model.getMetaGraphsList().stream().filter(graph -> tags(graph).equals(wanted)).toList();
    if (matching.size() != 1) {
      throw new ModelLoadException(
          name,
          String.format(Locale.ROOT, "it has %d graphs with the tags %s", matching.size(), wanted),
          Cure.of("Set %s to one of its tag sets: %s.", ModelSettings.TAGS, tagSets()));
    }
    return matching.get(0);
  }

  private Set<String> defaultTags(GraphRequest.Mode mode) {
    return switch (mode) {
      case TRAINING -> TRAIN;
      // A SavedModel that is no hub module has one graph, with tags of its own.
      case INFERENCE -> model.getMetaGraphsCount() == 1 ? tags(model.getMetaGraphs(0)) : Set.of();
    };
  }

  private SignatureDef signature(MetaGraphDef graph, GraphRequest request) {
    Map<String, SignatureDef> signatures = graph.getSignatureDefMap();
    String wanted = request.signature().orElse(defaultSignature(signatures, request.mode()));
    SignatureDef signature = signatures.get(wanted);
    if (signature == null) {
      throw new ModelLoadException(
          name,
          String.format(Locale.ROOT, "it has no signature '%s'", wanted),
          Cure.of(
              "Set %s to one of %s.", ModelSettings.SIGNATURE, new TreeSet<>(signatures.keySet())));
    }
    return signature;
  }

  private static String defaultSignature(
      Map<String, SignatureDef> signatures, GraphRequest.Mode mode) {
    String withMomentum = FEATURES_SIGNATURE + "_with_bn_hparams";
    if (mode == GraphRequest.Mode.TRAINING && signatures.containsKey(withMomentum)) {
      return withMomentum;
    }
    if (signatures.containsKey(FEATURES_SIGNATURE)) {
      return FEATURES_SIGNATURE;
    }
    return signatures.size() == 1 ? signatures.keySet().iterator().next() : DEFAULT_SIGNATURE;
  }
}
