package io.mobilenetspark.bench;

import io.mobilenetspark.model.FrozenModel;
import io.mobilenetspark.model.ModelLoader;
import io.mobilenetspark.runtime.FeatureExtractor;
import io.mobilenetspark.runtime.NativeLibrary;
import io.mobilenetspark.runtime.Precision;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.conf.Configuration;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/**
 * Milliseconds an image of a model's forward pass, by the number of images in a run, one thread a
 * run and one run a core at once, as tasks do it. Sizes take turns within a round.
 *
 * <pre>bench/run ForwardBenchmark [MODEL [float32|bfloat16 [THREADS [ROUNDS]]]]</pre>
 */
public final class ForwardBenchmark {

  private static final int[] SIZES = {1, 2, 3, 4, 6, 8, 12, 16, 32};
  private static final int IMAGES = 96;

  private ForwardBenchmark() {}

  /** Runs the benchmark; see the class. */
  public static void main(String[] args) throws Exception {
    String handle = args.length > 0 ? args[0] : "builtin";
    Precision precision = args.length > 1 ? Precision.CHOICES.parse(args[1]) : Precision.FLOAT32;
    int threads = args.length > 2 ? Integer.parseInt(args[2]) : 2;
    int rounds = args.length > 3 ? Integer.parseInt(args[3]) : 9;
    NativeLibrary.load();
    FrozenModel model =
        new ModelLoader(new Configuration()).load(handle, ModelLoader.DEFAULT_IMAGE_SIDE);
    double[][] measured = new double[SIZES.length][rounds];
    try (FeatureExtractor extractor = FeatureExtractor.open(model, precision, 1)) {
      for (int round = -1; round < rounds; round++) { // the first only warms up
        for (int i = 0; i < SIZES.length; i++) {
          double millis = millisAnImage(extractor, SIZES[i], threads);
          if (round >= 0) {
            measured[i][round] = millis;
          }
        }
      }
    }
    for (int i = 0; i < SIZES.length; i++) {
      System.out.printf(
          Locale.ROOT,
          "%2d images a run: %.2f ms an image (%.2f to %.2f)%n",
          SIZES[i],
          Rounds.median(measured[i]),
          Arrays.stream(measured[i]).min().orElseThrow(),
          Arrays.stream(measured[i]).max().orElseThrow());
    }
  }

  private static double millisAnImage(FeatureExtractor extractor, int size, int threads)
      throws Exception {
    FrozenModel model = extractor.model();
    Shape shape = Shape.of(size, model.imageHeight(), model.imageWidth(), 3);
    Random random = new Random(size);
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try (TFloat32 batch =
        TFloat32.tensorOf(
            shape,
            pixels -> pixels.scalars().forEach(pixel -> pixel.setFloat(random.nextFloat())))) {
      extractor.extract(batch); // the first run of a size lays its buffers out
      List<Future<?>> done = new ArrayList<>();
      long start = System.nanoTime();
      for (int thread = 0; thread < threads; thread++) {
        done.add(pool.submit(() -> forward(extractor, batch)));
      }
      for (Future<?> future : done) {
        future.get();
      }
      return (System.nanoTime() - start) / 1e6 / IMAGES;
    } finally {
      pool.shutdown();
    }
  }

  private static void forward(FeatureExtractor extractor, TFloat32 batch) {
    for (long images = 0; images < IMAGES; images += batch.shape().get(0)) {
      extractor.extract(batch);
    }
  }
}
