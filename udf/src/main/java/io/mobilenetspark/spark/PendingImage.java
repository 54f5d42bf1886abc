package io.mobilenetspark.spark;

import io.mobilenetspark.image.FileBudget;
import io.mobilenetspark.image.ImageInput;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.apache.spark.TaskContext;
import org.jspecify.annotations.Nullable;

/** An image that a task has, or that is being read for it. For the task's own thread. */
public final class PendingImage {

  /** How often a waiting task looks whether it has been killed. */
  private static final long POLL_MILLIS = 100;

  private final @Nullable FileSource files;
  private final Future<FileSource.Ahead> image;

  private PendingImage(@Nullable FileSource files, Future<FileSource.Ahead> image) {
    this.files = files;
    this.image = image;
  }

  /** An image that is there. */
  public static PendingImage of(ImageInput image) {
    return new PendingImage(
        null, CompletableFuture.completedFuture(new FileSource.Ahead.Done(image)));
  }

  /** An image that is read from now on. */
  public static PendingImage of(FileSource files, String location) {
    return new PendingImage(files, files.readAhead(location));
  }

  /**
   * The image; null if it is a file too large to be read ahead, which only {@link #use} reads.
   * Waits for it, but no longer than the task is wanted: Spark interrupts a task that it kills only
   * if it was told to.
   *
   * @throws org.apache.spark.TaskKilledException if the task is killed meanwhile
   */
  public @Nullable ImageInput unlessLarge(TaskContext task) {
    return await(image, task) instanceof FileSource.Ahead.Done done ? done.image() : null;
  }

  /**
   * Does something with the image, whatever its size. A large file is read now, once other tasks
   * leave the memory for it, and held for the length of the work, which must not ask the task's
   * input for a row ({@link FileBudget#take}).
   *
   * @throws org.apache.spark.TaskKilledException if the task is killed while it waits
   */
  public <T> T use(TaskContext task, Function<ImageInput, T> work) {
    FileSource.Ahead ahead = await(image, task);
    if (ahead instanceof FileSource.Ahead.Large large && files != null) {
      FileBudget.Share share = FileBudget.take(large.bytes(), task::killTaskIfInterrupted);
      try {
        return work.apply(await(files.readLarge(large), task));
      } finally {
        share.close();
      }
    } else if (ahead instanceof FileSource.Ahead.Done done) {
      return work.apply(done.image());
    }
    throw new IllegalStateException("no source for " + ahead);
  }

  private static <T> T await(Future<T> future, TaskContext task) {
    try {
      while (true) {
        try {
          return future.get(POLL_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
          task.killTaskIfInterrupted();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      task.killTaskIfInterrupted();
      throw new IllegalStateException("interrupted while an image was read", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("a file's reader failed: " + e.getCause(), e);
    } finally {
      future.cancel(true); // nobody waits for it any more; does nothing to one that is done
    }
  }

  /** Nobody waits for it any more. */
  public void cancel() {
    image.cancel(true);
  }
}
