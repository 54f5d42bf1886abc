package io.mobilenetspark.spark.ml;

import io.mobilenetspark.train.EpochOrder;
import io.mobilenetspark.train.Totals;
import io.mobilenetspark.train.TrainingRow;
import io.mobilenetspark.train.Updater;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.api.java.JavaRDD;
import org.jspecify.annotations.Nullable;

/**
 * Runs epochs: steps, validation, checkpoints, early stopping. Used on the driver, by one thread.
 */
final class TrainingLoop {

  private final DataParallel trainer;
  private final EpochOrder order;
  private final int batchSize;
  private final @Nullable JavaRDD<TrainingRow> validation;
  private final Plan plan;
  private final Optional<Checkpoints> checkpoints;
  private final TrainingListener listener;
  private long imagesSeen;
  private double secondsInSteps;

  /**
   * How long a run goes on.
   *
   * @param epochs the most epochs
   * @param patience stop after this many epochs without a lower validation loss; 0 for never
   * @param syncEvery steps that each worker takes alone before the weights are averaged; 1 for one
   *     big batch
   * @param checkpointInterval also write a checkpoint every this many steps, besides every epoch; 0
   *     for every epoch alone
   */
  record Plan(int epochs, int patience, int syncEvery, int checkpointInterval) {}

  /**
   * @param trainer takes the steps
   * @param set the rows
   * @param plan how long
   * @param checkpoints where the run is kept; empty for nowhere
   * @param listener is told how it goes on
   */
  TrainingLoop(
      DataParallel trainer,
      TrainingSet set,
      Plan plan,
      Optional<Checkpoints> checkpoints,
      TrainingListener listener) {
    this.trainer = trainer;
    this.order = set.order();
    this.batchSize = set.order().batchSize();
    this.validation = set.validationRows() > 0 ? set.validation() : null;
    this.plan = plan;
    this.checkpoints = checkpoints;
    this.listener = listener;
  }

  /**
   * Runs to the end.
   *
   * @param start the state before the first step, or that of a checkpoint
   * @throws io.mobilenetspark.train.TrainingDivergedException if the loss is not finite; earlier
   *     checkpoints stay
   */
  RunState run(RunState start) {
    RunState now = start;
    while (!isFinished(now)) {
      long before = now.state().step();
      now = advance(now);
      boolean isEpochDone = now.state().step() % order.stepsPerEpoch() == 0;
      if (isEpochDone) {
        now = endEpoch(now);
      }
      if (isEpochDone || isCheckpointDue(before, now.state().step())) {
        write(now);
      }
    }
    return now;
  }

  private boolean isFinished(RunState now) {
    int done = now.history().size();
    return done >= plan.epochs()
        || (plan.patience() > 0 && done - now.bestEpoch() >= plan.patience());
  }

  private boolean isCheckpointDue(long before, long after) {
    int interval = plan.checkpointInterval();
    return interval > 0 && before / interval < after / interval;
  }

  private RunState advance(RunState now) {
    long intoEpoch = now.state().step() % order.stepsPerEpoch();
    int steps = (int) Math.min(plan.syncEvery(), order.stepsPerEpoch() - intoEpoch);
    long start = System.nanoTime();
    Updater.Step step = trainer.advance(now.state(), steps);
    double seconds = (System.nanoTime() - start) / 1e9;
    imagesSeen += (long) steps * batchSize;
    secondsInSteps += seconds;
    tell(step);
    return now.after(step.state(), now.current().plus(steps, step.progress(), seconds));
  }

  private void tell(Updater.Step step) {
    long done = step.state().step();
    long all = order.stepsPerEpoch() * plan.epochs();
    double speed = imagesSeen / secondsInSteps;
    listener.onStep(
        new TrainingListener.StepProgress(
            (int) order.epochOf(done - 1) + 1,
            plan.epochs(),
            done,
            all,
            step.progress().loss(),
            step.progress().accuracy(),
            step.progress().learningRate(),
            speed,
            (all - done) * batchSize / speed));
  }

  private RunState endEpoch(RunState now) {
    RunState.Sums sums = now.current();
    long start = System.nanoTime();
    Totals totals = validation == null ? null : trainer.evaluate(now.state(), validation);
    double validationSeconds = (System.nanoTime() - start) / 1e9;
    EpochMetrics metrics =
        new EpochMetrics(
            now.history().size() + 1,
            now.state().step(),
            sums.loss() / sums.steps(),
            sums.accuracy() / sums.steps(),
            totals == null ? null : totals.meanLoss(),
            totals == null ? null : totals.accuracy(),
            sums.rate(),
            sums.gradientNorm() / sums.steps(),
            sums.seconds() + validationSeconds,
            sums.steps() * batchSize / sums.seconds(),
            trainer.overheadShare());
    listener.onEpoch(metrics);
    return now.with(metrics);
  }

  private void write(RunState now) {
    if (checkpoints.isEmpty()) {
      return;
    }
    try {
      checkpoints.get().write(now);
    } catch (IOException e) {
      throw new UncheckedIOException(
          String.format(
              Locale.ROOT,
              "Can't write the checkpoint of step %d to %s: %s. The run stops, since it could not be"
                  + " resumed from here; earlier checkpoints are whole.",
              now.state().step(),
              checkpoints.get().directory(),
              e.getMessage()),
          e);
    }
  }
}
