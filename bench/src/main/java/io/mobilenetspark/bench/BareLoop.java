package io.mobilenetspark.bench;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.image.ImageInput;
import io.mobilenetspark.image.ImageLimits;
import io.mobilenetspark.image.ImageOptions;
import io.mobilenetspark.image.ResizeMethod;
import io.mobilenetspark.model.FrozenModel;
import io.mobilenetspark.model.ModelLoader;
import io.mobilenetspark.runtime.FeatureExtractor;
import io.mobilenetspark.runtime.ImageEmbedder;
import io.mobilenetspark.runtime.NativeLibrary;
import io.mobilenetspark.runtime.Precision;
import io.mobilenetspark.runtime.RunSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;

/**
 * What embedding costs without Spark: decode, resize and forward on threads that take the next
 * batch each, over files that are in memory already. The yardstick of the other benchmarks.
 */
final class BareLoop implements AutoCloseable {

  private final List<ImageInput> images = new ArrayList<>();
  private final FeatureExtractor extractor;
  private final ImageEmbedder embedder;
  private final int threads;

  /** A loop with the builtin model. */
  BareLoop(List<Path> files, Precision precision, int threads) throws IOException {
    this(
        files,
        new ModelLoader(new Configuration()).load("builtin", ModelLoader.DEFAULT_IMAGE_SIDE),
        precision,
        threads);
  }

  /**
   * A loop.
   *
   * @param model takes images of 224 x 224 pixels
   */
  BareLoop(List<Path> files, FrozenModel model, Precision precision, int threads)
      throws IOException {
    Map<Path, ImageInput> read = new HashMap<>(); // a file may be listed often
    for (Path file : files) {
      ImageInput image = read.get(file);
      if (image == null) {
        image = new ImageInput.Encoded(Files.readAllBytes(file));
        read.put(file, image);
      }
      images.add(image);
    }
    NativeLibrary.load();
    this.extractor = FeatureExtractor.open(model, precision, 1);
    this.embedder =
        new ImageEmbedder(
            extractor,
            new ImageOptions(
                ImageSize.square(ModelLoader.DEFAULT_IMAGE_SIDE),
                ResizeMethod.BILINEAR,
                ImageLimits.DEFAULT));
    this.threads = threads;
  }

  /** Embeds all images; images a second. */
  double run() throws Exception {
    AtomicInteger next = new AtomicInteger();
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    long start = System.nanoTime();
    List<Future<Integer>> done = new ArrayList<>();
    for (int thread = 0; thread < threads; thread++) {
      done.add(
          pool.submit(
              () -> {
                int embedded = 0;
                int size = RunSize.batchOnThisCpu();
                for (int from = next.getAndAdd(size);
                    from < images.size();
                    from = next.getAndAdd(size)) {
                  int to = Math.min(images.size(), from + size);
                  embedded += embedder.embed(images.subList(from, to)).size();
                }
                return embedded;
              }));
    }
    int embedded = 0;
    for (Future<Integer> future : done) {
      embedded += future.get();
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    pool.shutdown();
    if (embedded != images.size()) {
      throw new IllegalStateException(
          String.format(Locale.ROOT, "embedded %d of %d", embedded, images.size()));
    }
    return embedded / seconds;
  }

  @Override
  public void close() {
    extractor.close();
  }
}
