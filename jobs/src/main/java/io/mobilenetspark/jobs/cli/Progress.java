package io.mobilenetspark.jobs.cli;

import io.mobilenetspark.common.Quantity;
import io.mobilenetspark.spark.EmbedCounters;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkContext;

/**
 * Tells people how far a run is: images done, of how many, how fast, how long still. On a terminal
 * one line that changes; elsewhere a line now and then. Finished tasks count exactly; running ones
 * by their last heartbeat.
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
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "mobilenet-progress");
            thread.setDaemon(true);
            return thread;
          });

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

  private void tell() {
    String line = line(done(), total, Duration.ofNanos(System.nanoTime() - startNanos));
    if (console.isTerminal()) {
      console.overwrite(line);
    } else {
      console.note(line);
    }
  }

  private long done() {
    long finished = counters.rows().values().stream().mapToLong(Long::longValue).sum();
    return finished + running.rows();
  }

  /** Such as {@code 1,200 of 10,000 images, 160.0 images/s, 0:55 left}. */
  static String line(long done, OptionalLong total, Duration elapsed) {
    double rate = done / Math.max(1e-3, elapsed.toMillis() / 1000.0);
    StringBuilder line = new StringBuilder();
    if (total.isPresent()) {
      line.append(String.format(Locale.ROOT, "%,d of ", done));
    }
    line.append(Quantity.of(total.orElse(done), "image"))
        .append(String.format(Locale.ROOT, ", %,.1f images/s", rate));
    if (total.isPresent() && done > 0) {
      long seconds = Math.round(Math.max(0, total.getAsLong() - done) / rate);
      line.append(", ").append(clock(seconds)).append(" left");
    }
    return line.toString();
  }

  /** Such as {@code 0:55} or {@code 27:46:30}. */
  public static String clock(long seconds) {
    return seconds < 3600
        ? String.format(Locale.ROOT, "%d:%02d", seconds / 60, seconds % 60)
        : String.format(
            Locale.ROOT, "%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
  }

  /** Stops telling and clears the terminal's line. */
  public void stop() {
    clock.shutdownNow();
    context.removeSparkListener(running);
    if (console.isTerminal()) {
      console.overwrite("");
    }
  }
}
