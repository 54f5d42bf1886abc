package io.mobilenetspark.spark;

import io.mobilenetspark.image.ImageInput;
import io.mobilenetspark.image.ImageOptions;
import io.mobilenetspark.image.ImageOutcome;
import io.mobilenetspark.model.FrozenModel;
import io.mobilenetspark.runtime.Embedding;
import io.mobilenetspark.runtime.ExtractorCache;
import io.mobilenetspark.runtime.ImageEmbedder;
import java.util.List;
import java.util.function.Supplier;
import org.apache.spark.TaskContext;
import org.apache.spark.util.TaskCompletionListener;

/**
 * The one way from images to vectors for the job, the SQL functions and the ML stage: a lease on
 * this JVM's session for the length of a task. For the task's own thread.
 */
public final class TaskEmbedder {

  private final ImageEmbedder embedder;
  private final ExtractorCache.Kind sessionKind;
  private final MalformedMode mode;
  private final ImageOptions options;
  private final TaskContext task;

  private TaskEmbedder(ExtractorCache.Lease lease, EmbedOptions options, TaskContext task) {
    this.embedder =
        new ImageEmbedder(lease.extractor(), options.images(), options.runSize(lease.extractor()));
    this.sessionKind = lease.kind();
    this.mode = options.mode();
    this.options = options.images();
    this.task = task;
  }

  /**
   * Leases the session; it is given back when the task ends, however it ends.
   *
   * @param model called if the session may have to be opened
   * @param options their image size must be the model's
   * @param task the task that computes, with its number of CPUs and its GPU
   */
  public static TaskEmbedder open(
      Supplier<FrozenModel> model, EmbedOptions options, TaskContext task) {
    ExecutorMemory.apply();
    ExtractorCache.Lease lease =
        ExtractorCache.ofThisJvm()
            .acquire(model, options.precision(), task.cpus(), TaskGpu.of(task));
    TaskCompletionListener closeLease = ignored -> lease.close();
    task.addTaskCompletionListener(closeLease);
    return new TaskEmbedder(lease, options, task);
  }

  /** Whether this task opened the session or found it open. */
  public ExtractorCache.Kind sessionKind() {
    return sessionKind;
  }

  /**
   * Embeds a batch; as many results as images, in their order.
   *
   * @throws org.apache.spark.TaskKilledException before the next image, or while one waits for
   *     memory, if the task is killed
   */
  public List<Embedding> embed(List<ImageInput> images) {
    if (images.isEmpty()) {
      return List.of();
    }
    List<ImageInput> harmless =
        images.stream().map(image -> SuspectImages.pass(image, options, task)).toList();
    return ExecutorStatistics.ofThisJvm()
        .count(images.size(), ran -> embedder.embed(harmless, task::killTaskIfInterrupted, ran));
  }

  /**
   * Holds mode FAILFAST.
   *
   * @param id names the row, for the message
   * @throws MalformedImageException if the image is malformed and the mode is FAILFAST
   */
  public void requireReadable(ImageOutcome outcome, Supplier<String> id) {
    if (mode == MalformedMode.FAILFAST
        && outcome.status().isMalformed()
        && outcome instanceof ImageOutcome.Rejected rejected) {
      throw new MalformedImageException(id.get(), rejected);
    }
  }

  /** Batches that this JVM has run since its start, whoever asked for them. */
  public static long runsOfThisJvm() {
    return ExecutorStatistics.ofThisJvm().batches();
  }

  /** Images in these batches, the unreadable ones among them. */
  public static long imagesOfThisJvm() {
    return ExecutorStatistics.ofThisJvm().images();
  }
}
