package io.mobilenetspark.runtime;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.image.ImageInput;
import io.mobilenetspark.image.ImageLimits;
import io.mobilenetspark.image.ImageOptions;
import io.mobilenetspark.image.ResizeMethod;
import io.mobilenetspark.model.FrozenModel;
import io.mobilenetspark.model.ModelLoader;
import io.mobilenetspark.testing.Pictures;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

class ExtractorCacheTest {

  private static final List<FrozenModel> MODELS = new ArrayList<>();

  @BeforeAll
  static void loadModels() {
    NativeLibrary.load();
    ModelLoader loader = new ModelLoader(new Configuration());
    for (int side : new int[] {32, 48, 64, 96}) {
      MODELS.add(loader.load("builtin", side));
    }
  }

  @Test
  void manyThreadsShareOneSession() throws Exception {
    ExtractorCache cache = new ExtractorCache(SessionFactory.ofThisJvm());
    int threads = 8;
    CountDownLatch start = new CountDownLatch(threads);
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    List<Future<FeatureExtractor>> futures = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      futures.add(
          pool.submit(
              () -> {
                start.countDown();
                start.await();
                try (ExtractorCache.Lease lease = acquire(cache, 0)) {
                  return lease.extractor();
                }
              }));
    }
    FeatureExtractor first = futures.get(0).get();
    for (Future<FeatureExtractor> future : futures) {
      assertThat(future.get()).isSameAs(first);
    }
    pool.shutdown();
    assertThat(cache.opened()).isEqualTo(1);
    assertThat(cache.open()).isEqualTo(1);
    first.close();
  }

  @Test
  void sessionsInUseStayAndTheOldestIdleOnesGo() {
    ExtractorCache cache = new ExtractorCache(SessionFactory.ofThisJvm());
    ExtractorCache.Lease kept = acquire(cache, 0);
    for (int i = 1; i < MODELS.size(); i++) {
      acquire(cache, i).close();
    }
    // One in use, and as many idle ones as are kept: the first of the three idle ones is closed.
    assertThat(cache.open()).isEqualTo(1 + ExtractorCache.MAX_IDLE);
    assertThat(features(kept.extractor(), 32)).hasSize(768);

    try (ExtractorCache.Lease again = acquire(cache, 1)) {
      assertThat(again.kind()).isEqualTo(ExtractorCache.Kind.OPENED);
    }
    try (ExtractorCache.Lease again = acquire(cache, 0)) {
      assertThat(again.kind()).isEqualTo(ExtractorCache.Kind.SHARED);
      assertThat(again.extractor()).isSameAs(kept.extractor());
    }
    kept.close();
    kept.close();
    assertThat(cache.open()).isEqualTo(ExtractorCache.MAX_IDLE);
  }

  @Test
  void refusesImagesOfAnotherSize() {
    try (ExtractorCache.Lease lease = acquire(ExtractorCache.ofThisJvm(), 0)) {
      assertThatThrownBy(() -> features(lease.extractor(), 64))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("takes [n, 32, 32, 3], not [1, 64, 64, 3]");
    }
  }

  /** The library of this test has no GPU: what is another on one is which sessions there are. */
  @Test
  void aSessionIsOfOneGpu() {
    ExtractorCache cache = new ExtractorCache(new SessionFactory(ignored -> {}));
    Optional<Gpu> gpu = Optional.of(new Gpu(1));
    ImageInput picture = new ImageInput.Encoded(Pictures.png(1));
    try (ExtractorCache.Lease cpu = acquire(cache, 0);
        ExtractorCache.Lease first = acquire(cache, 0, gpu);
        ExtractorCache.Lease second = acquire(cache, 0, gpu)) {
      assertThat(first.extractor()).isNotSameAs(cpu.extractor()).isSameAs(second.extractor());
      assertThat(embed(first.extractor(), picture)).isEqualTo(embed(cpu.extractor(), picture));
    }
    assertThatThrownBy(() -> acquire(cache, 0, Optional.of(new Gpu(0))))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("is bound to GPU 1");
    assertThatThrownBy(() -> cache.acquire(() -> MODELS.get(0), Precision.BFLOAT16, 1, gpu))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining(
            "Spark has assigned GPU 1, and bfloat16 runs on CPUs only. Choose float32");
    assertThat(cache.open()).isEqualTo(2);
  }

  private static float[] embed(FeatureExtractor extractor, ImageInput image) {
    ImageOptions options =
        new ImageOptions(ImageSize.square(32), ResizeMethod.BILINEAR, ImageLimits.DEFAULT);
    return requireNonNull(
        new ImageEmbedder(extractor, options).embed(List.of(image)).get(0).features());
  }

  private static ExtractorCache.Lease acquire(ExtractorCache cache, int model, Optional<Gpu> gpu) {
    return cache.acquire(() -> MODELS.get(model), Precision.FLOAT32, 1, gpu);
  }

  private static ExtractorCache.Lease acquire(ExtractorCache cache, int model) {
    return acquire(cache, model, Optional.empty());
  }

  private static float[] features(FeatureExtractor extractor, int side) {
    try (TFloat32 batch =
        TFloat32.tensorOf(
            Shape.of(1, side, side, 3), t -> t.scalars().forEach(s -> s.setFloat(0.5f)))) {
      return extractor.extract(batch);
    }
  }
}
