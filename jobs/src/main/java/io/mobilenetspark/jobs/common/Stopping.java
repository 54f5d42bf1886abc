package io.mobilenetspark.jobs.common;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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
   * Runs a command. If the JVM is told to stop meanwhile, {@link OwnJobs} are cancelled, and what
   * waits for them has a few seconds to clear up after itself, as after any failure.
   */
  public static int clearingUp(IntSupplier command) {
    CountDownLatch ended = new CountDownLatch(1);
    ShutdownHookManager.get().addShutdownHook(() -> awaitEnd(ended), FIRST);
    try {
      return command.getAsInt();
    } finally {
      ended.countDown();
    }
  }

  private static void awaitEnd(CountDownLatch ended) {
    long start = System.nanoTime();
    try {
      while (ended.getCount() > 0
          && System.nanoTime() - start < LONGEST_NANOS
          && OwnJobs.cancelAll() // again and again, as one job may follow another
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

  /**
   * Work that is done if the JVM stops before that is cancelled; at once if it has been told to.
   */
  public static Registration whenStopped(Runnable work) {
    try {
      ShutdownHookManager.get().addShutdownHook(work, PRIORITY);
    } catch (IllegalStateException e) { // it stops
      work.run();
    }
    return () -> {
      try {
        ShutdownHookManager.get().removeShutdownHook(work);
      } catch (IllegalStateException e) {
        // It stops, and the work is, or will be, done.
      }
    };
  }

  /** Of work that is done then. */
  public interface Registration {
    /** Takes it back. */
    void cancel();
  }
}
