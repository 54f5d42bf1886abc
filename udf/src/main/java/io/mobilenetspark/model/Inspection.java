package io.mobilenetspark.model;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.model.hub.GraphRequest;
import io.mobilenetspark.model.hub.HubModule;
import io.mobilenetspark.model.hub.ModelLoadException;
import io.mobilenetspark.model.hub.ModuleFormat;
import io.mobilenetspark.model.hub.ModuleGraph;
import io.mobilenetspark.model.hub.ModuleSignature;
import io.mobilenetspark.model.hub.ModuleVariable;
import io.mobilenetspark.model.settings.ExecutionPath;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Collects the facts about a model. */
final class Inspection {

  private static final Pattern VERSION = Pattern.compile("^https?://.*/(\\d+)/?(?:\\?.*)?$");

  private final ModelRequest request;

  Inspection(ModelRequest request) {
    this.request = request;
  }

  ModelReport ofBuiltin(MobileNetWeights weights, ImageSize size) {
    return new ModelReport(
        request.handle(),
        ModelLoader.BUILTIN_FORMAT,
        Optional.empty(),
        architecture(weights) + ", UNTRAINED",
        ExecutionPath.FAST,
        List.of(),
        List.of(),
        MobileNetGraph.endpoints(),
        Optional.of(size),
        false,
        weights.featureCount(),
        0,
        weights.featureTensors().size(),
        Optional.empty(),
        weights.parameterCount(),
        Optional.empty(),
        0,
        Optional.empty(),
        Optional.of(weights.fingerprint()));
  }

  ModelReport of(HubModule module) throws IOException {
    List<ModuleVariable> variables = module.variables();
    Set<String> names = new HashSet<>();
    variables.stream().map(ModuleVariable::name).forEach(names::add);
    Optional<MobileNetWeights> weights =
        MobileNetWeights.areNamedIn(names)
            ? Optional.of(MobileNetWeights.of(request.handle(), module.floats()))
            : Optional.empty();
    ExecutionPath path = ModelLoader.choosePath(request, module);
    boolean isMobileNet = weights.isPresent() && path == ExecutionPath.FAST;
    Optional<ModuleGraph> training = trainingGraph(module);
    Optional<String> firstLoss =
        training.flatMap(graph -> graph.regularizationLosses().stream().findFirst());
    boolean knowsTrainable =
        variables.stream().allMatch(v -> v.kind() != ModuleVariable.Kind.UNKNOWN);
    return new ModelReport(
        request.handle(),
        module.format().optionName(),
        version(),
        isMobileNet ? architecture(weights.get()) : "another image module",
        path,
        module.tagSets(),
        module.signatures(),
        endpoints(module),
        ModelLoader.expectedSize(request, module),
        module.staticSize(request.graph()).isPresent(),
        isMobileNet ? weights.get().featureCount() : declaredDimension(module),
        weights.map(MobileNetWeights::classCount).orElse(0),
        variables.size(),
        knowsTrainable
            ? Optional.of(
                (int)
                    variables.stream()
                        .filter(v -> v.kind() == ModuleVariable.Kind.TRAINABLE)
                        .count())
            : Optional.empty(),
        variables.stream().mapToLong(ModuleVariable::size).sum(),
        module.batchNormMomentum(),
        training.map(graph -> graph.regularizationLosses().size()).orElse(0),
        training.flatMap(graph -> firstLoss.flatMap(graph::regularizerScale)),
        weights.map(MobileNetWeights::fingerprint));
  }

  private static String architecture(MobileNetWeights weights) {
    return "MobileNet V1 " + weights.depthMultiplier();
  }

  private Optional<String> version() {
    Matcher matcher = VERSION.matcher(request.handle());
    return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  private Optional<ModuleGraph> trainingGraph(HubModule module) throws IOException {
    try {
      return module.format() == ModuleFormat.SLIM
          ? Optional.empty()
          : Optional.of(module.graph(GraphRequest.of(GraphRequest.Mode.TRAINING)));
    } catch (ModelLoadException e) {
      return Optional.empty(); // many modules can't be trained; that is no fault
    }
  }

  /** What its signatures give besides the main output; of a checkpoint, what our graph gives. */
  private static List<String> endpoints(HubModule module) {
    if (module.format() == ModuleFormat.SLIM) {
      return MobileNetGraph.endpoints();
    }
    Set<String> keys = new TreeSet<>();
    for (ModuleSignature signature : module.signatures()) {
      signature.outputs().stream()
          .map(ModuleSignature.Value::key)
          .filter(key -> !key.equals(ModuleGraph.DEFAULT_OUTPUT))
          .forEach(keys::add);
    }
    return List.copyOf(keys);
  }

  private static int declaredDimension(HubModule module) {
    return module.signatures().stream()
        .flatMap(signature -> signature.outputs().stream())
        .filter(output -> output.key().equals(ModuleGraph.DEFAULT_OUTPUT))
        .map(ModuleSignature.Value::shape)
        .filter(shape -> shape.size() == 2 && shape.get(1) > 0)
        .findFirst()
        .map(shape -> Math.toIntExact(shape.get(1)))
        .orElse(0);
  }
}
