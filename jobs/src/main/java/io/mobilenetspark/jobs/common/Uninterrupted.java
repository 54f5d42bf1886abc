package io.mobilenetspark.jobs.common;

import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * Steps that are not to end half-way because somebody interrupts the thread, before or meanwhile:
 * another thread takes them, and this one is interrupted afterwards.
 */
public final class Uninterrupted {

  private Uninterrupted() {}

  /** What is done. */
  public interface Work<E extends Exception> {
    void run() throws E;
  }

  /**
   * Does it.
   *
   * @throws E as the work does
   */
  public static <E extends Exception> void run(Work<E> work) throws E {
    FutureTask<Boolean> task =
        new FutureTask<>(
            () -> {
              work.run();
              return true;
            });
    Thread thread = new Thread(task, "mobilenet-uninterrupted");
    thread.setDaemon(true);
    thread.start();
    boolean isInterrupted = false;
    try {
      while (true) {
        try {
          var unused = task.get();
          return;
        } catch (InterruptedException e) {
          isInterrupted = true;
        }
      }
    } catch (ExecutionException e) {
      throw Uninterrupted.<E>unchecked(e.getCause());
    } finally {
      if (isInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** The work declares no other exceptions. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <E extends Exception> E unchecked(@Nullable Throwable failure) {
    if (failure instanceof Error error) {
      throw error;
    } else if (failure instanceof RuntimeException exception) {
      throw exception;
    }
    return (E) Objects.requireNonNull(failure);
  }
}
