package io.mobilenetspark.model.hub;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.model.checkpoint.TensorBundle;
import io.mobilenetspark.model.checkpoint.WeightTensor;
import io.mobilenetspark.model.settings.ModelSettings;
import io.mobilenetspark.options.Cure;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import org.tensorflow.proto.TensorProto;

/** A checkpoint without a graph. */
final class CheckpointModule implements HubModule {

  private final String name;
  private final TensorBundle bundle;
  private final Optional<ImageSize> size;

  CheckpointModule(String name, TensorBundle bundle, Optional<ImageSize> size) {
    this.name = name;
    this.bundle = bundle;
    this.size = size;
  }

  @Override
  public ModuleFormat format() {
    return ModuleFormat.SLIM;
  }

  @Override
  public List<Set<String>> tagSets() {
    return List.of();
  }

  @Override
  public List<ModuleSignature> signatures() {
    return List.of();
  }

  @Override
  public List<ModuleVariable> variables() throws IOException {
    return floats().entrySet().stream()
        .map(
            tensor ->
                new ModuleVariable(
                    tensor.getKey(),
                    Arrays.stream(tensor.getValue().shape()).boxed().toList(),
                    ModuleVariable.Kind.UNKNOWN))
        .toList();
  }

  @Override
  public SortedMap<String, WeightTensor> floats() throws IOException {
    return bundle.readFloats();
  }

  @Override
  public TensorProto read(String variable) throws IOException {
    return bundle.read(variable);
  }

  @Override
  public ModuleGraph graph(GraphRequest request) {
    throw new ModelLoadException(
        name,
        "it is a checkpoint, which has variables but no graph, tags or signatures",
        Cure.of(
            "Use it with the fast path and without %s or %s.",
            ModelSettings.SIGNATURE, ModelSettings.TAGS));
  }

  @Override
  public Optional<ImageSize> attachedSize() {
    return size;
  }

  @Override
  public Optional<ImageSize> staticSize(GraphRequest request) {
    return Optional.empty();
  }

  @Override
  public Optional<Double> batchNormMomentum() {
    return Optional.empty();
  }
}
