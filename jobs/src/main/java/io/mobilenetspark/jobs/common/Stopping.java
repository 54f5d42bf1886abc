package io.mobilenetspark.jobs.common;

import org.apache.hadoop.util.ShutdownHookManager;

/** What is done when the JVM is told to stop, by Ctrl-C say. */
public final class Stopping {

  /** After Spark has stopped (40), while file systems are still open (10). */
  private static final int PRIORITY = 20;

  private Stopping() {}

  /** Whether the JVM is in its last moments: what fails now fails for that. */
  public static boolean hasBegun() {
    return ShutdownHookManager.get().isShutdownInProgress();
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
