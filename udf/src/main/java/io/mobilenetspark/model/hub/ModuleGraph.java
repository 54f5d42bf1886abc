package io.mobilenetspark.model.hub;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.tensorflow.proto.GraphDef;

/**
 * One signature of a module as a flat graph with its variables. Nothing of it has been given to
 * TensorFlow yet, and only what is reachable from what is asked for ever will be.
 *
 * @param graph nodes, and the functions that could not be put in their callers' places
 * @param images name of the op that stands for the images, float32 [n, height, width, 3] in [0, 1]
 * @param momentum name of the scalar op that sets the BatchNorm momentum, if there is one
 * @param outputs tensors ({@code op:index}) by the signature's keys
 * @param variables names of variables by the names of their handles' ops
 * @param trainable names of the variables that training changes by gradients
 * @param updateOps names of the ops that update the moving statistics in a training step
 * @param regularizationLosses scalar tensors ({@code op:index}) to be added to the loss
 */
public record ModuleGraph(
    GraphDef graph,
    String images,
    Optional<String> momentum,
    SortedMap<String, String> outputs,
    Map<String, String> variables,
    List<String> trainable,
    List<String> updateOps,
    List<String> regularizationLosses) {

  /** Key of a signature's only or main output. */
  public static final String DEFAULT_OUTPUT = "default";

  private static final List<String> FEATURE_KEYS = List.of(DEFAULT_OUTPUT, "feature_vector");

  /** The key of the feature vector; empty if the outputs' names don't tell. */
  public Optional<String> featureKey() {
    Optional<String> known =
        FEATURE_KEYS.stream().filter(key -> outputs.containsKey(key)).findFirst();
    return known.isPresent() || outputs.size() != 1
        ? known
        : Optional.of(outputs.keySet().iterator().next());
  }

  /** The scale of an L2 regularizer, {@code scale * sum(w^2) / 2}; empty if it is another one. */
  public Optional<Double> regularizerScale(String loss) {
    return BatchNormMomentum.regularizerScale(this, loss);
  }
}
