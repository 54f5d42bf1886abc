package io.mobilenetspark.jobs.embed;

import io.mobilenetspark.jobs.cli.Console;
import io.mobilenetspark.jobs.common.Stopping;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.Locale;
import org.apache.spark.SparkException;

/**
 * Does the same again and again: until the JVM stops, until it fails, or, in a program, until the
 * thread is interrupted.
 */
final class Rounds {

  static final String STOPPED = "Stopped. The table is as the last round has left it.";

  private final Duration interval;
  private final Console console;

  /**
   * @param interval from the start of a round to that of the next; after one that takes longer,
   *     there is no wait
   */
  Rounds(Duration interval, Console console) {
    this.interval = interval;
    this.console = console;
  }

  /** One of them. */
  interface Round {
    /**
     * Does it.
     *
     * @param number from 1; the same again if there was nothing to do
     * @return whether there was something to do
     */
    boolean run(long number);
  }

  /** Returns when the thread is interrupted. */
  void run(Round round) {
    console.note(
        String.format(
            Locale.ROOT,
            "Watching the input; a round begins every %s s. Ctrl-C ends it.",
            interval.toMillis() / 1000.0));
    try {
      for (long number = 1; !Thread.interrupted() && !Stopping.hasBegun(); ) {
        long start = System.nanoTime();
        if (round.run(number)) {
          number++;
        }
        Stopping.sleep(start + interval.toNanos() - System.nanoTime());
      }
    } catch (InterruptedException e) {
      // Between two rounds.
    } catch (RuntimeException e) {
      if (!isInterruption(e)) {
        throw e;
      }
    }
    if (!Stopping.hasBegun()) { // or it is said then
      console.note(STOPPED);
    }
  }

  /** Of this thread; what interrupts a task comes in Spark's own exception, and is a failure. */
  private static boolean isInterruption(Throwable failure) {
    for (Throwable cause = failure;
        cause != null && !(cause instanceof SparkException);
        cause = cause.getCause()) {
      if (cause instanceof InterruptedException
          || cause instanceof ClosedByInterruptException
          || cause.getClass() == InterruptedIOException.class) { // a socket's is a time-out
        return true;
      }
    }
    return false;
  }
}
