package io.mobilenetspark.model.hub;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.model.checkpoint.TensorBundle;
import io.mobilenetspark.model.checkpoint.WeightTensor;
import io.mobilenetspark.model.mobilenet.MobileNetV1;
import io.mobilenetspark.model.settings.ModelSettings;
import io.mobilenetspark.options.Cure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedObjectGraphOuterClass.FunctionSpec;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedConcreteFunction;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedFunction;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedObject;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedVariable;
import org.tensorflow.proto.Struct.StructuredValue;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;
import org.tensorflow.proto.TrackableObjectGraphOuterClass.TrackableObjectGraph;

/**
 * A TF2 SavedModel, driven by its object graph as Python's {@code tf.saved_model.load} is: works
 * without {@code serving_default}, which version 4 of the published modules lacks.
 *
 * @see <a
 *     href="https://github.com/tensorflow/hub/blob/v0.12.0/docs/reusable_saved_models.md">reusable
 *     SavedModels</a>
 */
final class Tf2Module implements HubModule {

  static final String CALL = "__call__";
  static final String TRAINING = "training";
  static final String ENDPOINTS = "return_endpoints";
  static final String MOMENTUM = "batch_norm_momentum";
  private static final String OBJECT_GRAPH = "_CHECKPOINTABLE_OBJECT_GRAPH";

  private final String name;
  private final MetaGraphDef meta;
  private final ObjectGraph objects;
  private final TensorBundle bundle;

  /** In the module's order. */
  private final Map<String, Variable> variables;

  private final Optional<ImageSize> size;

  private Tf2Module(
      String name,
      MetaGraphDef meta,
      ObjectGraph objects,
      TensorBundle bundle,
      Map<String, Variable> variables,
      Optional<ImageSize> size) {
    this.name = name;
    this.meta = meta;
    this.objects = objects;
    this.bundle = bundle;
    this.variables = variables;
    this.size = size;
  }

  /** A variable: its object, its key in the checkpoint, its description. */
  record Variable(int object, String key, SavedVariable description, ModuleVariable.Kind kind) {}

  static Tf2Module of(String name, MetaGraphDef meta, TensorBundle bundle, Optional<ImageSize> size)
      throws IOException {
    ObjectGraph objects = new ObjectGraph(meta.getObjectGraphDef());
    TrackableObjectGraph saved = TrackableObjectGraph.parseFrom(bundle.readString(OBJECT_GRAPH));
    Map<Integer, String> keys = objects.checkpointKeys(saved);
    List<Integer> trainable = objects.list(ObjectGraph.ROOT, "trainable_variables");
    Set<Integer> trainableSet = new HashSet<>(trainable);
    Map<String, Variable> variables = new LinkedHashMap<>();
    for (int id = 0; id < meta.getObjectGraphDef().getNodesCount(); id++) {
      SavedObject object = objects.object(id);
      String key = keys.get(id);
      if (object.hasVariable() && key != null) {
        SavedVariable variable = object.getVariable();
        boolean isTrainable =
            trainable.isEmpty() ? variable.getTrainable() : trainableSet.contains(id);
        // Keras gives many variables one name
        String unique = variables.containsKey(variable.getName()) ? "#" + id : "";
        variables.put(
            variable.getName() + unique,
            new Variable(
                id,
                key,
                variable,
                isTrainable ? ModuleVariable.Kind.TRAINABLE : ModuleVariable.Kind.NOT_TRAINABLE));
      }
    }
    return new Tf2Module(name, meta, objects, bundle, variables, size);
  }

  @Override
  public ModuleFormat format() {
    return ModuleFormat.TF2;
  }

  @Override
  public List<Set<String>> tagSets() {
    return List.of(new TreeSet<>(meta.getMetaInfoDef().getTagsList()));
  }

  @Override
  public List<ModuleSignature> signatures() {
    List<ModuleSignature> signatures = new ArrayList<>();
    Set<String> tags = tagSets().get(0);
    try {
      for (Trace trace : callTraces()) {
        signatures.add(new ModuleSignature(CALL, tags, inputs(trace), outputs(trace)));
      }
    } catch (DamagedGraphException e) {
      // A report shows what can be read; whoever calls the function is told what is wrong.
      signatures.clear();
    }
    new TreeMap<>(meta.getSignatureDefMap())
        .forEach(
            (key, signature) -> {
              if (!key.startsWith("__")) {
                signatures.add(
                    new ModuleSignature(
                        key,
                        tags,
                        SignatureValues.of(signature.getInputsMap()),
                        SignatureValues.of(signature.getOutputsMap())));
              }
            });
    return signatures;
  }

