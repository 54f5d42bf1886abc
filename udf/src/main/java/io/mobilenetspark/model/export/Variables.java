package io.mobilenetspark.model.export;

import io.mobilenetspark.model.MobileNetV1;
import io.mobilenetspark.model.MobileNetV1.Layer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Which of a MobileNet V1's variables are what, in layer order. */
final class Variables {

  /** All 135. */
  static final List<String> ALL = List.copyOf(MobileNetV1.variables());

  /** The 81 that gradients change: kernels, gammas and betas. */
  static final List<String> TRAINABLE = ALL.stream().filter(v -> !v.contains("/moving_")).toList();

  /** The 14 kernels that are regularized; those of depthwise convolutions are not. */
  static final List<String> REGULARIZED = regularized();

  private static final Set<String> TRAINABLE_SET = new HashSet<>(TRAINABLE);

  private Variables() {}

  static boolean isTrainable(String variable) {
    return TRAINABLE_SET.contains(variable);
  }

  private static List<String> regularized() {
    List<String> names = new ArrayList<>();
    for (Layer layer : MobileNetV1.LAYERS) {
      if (!layer.isDepthwise()) {
        names.add(layer.weights());
      }
    }
    return List.copyOf(names);
  }
}
