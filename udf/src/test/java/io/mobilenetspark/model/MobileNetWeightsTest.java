package io.mobilenetspark.model;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobilenetspark.model.checkpoint.WeightTensor;
import io.mobilenetspark.model.hub.ModelLoadException;
import io.mobilenetspark.model.mobilenet.MobileNetV1;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class MobileNetWeightsTest {

  private static final String POINTWISE = "MobilenetV1/Conv2d_5_pointwise/weights";
  private static final String VARIANCE = "MobilenetV1/Conv2d_0/BatchNorm/moving_variance";

  private static final Map<String, WeightTensor> BUILTIN = new HashMap<>();

  @BeforeAll
  static void readBuiltin() {
    MobileNetWeights weights = BuiltinModel.weights();
    MobileNetV1.variables().forEach(name -> BUILTIN.put(name, weights.get(name)));
  }

  @Test
  void hasThePublishedNumbers() {
    MobileNetWeights weights = MobileNetWeights.of("m", BUILTIN);
    assertThat(MobileNetV1.variables()).hasSize(135).doesNotHaveDuplicates();
    assertThat(weights.parameterCount()).isEqualTo(1_832_976);
    assertThat(weights.featureCount()).isEqualTo(768);
  }

  /** The same on every machine, or vectors of two runs could not be compared. */
  @Test
  void builtinHasItsFingerprint() {
    assertThat(MobileNetWeights.of("m", BUILTIN).fingerprint())
        .isEqualTo("3135e7e785c5e27c8056cae91e7529f52711b043445fb835f18003fd20de3055");
  }

  @Test
  void fingerprintChangesWithEveryValueAndIgnoresOtherTensors() {
    String fingerprint = MobileNetWeights.of("m", BUILTIN).fingerprint();

    Map<String, WeightTensor> more = new HashMap<>(BUILTIN);
    more.put("global_step", new WeightTensor(new long[0], new float[] {1}));
    assertThat(MobileNetWeights.of("m", more).fingerprint()).isEqualTo(fingerprint);

    assertThat(MobileNetWeights.of("m", with(VARIANCE, 3, 0.5f)).fingerprint())
        .isNotEqualTo(fingerprint);
  }

  @Test
  void missingTensor() {
    Map<String, WeightTensor> tensors = new HashMap<>(BUILTIN);
    tensors.remove(POINTWISE);
    assertThatThrownBy(() -> MobileNetWeights.of("some model", tensors))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("some model")
        .hasMessageContaining(POINTWISE)
        .hasMessageContaining("of its 134 tensors");
  }

  @Test
  void wrongShape() {
    Map<String, WeightTensor> tensors = new HashMap<>(BUILTIN);
    tensors.put(POINTWISE, new WeightTensor(new long[] {1, 1, 2, 192}, new float[384]));
    assertThatThrownBy(() -> MobileNetWeights.of("m", tensors))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining(POINTWISE)
        .hasMessageContaining("[1, 1, 2, 192], expected [1, 1, 192, 192]");
  }

  @Test
  void valuesThatCantBeRight() {
    for (float value : new float[] {Float.NaN, Float.POSITIVE_INFINITY, -1}) {
      assertThatThrownBy(() -> MobileNetWeights.of("m", with(VARIANCE, 3, value)))
          .isInstanceOf(ModelLoadException.class)
          .hasMessageContaining("value 3 of tensor '" + VARIANCE + "' is " + value);
    }
    assertThat(MobileNetWeights.of("m", with(POINTWISE, 3, -1)).featureCount()).isEqualTo(768);
  }

  private static Map<String, WeightTensor> with(String name, int index, float value) {
    Map<String, WeightTensor> tensors = new HashMap<>(BUILTIN);
    WeightTensor tensor = requireNonNull(BUILTIN.get(name));
    float[] values = tensor.values().clone();
    values[index] = value;
    tensors.put(name, new WeightTensor(tensor.shape(), values));
    return tensors;
  }
}
