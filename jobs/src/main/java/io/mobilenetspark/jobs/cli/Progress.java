package io.mobilenetspark.jobs.cli;

import io.mobilenetspark.common.Quantity;
import io.mobilenetspark.spark.EmbedCounters;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkContext;

/**
 * Tells people how far a run is: images done, of how many, how fast, how long still. On a terminal
 * one line with a bar, which changes; elsewhere a line now and then. Finished tasks count exactly;
 * running ones by their last heartbeat.
 */
public final class Progress {

  public static final long TERMINAL_MILLIS = 500;
  public static final long LINES_MILLIS = 10_000;

  private final SparkContext context;
  private final EmbedCounters counters;
  private final OptionalLong total;
  private final Console console;
  private final long startNanos = System.nanoTime();
  private final RunningTasks running = new RunningTasks();
  private boolean isStopped;
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(Progress::thread);

  private Progress(
      SparkContext context, EmbedCounters counters, OptionalLong total, Console console) {
    this.context = context;
    this.counters = counters;
    this.total = total;
    this.console = console;
  }

  /** Starts telling. */
  public static Progress start(
      SparkContext context, EmbedCounters counters, OptionalLong total, Console console) {
    Progress progress = new Progress(context, counters, total, console);
    context.addSparkListener(progress.running);
    long period = console.isTerminal() ? TERMINAL_MILLIS : LINES_MILLIS;
    var unused =
        progress.clock.scheduleAtFixedRate(progress::tell, period, period, TimeUnit.MILLISECONDS);
    return progress;
  }

  /** One that nobody waits for. */
  static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "mobilenet-progress");
    thread.setDaemon(true);
    return thread;
  }

  private synchronized void tell() {
    if (isStopped) {
      return; // or it would be said after what comes next
    }
    Duration elapsed = Duration.ofNanos(System.nanoTime() - startNanos);
    if (console.isTerminal()) {
      console.show(fitted(done(), total, elapsed, console.columns()));
    } else {
      console.note(line(done(), total, elapsed));
    }
  }

  private long done() {
    long finished = counters.rows().values().stream().mapToLong(Long::longValue).sum();
    return finished + running.rows();
  }

  /** Such as {@code 1,200 of 10,000 images, 160.0 images/s, 0:55 left}. */
  static String line(long done, OptionalLong total, Duration elapsed) {
    double rate = rate(done, elapsed);
    return count(done, total)
        + Quantity.of(total.orElse(done), "image")
        + String.format(Locale.ROOT, ", %,.1f images/s", rate)
        + left(done, total, rate);
  }

  /** The same with a bar, and in fewer words where the terminal is narrow. */
  static String fitted(long done, OptionalLong total, Duration elapsed, int columns) {
    double rate = rate(done, elapsed);
    String left = left(done, total, rate);
    String count = count(done, total) + String.format(Locale.ROOT, "%,d", total.orElse(done));
    return ProgressLine.of(
        total.isPresent() && total.getAsLong() > 0
            ? OptionalDouble.of((double) done / total.getAsLong())
            : OptionalDouble.empty(),
        columns,
        line(done, total, elapsed),
        count + String.format(Locale.ROOT, ", %,.1f/s", rate) + left,
        count + left);
  }

  private static double rate(long done, Duration elapsed) {
    return done / Math.max(1e-3, elapsed.toMillis() / 1000.0);
  }

  private static String count(long done, OptionalLong total) {
    return total.isPresent() ? String.format(Locale.ROOT, "%,d of ", done) : "";
  }

  private static String left(long done, OptionalLong total, double rate) {
    return total.isPresent() && done > 0
        ? ", " + clock(Math.round(Math.max(0, total.getAsLong() - done) / rate)) + " left"
        : "";
  }

  /** Such as {@code 0:55} or {@code 27:46:30}. */
  public static String clock(long seconds) {
    return seconds < 3600
        ? String.format(Locale.ROOT, "%d:%02d", seconds / 60, seconds % 60)
        : String.format(
            Locale.ROOT, "%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
  }

  /** Stops telling and clears the terminal's line. */
  public synchronized void stop() {
    isStopped = true;
    clock.shutdownNow();
    context.removeSparkListener(running);
    console.clearLine();
  }
}
