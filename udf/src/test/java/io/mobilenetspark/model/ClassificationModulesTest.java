package io.mobilenetspark.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.mobilenetspark.model.hub.ModelLoadException;
import io.mobilenetspark.model.settings.ExecutionPath;
import io.mobilenetspark.testing.Floats;
import io.mobilenetspark.testing.Modules;
import io.mobilenetspark.testing.Python;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Classification modules, which TensorFlow's Python writes for the test, and their labels. */
class ClassificationModulesTest {

  private static final int IMAGES = 2;
  private static final int FEATURES = 256;
  private static final int CLASSES = 11;
  private static final double TOLERANCE = 1e-4;

  @TempDir private Path temporary;

  @Tag("python")
  @ParameterizedTest
  @ValueSource(strings = {"hub1", "tf2"})
  void giveFeaturesAndLogitsOnBothPaths(String format) throws IOException {
    Python.require();
    float[] pixels = Arrays.copyOf(Modules.goldenPixels(224), IMAGES * 224 * 224 * 3);
    Path batch = Python.writeFloats(temporary.resolve("batch.f32"), pixels);
    Path out = temporary.resolve("out.f32");
    Path module = Files.createDirectories(temporary.resolve("module"));
    Python.interop("classifier", format, module.toString(), batch.toString(), out.toString());
    float[] expected = Python.readFloats(out);
    float[] features = Arrays.copyOf(expected, IMAGES * FEATURES);
    float[] logits = Arrays.copyOfRange(expected, features.length, expected.length);
    assertThat(logits).hasSize(IMAGES * CLASSES);

    ModelRequest request = ModelRequest.of(module.toString()).withImageSize(224, 224);
    assertThat(Modules.load(request).path()).isEqualTo(ExecutionPath.FAST);
    for (ExecutionPath path : List.of(ExecutionPath.FAST, ExecutionPath.GENERAL)) {
      FrozenModel vectors = Modules.load(request.withPath(path));
      FrozenModel classes = Modules.load(request.withPath(path).withOutput(ModelRequest.LOGITS));
      assertThat(vectors.dimension()).isEqualTo(FEATURES);
      assertThat(classes.dimension()).isEqualTo(CLASSES);
      assertThat(Floats.maxDifference(Modules.vectors(vectors, pixels), features))
          .isLessThanOrEqualTo(TOLERANCE);
      assertThat(Floats.maxDifference(Modules.vectors(classes, pixels), logits))
          .isLessThanOrEqualTo(TOLERANCE);
    }
    ModelReport report = new ModelLoader(new Configuration()).inspect(request);
    assertThat(report.classes()).isEqualTo(CLASSES);
    assertThat(report.variables()).isEqualTo(137);
  }

  @Test
  void labelsAreRankedByProbability() throws IOException {
    Path file =
        Files.writeString(temporary.resolve("labels.txt"), "background\ntench\ngoldfish\nshark\n");
    ClassLabels labels = ClassLabels.read(file.toString(), new Configuration());
    List<ClassLabels.Ranked> top = labels.top(new float[] {0, 2, 1, 2}, 3);
    assertThat(top)
        .extracting(ClassLabels.Ranked::label)
        .containsExactly("tench", "shark", "goldfish");
    double sum = 1 + 2 * Math.exp(2) + Math.exp(1);
    assertThat(top.get(0).probability()).isCloseTo(Math.exp(2) / sum, within(1e-12));
    assertThat(top.get(2).index()).isEqualTo(2);
    assertThat(labels.top(new float[] {1000, -1000, 0, 0}, 9)).hasSize(4);
  }

  @Test
  void labelsOfAnotherNumberOfClassesAreRefused() {
    ClassLabels thousand = new ClassLabels(Collections.nCopies(1000, "x"));
    assertThat(thousand.mismatch(1000)).isEmpty();
    assertThat(thousand.mismatch(1001))
        .contains(
            "1,000 labels, but the model has 1,001 classes: the first one is the background. Put a"
                + " line 'background' before the first label.");
    assertThat(thousand.mismatch(5).orElseThrow())
        .startsWith("1,000 labels, but the model has 5 classes.")
        .doesNotContain("background");
    ClassLabels labels = new ClassLabels(List.of("tench", "goldfish"));
    assertThatThrownBy(() -> labels.top(new float[] {3, 1, 2}, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("3 logits but 2 labels");
    assertThatThrownBy(() -> labels.top(new float[] {1}, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1 logits but 2 labels");
    assertThatThrownBy(() -> labels.top(new float[] {1, Float.NaN}, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not a number");
    assertThatThrownBy(
            () -> ClassLabels.read(temporary.resolve("absent").toString(), new Configuration()))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("labels");
  }
}
