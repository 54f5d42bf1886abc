package io.mobilenetspark.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.model.graph.DryRunOracle;
import io.mobilenetspark.model.settings.ExecutionPath;
import io.mobilenetspark.testing.Floats;
import io.mobilenetspark.testing.Modules;
import io.mobilenetspark.testing.Python;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Modules of the architectures of TensorFlow Hub, written by TensorFlow's Python: nobody trusts
 * their authors, and they run and give what Python gives.
 */
@Tag("python")
class ImageModulesTest {

  private static final int SIDE = 96;
  private static final List<String> SMALL =
      List.of("looping", "transfer", "quantized", "inception", "branching");
  private static final List<String> KERAS = List.of("MobileNetV3Small", "EfficientNetB0");

  /** More of the same; minutes. */
  private static final List<String> MORE =
      List.of(
          "MobileNet",
          "MobileNetV2",
          "InceptionV3",
          "ResNet50V2",
          "NASNetMobile",
          "DenseNet121",
          "EfficientNetV2B0",
          "Xception");

  @TempDir private Path temporary;

  @Test
  void honestModulesNeedNoTrust() throws IOException {
    List<String> names = new ArrayList<>(SMALL);
    names.addAll(KERAS);
    if ("all".equals(System.getProperty("cases"))) {
      names.addAll(MORE);
    }
    float[] pixels = new float[2 * SIDE * SIDE * 3];
    Random random = new Random(1);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = random.nextFloat();
    }
    Path images = Python.writeFloats(temporary.resolve("images.f32"), pixels);
    List<String> arguments = new ArrayList<>(List.of(temporary.toString(), images.toString()));
    arguments.addAll(names);
    Python.run("image_modules.py", arguments.toArray(String[]::new));
    for (String name : names) {
      ModelRequest request =
          ModelRequest.of(temporary.resolve(name).toString()).withImageSize(SIDE, SIDE);
      FrozenModel model = Modules.load(request);
      assertThat(Modules.load(request).graphSha256()).as(name).isEqualTo(model.graphSha256());
      assertThat(model.path()).isEqualTo(ExecutionPath.GENERAL);
      float[] expected = Python.readFloats(temporary.resolve(name + ".f32"));
      float[] actual = Modules.vectors(model, pixels);
      double largest = 0;
      for (float value : expected) {
        largest = Math.max(largest, Math.abs(value));
      }
      assertThat(Floats.maxDifference(actual, expected))
          .as("%s, of at most %f", name, largest)
          .isLessThan(1e-4 * Math.max(1, largest));
      assertThat(Arrays.copyOf(actual, actual.length / 2))
          .as("%s sees the images", name)
          .isNotEqualTo(Arrays.copyOfRange(actual, actual.length / 2, actual.length));
      // Batch 1 and 2, so that a shape that happens to be right for one is noticed.
      for (long batch : new long[] {1, 2, 3}) {
        DryRunOracle.compare(name, model.parsedGraph(), batch, SIDE);
      }
    }
  }
}