  private static List<ModuleSignature.Value> inputs(Trace trace) {
    List<ModuleSignature.Value> inputs = new ArrayList<>();
    trace
        .arguments()
        .forEach(
            (argument, value) ->
                inputs.add(
                    value.hasTensorSpecValue()
                        ? SignatureValues.value(
                            argument,
                            value.getTensorSpecValue().getDtype(),
                            value.getTensorSpecValue().getShape())
                        : new ModuleSignature.Value(argument, literal(value), List.of())));
    return inputs;
  }

  private static String literal(StructuredValue value) {
    return switch (value.getKindCase()) {
      case BOOL_VALUE -> Boolean.toString(value.getBoolValue());
      case FLOAT64_VALUE -> Double.toString(value.getFloat64Value());
      case INT64_VALUE -> Long.toString(value.getInt64Value());
      case STRING_VALUE -> value.getStringValue();
      default -> value.getKindCase().name().toLowerCase(Locale.ROOT);
    };
  }

  private static List<ModuleSignature.Value> outputs(Trace trace) {
    List<ModuleSignature.Value> outputs = new ArrayList<>();
    if (trace.output().hasTensorSpecValue()) {
      outputs.add(output(ModuleGraph.DEFAULT_OUTPUT, trace.output()));
    }
    new TreeMap<>(trace.output().getDictValue().getFieldsMap())
        .forEach((key, value) -> outputs.add(output(key, value)));
    return outputs;
  }

  private static ModuleSignature.Value output(String key, StructuredValue value) {
    return SignatureValues.value(
        key, value.getTensorSpecValue().getDtype(), value.getTensorSpecValue().getShape());
  }

  @Override
  public List<ModuleVariable> variables() {
    List<ModuleVariable> list = new ArrayList<>();
    variables.forEach(
        (variable, value) ->
            list.add(
                new ModuleVariable(
                    variable,
                    value.description().getShape().getDimList().stream()
                        .map(TensorShapeProto.Dim::getSize)
                        .toList(),
                    value.kind())));
    return list;
  }

  @Override
  public SortedMap<String, WeightTensor> floats() throws IOException {
    SortedMap<String, WeightTensor> byKey = bundle.readFloats();
    SortedMap<String, WeightTensor> floats = new TreeMap<>();
    variables.forEach(
        (variable, value) -> {
          WeightTensor tensor = byKey.get(value.key());
          if (tensor != null) {
            floats.put(variable, tensor);
          }
        });
    return floats;
  }

  @Override
  public TensorProto read(String variable) throws IOException {
    Variable found = variables.get(variable);
    if (found == null) {
      throw new DamagedGraphException(
          String.format(Locale.ROOT, "it has no variable '%s'", variable));
    }
    return bundle.read(found.key());
  }

  @Override
  public Optional<ImageSize> attachedSize() {
    return size;
  }

  @Override
  public Optional<ImageSize> staticSize(GraphRequest request) throws IOException {
    return trace(request).tensors().stream()
        .filter(Tf2Module::isImages)
        .findFirst()
        .flatMap(argument -> SignatureValues.extent(argument.spec().getShape()));
  }

  @Override
  public Optional<Double> batchNormMomentum() throws IOException {
    StructuredValue value = callSpec().defaults().get(MOMENTUM);
    return value == null ? Optional.empty() : Optional.of(value.getFloat64Value());
  }

  @Override
  public ModuleGraph graph(GraphRequest request) throws IOException {
    Tf2GraphBuilder builder =
        new Tf2GraphBuilder(name, meta.getGraphDef(), objects, variables, callSpec().defaults());
    return builder.build(trace(request), regularizers(request));
  }

  @Override
  public boolean givesLogits() {
    return variables.containsKey(MobileNetV1.LOGITS_WEIGHTS);
  }

  private List<Trace> regularizers(GraphRequest request) throws DamagedGraphException {
    List<Trace> regularizers = new ArrayList<>();
    if (request.mode() == GraphRequest.Mode.TRAINING) {
      for (int id : objects.list(ObjectGraph.ROOT, "regularization_losses")) {
        SavedFunction function = objects.object(id).getFunction();
        regularizers.addAll(traces(function.getConcreteFunctionsList(), function));
      }
    }
    return regularizers;
  }

