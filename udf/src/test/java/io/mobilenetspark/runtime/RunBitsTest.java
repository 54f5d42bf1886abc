package io.mobilenetspark.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.image.ImageInput;
import io.mobilenetspark.image.ImageLimits;
import io.mobilenetspark.image.ImageOptions;
import io.mobilenetspark.image.ResizeMethod;
import io.mobilenetspark.model.FrozenModel;
import io.mobilenetspark.model.ModelRequest;
import io.mobilenetspark.model.settings.ExecutionPath;
import io.mobilenetspark.testing.Floats;
import io.mobilenetspark.testing.ForkedJvm;
import io.mobilenetspark.testing.Modules;
import io.mobilenetspark.testing.SharedData;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An image has the same bits in any batch, on any CPU: kernels are chosen by what a run holds. */
class RunBitsTest {

  private static final int IMAGES = 33;
  private static final int[] BATCHES = {2, 3, 4, 5, 7, 8, 9, 16, 32, 33};

  @ParameterizedTest
  @ValueSource(ints = {32, 64, 96, 128, 160, 192, 224})
  void holdOfTheFastPath(int side) {
    FrozenModel model = builtin(side);
    assertThat(model.path()).isEqualTo(ExecutionPath.FAST);
    hold(model, side, 1);
  }

  @Test
  void holdOfTheGeneralPath() {
    ModelRequest request =
        ModelRequest.of(SharedData.directory().resolve("modules/feature_vector_4").toString());
    FrozenModel model = Modules.load(request.withPath(ExecutionPath.GENERAL));
    assertThat(model.path()).isEqualTo(ExecutionPath.GENERAL);
    hold(model, model.imageHeight(), 1);
  }

  /** Threads and oneDNN are fixed for a process. */
  @Tag("slow")
  @ParameterizedTest
  @CsvSource({"0, 1", "0, 2", "1, 2"})
  void holdWithoutOneDnnAndWithSeveralThreads(String oneDnn, String threads) throws Exception {
    ForkedJvm.Outcome outcome =
        ForkedJvm.run(
            Main.class,
            ForkedJvm.SHORT_RUN,
            Map.of(OneDnn.SWITCH, oneDnn, "TF_NUM_INTRAOP_THREADS", threads),
            threads);
    assertThat(outcome.exitCode()).as(outcome.output()).isZero();
    assertThat(outcome.output()).contains("BITS HOLD");
  }

  /** In a JVM of its own. */
  static final class Main {

    private Main() {}

    public static void main(String[] args) {
      NativeLibrary.load();
      for (int side : new int[] {96, 224}) {
        hold(builtin(side), side, Integer.parseInt(args[0]));
      }
      System.out.println("BITS HOLD");
    }
  }

  private static FrozenModel builtin(int side) {
    return Modules.load(ModelRequest.of("builtin").withImageSize(side, side));
  }

  private static void hold(FrozenModel model, int side, int threads) {
    Random random = new Random(side);
    List<ImageInput> images = new ArrayList<>();
    for (int i = 0; i < IMAGES; i++) {
      byte[] bgr = new byte[side * side * 3];
      random.nextBytes(bgr);
      images.add(new ImageInput.Pixels(side, side, 3, bgr));
    }
    ImageOptions options =
        new ImageOptions(ImageSize.square(side), ResizeMethod.BILINEAR, ImageLimits.DEFAULT);
    try (FeatureExtractor extractor = FeatureExtractor.open(model, Precision.FLOAT32, threads)) {
      ImageEmbedder embedder = new ImageEmbedder(extractor, options);
      List<float[]> alone = embedded(embedder, images, 1); // which runs pad
      for (int batch : BATCHES) {
        List<ImageInput> order = new ArrayList<>(images);
        Collections.shuffle(order, random);
        List<float[]> found = embedded(embedder, order, batch);
        for (int i = 0; i < IMAGES; i++) {
          Floats.assertSameBits(found.get(i), alone.get(images.indexOf(order.get(i))));
        }
      }
    }
  }

  private static List<float[]> embedded(
      ImageEmbedder embedder, List<ImageInput> images, int batch) {
    List<float[]> vectors = new ArrayList<>();
    for (int from = 0; from < images.size(); from += batch) {
      for (Embedding embedding :
          embedder.embed(images.subList(from, Math.min(images.size(), from + batch)))) {
        float[] features = embedding.features();
        assertThat(features).isNotNull();
        vectors.add(features);
      }
    }
    return vectors;
  }
}
