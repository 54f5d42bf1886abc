package io.mobilenetspark.spark;

import static java.util.Objects.requireNonNull;

import io.mobilenetspark.image.ImageStatus;
import io.mobilenetspark.runtime.Embedding;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.LongConsumer;

/**
 * What the tasks of this JVM have embedded since its start, whoever asked for it: each attempt of a
 * task counts. Safe for use by many threads.
 */
final class ExecutorStatistics {

  private static final ExecutorStatistics OF_THIS_JVM = new ExecutorStatistics();

  private final LongAdder batches = new LongAdder();
  private final LongAdder images = new LongAdder();
  private final LongAdder embedNanos = new LongAdder();
  private final LongAdder modelNanos = new LongAdder();
  private final Map<ImageStatus, LongAdder> byStatus = new EnumMap<>(ImageStatus.class);

  private ExecutorStatistics() {
    for (ImageStatus status : ImageStatus.values()) {
      byStatus.put(status, new LongAdder());
    }
  }

  static ExecutorStatistics ofThisJvm() {
    return OF_THIS_JVM;
  }

  /**
   * Counts a batch.
   *
   * @param count its images
   * @param work embeds it, and tells how long the model ran
   */
  List<Embedding> count(int count, Function<LongConsumer, List<Embedding>> work) {
    batches.increment();
    images.add(count);
    long start = System.nanoTime();
    try {
      List<Embedding> embeddings = work.apply(modelNanos::add);
      embeddings.forEach(embedding -> of(embedding.outcome().status()).increment());
      return embeddings;
    } finally {
      embedNanos.add(System.nanoTime() - start);
    }
  }

  private LongAdder of(ImageStatus status) {
    return requireNonNull(byStatus.get(status), "every status is there");
  }

  /** Batches that were begun. */
  long batches() {
    return batches.sum();
  }

  /** Images in these batches, the unreadable ones among them. */
  long images() {
    return images.sum();
  }

  /** Images that ended so. */
  long images(ImageStatus status) {
    return of(status).sum();
  }

  /** Nanoseconds, over all threads, in which the model ran. */
  long modelNanos() {
    return modelNanos.sum();
  }

  /** The same in which images were read: fetched, decoded, resized, waited for. */
  long readNanos() {
    return Math.max(0, embedNanos.sum() - modelNanos.sum());
  }
}
