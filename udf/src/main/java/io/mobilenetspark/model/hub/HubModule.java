package io.mobilenetspark.model.hub;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.model.checkpoint.WeightTensor;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/**
 * A module whose files have been found and whose description has been read; variables are read when
 * asked for. Immutable, holds no open file or native memory; safe for use by many threads while the
 * files stay.
 *
 * <p>An {@link IOException} means that the files are damaged; its message states the problem.
 */
public sealed interface HubModule extends VariableSource
    permits Tf1Module, Tf2Module, CheckpointModule {

  /** What the files are. */
  ModuleFormat format();

  /** The tag sets of the module's graphs; empty if it has no graph. */
  List<Set<String>> tagSets();

  /** All signatures of all graphs. */
  List<ModuleSignature> signatures();

  /** All variables, in the module's order. */
  List<ModuleVariable> variables() throws IOException;

  /** The values of all float32 variables by name. */
  SortedMap<String, WeightTensor> floats() throws IOException;

  /**
   * One of the module's graphs.
   *
   * @throws io.mobilenetspark.model.hub.ModelLoadException if the module has nothing of the kind;
   *     the message lists what it has
   */
  ModuleGraph graph(GraphRequest request) throws IOException;

  /**
   * Whether what it gives unless told otherwise is a classifier's logits; the feature vector is
   * then the endpoint {@link io.mobilenetspark.model.mobilenet.MobileNetV1#GLOBAL_POOL}. TF1
   * modules have a signature of their own for each.
   */
  default boolean givesLogits() {
    return false;
  }

  /** The image size that the module says it expects: by attachment, or by a file beside it. */
  Optional<ImageSize> attachedSize() throws IOException;

  /** The image size that the graph is fixed to. */
  Optional<ImageSize> staticSize(GraphRequest request) throws IOException;

  /** Weight of the old value when a training step updates moving statistics, if the module says. */
  Optional<Double> batchNormMomentum() throws IOException;
}
