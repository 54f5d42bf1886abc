package io.mobilenetspark.jobs.common;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import org.apache.hadoop.util.ShutdownHookManager;

/** What is done when the JVM is told to stop, by Ctrl-C say. */
public final class Stopping {

  /** Before Spark stops (40), whose jobs can still be cancelled. */
  private static final int FIRST = 60;

  /** After Spark has stopped (40), while file systems are still open (10). */
  private static final int PRIORITY = 20;

  private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final long LOOK_MILLIS = 200;

  private Stopping() {}

  /** Whether the JVM is in its last moments: what fails now fails for that. */
  public static boolean hasBegun() {
    return ShutdownHookManager.get().isShutdownInProgress();
  }

  /**
   * Runs a command. If the JVM is told to stop meanwhile, what the command waits for is cancelled,
   * and it has a few seconds to clear up after itself, as after any failure.
   *
   * @param cancel called again and again, as one job may follow another; tells whether there is
   *     something that clears up
   */
  public static int clearingUp(IntSupplier command, BooleanSupplier cancel) {
    CountDownLatch ended = new CountDownLatch(1);
    ShutdownHookManager.get().addShutdownHook(() -> awaitEnd(ended, cancel), FIRST);
    try {
      return command.getAsInt();
    } finally {
      ended.countDown();
    }
  }

  private static void awaitEnd(CountDownLatch ended, BooleanSupplier cancel) {
    long start = System.nanoTime();
    try {
      while (ended.getCount() > 0
          && System.nanoTime() - start < LONGEST_NANOS
          && cancel.getAsBoolean()
          && !ended.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
        // Another look.
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // Hadoop's limit for all of a hook
    }
  }

  /** Sleeps, until then or until the JVM is told to stop. */
  public static void sleep(long nanos) throws InterruptedException {
    long start = System.nanoTime();
    for (long left = nanos; left > 0 && !hasBegun(); left = nanos - (System.nanoTime() - start)) {
      TimeUnit.NANOSECONDS.sleep(Math.min(left, TimeUnit.MILLISECONDS.toNanos(LOOK_MILLIS)));
    }
  }

  /** Work that is done if the JVM stops before that is cancelled. */
  public static Registration whenStopped(Runnable work) {
    ShutdownHookManager.get().addShutdownHook(work, PRIORITY);
    return () -> {
      if (!hasBegun()) {
        ShutdownHookManager.get().removeShutdownHook(work);
      }
    };
  }

  /** Of work that is done then. */
  public interface Registration {
    /** Takes it back. */
    void cancel();
  }
}
