package io.mobilenetspark.jobs.cli;

import io.mobilenetspark.common.Quantity;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkStageInfo;
import org.apache.spark.SparkStatusTracker;

/**
 * Says on a terminal what a command is doing, which may take a while, and how many of Spark's tasks
 * are done. Elsewhere nothing is said: a log has the results.
 */
public final class Activity {

  /** Before that nobody wonders. */
  private static final long SECONDS_UNTOLD = 2;

  private final String what;
  private final SparkStatusTracker tracker;
  private final Console console;
  private final long startNanos = System.nanoTime();
  private boolean isEnded;

  private Activity(String what, SparkStatusTracker tracker, Console console) {
    this.what = what;
    this.tracker = tracker;
    this.console = console;
  }

  /**
   * What is done.
   *
   * @param <T> what it gives
   * @param <E> what it may throw
   */
  @FunctionalInterface
  public interface Work<T, E extends Exception> {
    T run() throws E;
  }

  /**
   * Does it, and says so meanwhile.
   *
   * @param what such as {@code Comparing 600 rows}
   */
  public static <T, E extends Exception> T during(
      SparkContext context, Console console, String what, Work<T, E> work) throws E {
    if (!console.isTerminal()) {
      return work.run();
    }
    Activity activity = new Activity(what, context.statusTracker(), console);
    ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(Progress::thread);
    var unused =
        clock.scheduleAtFixedRate(
            activity::tell, 0, Progress.TERMINAL_MILLIS, TimeUnit.MILLISECONDS);
    try {
      return work.run();
    } finally {
      clock.shutdownNow();
      activity.end();
    }
  }

  /** The same of work that gives nothing. */
  public static void during(SparkContext context, Console console, String what, Runnable work) {
    Work<Boolean, RuntimeException> asked =
        () -> {
          work.run();
          return true;
        };
    var unused = during(context, console, what, asked);
  }

  private synchronized void tell() {
    if (isEnded) {
      return; // or it would be said after what comes next
    }
    int tasks = 0;
    int done = 0;
    for (int id : tracker.getActiveStageIds()) {
      SparkStageInfo stage = tracker.getStageInfo(id).getOrElse(() -> null);
      if (stage != null) {
        tasks += stage.numTasks();
        done += stage.numCompletedTasks();
      }
    }
    Duration elapsed = Duration.ofNanos(System.nanoTime() - startNanos);
    console.show(line(what, done, tasks, elapsed, console.columns()));
  }

  /** Such as {@code Comparing 600 rows: 3 of 8 tasks, 0:04}. */
  static String line(String what, int done, int tasks, Duration elapsed, int columns) {
    String time = elapsed.toSeconds() < SECONDS_UNTOLD ? "" : Progress.clock(elapsed.toSeconds());
    String counted =
        tasks == 0 ? "" : String.format(Locale.ROOT, "%,d of %s", done, Quantity.of(tasks, "task"));
    String more = counted.isEmpty() || time.isEmpty() ? counted + time : counted + ", " + time;
    return ProgressLine.of(
        OptionalDouble.empty(),
        columns,
        more.isEmpty() ? what + " ..." : what + ": " + more,
        what + " ...",
        what);
  }

  private synchronized void end() {
    isEnded = true;
    console.clearLine();
  }
}