  /** The trace that a request asks for. */
  private Trace trace(GraphRequest request) throws DamagedGraphException {
    if (request.tags().isPresent() && !request.tags().get().equals(tagSets().get(0))) {
      throw new ModelLoadException(
          name,
          String.format(Locale.ROOT, "it has no graph with the tags %s", request.tags().get()),
          Cure.of("Leave out %s; its only tag set is %s.", ModelSettings.TAGS, tagSets().get(0)));
    }
    if (request.signature().isPresent() && !request.signature().get().equals(CALL)) {
      return signatureTrace(request.signature().get());
    }
    List<Trace> traces = callTraces();
    if (traces.isEmpty() && request.mode() == GraphRequest.Mode.INFERENCE) {
      return signatureTrace("serving_default");
    }
    boolean isTraining = request.mode() == GraphRequest.Mode.TRAINING;
    boolean hasEndpoints = request.outputs() == GraphRequest.Outputs.ENDPOINTS;
    return traces.stream()
        .filter(trace -> trace.flag(TRAINING).orElse(false) == isTraining)
        .filter(trace -> trace.flag(ENDPOINTS).orElse(false) == hasEndpoints)
        .filter(trace -> trace.tensors().stream().anyMatch(Tf2Module::isImages))
        .findFirst()
        .orElseThrow(
            () ->
                new ModelLoadException(
                    name,
                    String.format(
                        Locale.ROOT,
                        "its function has no trace for images with training=%s,"
                            + " return_endpoints=%s",
                        isTraining,
                        hasEndpoints),
                    Cure.of(
                        "It has %s. Choose another %s or %s.",
                        traces.stream().map(Tf2Module::inputs).toList(),
                        ModelSettings.OUTPUT_KEY,
                        ModelSettings.SIGNATURE)));
  }

  private Trace signatureTrace(String signature) throws DamagedGraphException {
    OptionalInt signatures = objects.child(ObjectGraph.ROOT, "signatures");
    OptionalInt function =
        signatures.isEmpty()
            ? OptionalInt.empty()
            : objects.child(signatures.getAsInt(), signature);
    if (function.isEmpty()) {
      throw new ModelLoadException(
          name,
          String.format(Locale.ROOT, "it has no signature '%s'", signature),
          Cure.of(
              "Set %s to one of %s, or %s.",
              ModelSettings.SIGNATURE,
              new TreeSet<>(signatures().stream().map(ModuleSignature::name).toList()),
              CALL));
    }
    String concrete =
        objects.object(function.getAsInt()).getBareConcreteFunction().getConcreteFunctionName();
    return trace(concrete, FunctionSpec.getDefaultInstance());
  }

  private List<Trace> callTraces() throws DamagedGraphException {
    OptionalInt call = objects.child(ObjectGraph.ROOT, CALL);
    if (call.isEmpty()) {
      return List.of();
    }
    SavedFunction function = objects.object(call.getAsInt()).getFunction();
    return traces(function.getConcreteFunctionsList(), function);
  }

  private Trace.Spec callSpec() throws DamagedGraphException {
    OptionalInt call = objects.child(ObjectGraph.ROOT, CALL);
    return Trace.Spec.of(
        call.isEmpty()
            ? FunctionSpec.getDefaultInstance()
            : objects.object(call.getAsInt()).getFunction().getFunctionSpec());
  }

  private List<Trace> traces(List<String> functions, SavedFunction function)
      throws DamagedGraphException {
    List<Trace> traces = new ArrayList<>();
    for (String concrete : functions) {
      traces.add(trace(concrete, function.getFunctionSpec()));
    }
    return traces;
  }

  private Trace trace(String function, FunctionSpec spec) throws DamagedGraphException {
    SavedConcreteFunction concrete = objects.proto().getConcreteFunctionsMap().get(function);
    if (concrete == null) {
      throw new DamagedGraphException(
          String.format(Locale.ROOT, "there is no concrete function '%s'", function));
    }
    return Trace.of(function, concrete, spec);
  }

  static boolean isImages(Trace.TensorArgument argument) {
    return argument.spec().getDtype() == DataType.DT_FLOAT
        && SignatureValues.isImages(argument.spec().getDtype(), argument.spec().getShape());
  }
}
