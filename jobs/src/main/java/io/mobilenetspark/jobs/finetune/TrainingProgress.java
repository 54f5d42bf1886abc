package io.mobilenetspark.jobs.finetune;

import io.mobilenetspark.jobs.cli.Console;
import io.mobilenetspark.jobs.cli.Progress;
import io.mobilenetspark.jobs.cli.ProgressLine;
import io.mobilenetspark.jobs.report.FinetuneReport;
import io.mobilenetspark.jobs.report.StepLog;
import io.mobilenetspark.spark.train.EpochMetrics;
import io.mobilenetspark.spark.train.TrainingListener;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * Tells people how a training run goes on: a line an epoch, and of the steps on a terminal one line
 * that changes, elsewhere a line now and then. Used by the driver's one thread.
 */
final class TrainingProgress implements TrainingListener {

  private final Console console;
  private final StepLog steps;
  private final long periodMillis;
  private long lastNanos = System.nanoTime();
  private int epochs;
  private boolean hasTakenSteps;

  /**
   * @param steps is given each step
   */
  TrainingProgress(Console console, StepLog steps) {
    this.console = console;
    this.steps = steps;
    this.periodMillis = console.isTerminal() ? Progress.TERMINAL_MILLIS : Progress.LINES_MILLIS;
  }

  @Override
  public void onStep(StepProgress progress) {
    hasTakenSteps = true;
    steps.add(progress);
    epochs = progress.epochs();
    if ((System.nanoTime() - lastNanos) / 1_000_000 < periodMillis) {
      return;
    }
    lastNanos = System.nanoTime();
    if (console.isTerminal()) {
      console.show(fitted(progress, console.columns()));
    } else {
      console.note(line(progress));
    }
  }

  @Override
  public void onEpoch(EpochMetrics metrics) {
    console.note(FinetuneReport.line(metrics, Math.max(epochs, metrics.epoch())));
  }

  @Override
  public void onPhase(String text) {
    console.note(text);
  }

  @Override
  public void onNotice(String text) {
    console.note(text);
  }

  /** Clears a terminal's line. */
  void clear() {
    console.clearLine();
  }

  /** Whether anything was trained yet: before that, failures are of what was read. */
  boolean hasTakenSteps() {
    return hasTakenSteps;
  }

  /**
   * Such as {@code Epoch 2 of 10, step 30 of 150: loss 0.7031, accuracy 0.7188, rate 0.003, 120.1
   * images/s, 0:55 left}.
   */
  static String line(StepProgress progress) {
    return String.format(
        Locale.ROOT,
        "Epoch %d of %d, step %,d of %,d: loss %.4f, accuracy %.4f, rate %.3g, %,.1f images/s, %s"
            + " left",
        progress.epoch(),
        progress.epochs(),
        progress.step(),
        progress.steps(),
        progress.loss(),
        progress.accuracy(),
        progress.learningRate(),
        progress.imagesPerSecond(),
        left(progress));
  }

  /** The same with a bar, and in fewer words where the terminal is narrow. */
  static String fitted(StepProgress progress, int columns) {
    String shorter =
        String.format(
            Locale.ROOT,
            "Epoch %d of %d: loss %.4f, accuracy %.4f",
            progress.epoch(),
            progress.epochs(),
            progress.loss(),
            progress.accuracy());
    return ProgressLine.of(
        progress.steps() > 0
            ? OptionalDouble.of((double) progress.step() / progress.steps())
            : OptionalDouble.empty(),
        columns,
        line(progress),
        String.format(
            Locale.ROOT,
            "%s, %,.1f images/s, %s left",
            shorter,
            progress.imagesPerSecond(),
            left(progress)),
        String.format(Locale.ROOT, "%s, %s left", shorter, left(progress)),
        String.format(
            Locale.ROOT,
            "Epoch %d of %d, %s left",
            progress.epoch(),
            progress.epochs(),
            left(progress)));
  }

  private static String left(StepProgress progress) {
    return Progress.clock(Math.round(progress.secondsLeft()));
  }
}
