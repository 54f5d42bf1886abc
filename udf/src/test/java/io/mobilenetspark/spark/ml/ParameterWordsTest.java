package io.mobilenetspark.spark.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobilenetspark.testing.Refusal;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;
import org.junit.jupiter.api.Test;

/** Every parameter that takes a word: as typed, in any case, and misspelt. */
class ParameterWordsTest {

  private static final List<String> IMAGES = List.of("ignore", "srgb");

  @Test
  void featurizer() {
    Map<String, List<String>> words = words(new MobileNetFeaturizer());
    assertThat(words)
        .containsOnlyKeys(
            "alpha",
            "aspect",
            "colorProfile",
            "decodeScale",
            "executionPath",
            "exifOrientation",
            "mode",
            "outputMode",
            "precision",
            "resize",
            "saveModel")
        .containsEntry("mode", List.of("PERMISSIVE", "DROPMALFORMED", "FAILFAST"))
        .containsEntry("outputMode", List.of("array", "vector"))
        .containsEntry("colorProfile", IMAGES);
  }

  @Test
  void fineTuner() {
    Map<String, List<String>> words = words(new MobileNetFineTuner());
    assertThat(words)
        .containsOnlyKeys(
            "alpha",
            "aspect",
            "batchNorm",
            "colorProfile",
            "decodeScale",
            "exifOrientation",
            "headInit",
            "learningRateSchedule",
            "mode",
            "optimizer",
            "resize",
            "trainable")
        .containsEntry("batchNorm", List.of("frozen", "training"))
        .containsEntry("headInit", List.of("fitted", "zero"))
        .containsEntry("learningRateSchedule", List.of("constant", "cosine", "step"))
        .containsEntry("mode", List.of("PERMISSIVE", "FAILFAST"))
        .containsEntry("optimizer", List.of("sgd", "adam", "adamw"));
  }

  @Test
  void trainingDropsUnreadableImagesAnyway() {
    MobileNetFineTuner tuner = new MobileNetFineTuner();
    assertThatThrownBy(() -> tuner.setMode("dropmalformed"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("Parameter mode: ")
        .hasMessageContaining("mode PERMISSIVE leaves it out");
  }

  @Test
  void layersGetTheNearestToo() {
    assertThatThrownBy(() -> new MobileNetFineTuner().setTrainable("conv2d_12_pointwis"))
        .hasMessageContaining("did you mean 'Conv2d_12_pointwise'? Known: head, all, Conv2d_0, ");
  }

  private static Map<String, List<String>> words(Params stage) {
    Map<String, List<String>> words = new TreeMap<>();
    for (Param<?> param : stage.params()) {
      List<String> ofParam =
          Refusal.check("Parameter " + param.name(), word -> problem(stage, param.name(), word));
      if (!ofParam.isEmpty()) {
        words.put(param.name(), ofParam);
      }
    }
    assertThat(Arrays.stream(stage.params()).map(Param::name)).containsAll(words.keySet());
    return words;
  }

  private static String problem(Params stage, String name, String word) {
    try {
      stage.set(name, word);
      assertThat(stage.getOrDefault(stage.getParam(name))).isEqualTo(word);
      return "";
    } catch (IllegalArgumentException e) {
      return String.valueOf(e.getMessage());
    } catch (ClassCastException e) {
      return ""; // a number
    }
  }
}
