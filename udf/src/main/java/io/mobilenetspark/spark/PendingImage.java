package io.mobilenetspark.spark;

import io.mobilenetspark.image.ImageInput;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.spark.TaskContext;

/** An image that a task has, or that is being read for it. For the task's own thread. */
public final class PendingImage {

  /** How often a waiting task looks whether it has been killed. */
  private static final long POLL_MILLIS = 100;

  private final Future<ImageInput> image;

  private PendingImage(Future<ImageInput> image) {
    this.image = image;
  }

  /** An image that is there. */
  public static PendingImage of(ImageInput image) {
    return new PendingImage(CompletableFuture.completedFuture(image));
  }

  /** An image that is on its way. */
  public static PendingImage of(Future<ImageInput> image) {
    return new PendingImage(image);
  }

  /**
   * The image; waits for it, but no longer than the task is wanted: Spark interrupts a task that it
   * kills only if it was told to.
   *
   * @throws org.apache.spark.TaskKilledException if the task is killed meanwhile
   */
  public ImageInput get(TaskContext task) {
    while (true) {
      try {
        return image.get(POLL_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        task.killTaskIfInterrupted();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        task.killTaskIfInterrupted();
        throw new IllegalStateException("interrupted while an image was read", e);
      } catch (ExecutionException e) {
        throw new IllegalStateException("a file's reader failed: " + e.getCause(), e);
      }
    }
  }

  /** Nobody waits for it any more. */
  public void cancel() {
    image.cancel(true);
  }
}
