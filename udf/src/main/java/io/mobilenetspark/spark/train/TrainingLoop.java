package io.mobilenetspark.spark.train;

import io.mobilenetspark.common.Quantity;
import io.mobilenetspark.train.Totals;
import io.mobilenetspark.train.Updater;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntSupplier;

/**
 * Runs epochs: steps, validation, checkpoints, early stopping. Used on the driver, by one thread.
 */
final class TrainingLoop {

  private final DataParallel trainer;
  private final TrainingSet set;
  private final int batchSize;
  private final long stepsPerEpoch;
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
   * @param workers asked at each epoch's start: how many share its steps
   */
  record Plan(
      int epochs, int patience, int syncEvery, int checkpointInterval, IntSupplier workers) {

    /** Whether there is nothing left to do after some epochs. */
    boolean isFinishedBy(RunState run) {
      return run.epochsDone() >= epochs || isOutOfPatience(run);
    }

    /** Whether the last epochs, as many as patience has, were no better than one before. */
    boolean isOutOfPatience(RunState run) {
      return patience > 0 && run.epochsDone() - run.bestEpoch() >= patience;
    }
  }

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
    this.set = set;
    this.batchSize = set.order().batchSize();
    this.stepsPerEpoch = set.order().stepsPerEpoch();
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
    while (!plan.isFinishedBy(now)) {
      if (now.state().step() % stepsPerEpoch == 0) {
        now = beginEpoch(now);
      }
      long before = now.state().step();
      now = advance(now);
      boolean isEpochDone = now.state().step() % stepsPerEpoch == 0;
      if (isEpochDone) {
        now = endEpoch(now);
      }
      if (isEpochDone || isCheckpointDue(before, now.state().step())) {
        write(now);
      }
    }
    return now;
  }

  private RunState beginEpoch(RunState now) {
    int workers = plan.workers().getAsInt();
    int before = set.order().workers();
    if (workers != before) {
      set.deal(workers);
      trainer.take(set);
    }
    if (workers != now.workers()) {
      listener.onNotice(
          String.format(
              Locale.ROOT,
              "From epoch %d on, %s each step; before, %d did.",
              now.epochsDone() + 1,
              Quantity.of(workers, "worker shares", "workers share"),
              now.workers()));
    }
    return now.on(workers);
  }

  private boolean isCheckpointDue(long before, long after) {
    int interval = plan.checkpointInterval();
    return interval > 0 && before / interval < after / interval;
  }

  private RunState advance(RunState now) {
    long intoEpoch = now.state().step() % stepsPerEpoch;
    int steps = (int) Math.min(plan.syncEvery(), stepsPerEpoch - intoEpoch);
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
    long all = stepsPerEpoch * plan.epochs();
    double speed = imagesSeen / secondsInSteps;
    listener.onStep(
        new TrainingListener.StepProgress(
            (int) ((done - 1) / stepsPerEpoch) + 1,
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
    Totals totals =
        set.validationRows() == 0 ? null : trainer.evaluate(now.state(), set.validation());
    double validationSeconds = (System.nanoTime() - start) / 1e9;
    EpochMetrics metrics =
        new EpochMetrics(
            now.epochsDone() + 1,
            now.state().step(),
            sums.loss() / sums.steps(),
            sums.accuracy() / sums.steps(),
            totals == null ? null : totals.meanLoss(),
            totals == null ? null : totals.accuracy(),
            sums.rate(),
            sums.gradientNorm() / sums.steps(),
            sums.seconds() + validationSeconds,
            sums.steps() * batchSize / sums.seconds(),
            trainer.overheadShare(),
            now.workers());
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
