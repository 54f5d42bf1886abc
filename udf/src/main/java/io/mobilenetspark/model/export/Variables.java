package io.mobilenetspark.model.export;

import io.mobilenetspark.model.MobileNetWeights;
import io.mobilenetspark.model.mobilenet.MobileNetV1;
import io.mobilenetspark.model.mobilenet.MobileNetV1.Layer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Which of a MobileNet V1's variables are what, in layer order; those of a classifier are the last.
 *
 * @param all 135, or 137 with a classifier
 * @param trainable what gradients change: kernels, gammas, betas and the classifier's biases; 81,
 *     or 83 with a classifier
 * @param regularized the kernels that are regularized: 14, or 15 with a classifier; those of
 *     depthwise convolutions are not
 */
record Variables(List<String> all, List<String> trainable, List<String> regularized) {

  static Variables of(MobileNetWeights weights) {
    List<String> all = new ArrayList<>(MobileNetV1.variables());
    List<String> regularized = new ArrayList<>();
    for (Layer layer : MobileNetV1.LAYERS) {
      if (!layer.isDepthwise()) {
        regularized.add(layer.weights());
      }
    }
    if (weights.classCount() > 0) {
      all.add(MobileNetV1.LOGITS_WEIGHTS);
      all.add(MobileNetV1.LOGITS_BIASES);
      regularized.add(MobileNetV1.LOGITS_WEIGHTS);
    }
    List<String> trainable = all.stream().filter(v -> !v.contains("/moving_")).toList();
    return new Variables(List.copyOf(all), trainable, List.copyOf(regularized));
  }

  /** The trainable ones, for looking them up. */
  Set<String> trainableSet() {
    return Set.copyOf(trainable);
  }
}
