package io.mobilenetspark.spark.train;

import io.mobilenetspark.train.TrainingState;
import io.mobilenetspark.train.Updater;
import java.util.ArrayList;
import java.util.List;

/**
 * All that a run must know to go on: what a checkpoint holds.
 *
 * @param state after the last step
 * @param best the parameters of the epoch with the least validation loss, without the optimizer's
 *     memory; those of {@code state} if there is no validation
 * @param workers that share the steps of the epoch that is not done
 * @param bestEpoch that epoch; 0 for the fitted head alone, and if none is done
 * @param history the epochs that are done, the fitted head alone among them as epoch 0
 * @param current sums over the epoch that is not
 */
record RunState(
    TrainingState state,
    TrainingState best,
    int workers,
    int bestEpoch,
    List<EpochMetrics> history,
    Sums current) {

  /** Sums over an epoch's steps so far. */
  record Sums(
      long steps, double loss, double accuracy, double gradientNorm, double seconds, double rate) {
    static final Sums NONE = new Sums(0, 0, 0, 0, 0, 0);

    Sums plus(long more, Updater.Progress progress, double took) {
      return new Sums(
          steps + more,
          loss + more * progress.loss(),
          accuracy + more * progress.accuracy(),
          gradientNorm + more * progress.gradientNorm(),
          seconds + took,
          progress.learningRate());
    }
  }

  RunState {
    history = List.copyOf(history);
  }

  static RunState before(TrainingState first, int workers) {
    return new RunState(first, first.withoutSlots(), workers, 0, List.of(), Sums.NONE);
  }

  /** With other workers from the next step on. */
  RunState on(int others) {
    return new RunState(state, best, others, bestEpoch, history, current);
  }

  /** How many epochs of steps are done. */
  int epochsDone() {
    return history.isEmpty() ? 0 : history.get(history.size() - 1).epoch();
  }

  RunState after(TrainingState next, Sums sums) {
    return new RunState(next, best, workers, bestEpoch, history, sums);
  }

  /** After an epoch's end. */
  RunState with(EpochMetrics metrics) {
    List<EpochMetrics> longer = new ArrayList<>(history);
    longer.add(metrics);
    boolean isBest = isBest(metrics);
    return new RunState(
        state,
        isBest ? state.withoutSlots() : best,
        workers,
        isBest ? metrics.epoch() : bestEpoch,
        longer,
        Sums.NONE);
  }

  private boolean isBest(EpochMetrics metrics) {
    Double loss = metrics.validationLoss();
    return loss == null
        || history.stream()
            .filter(epoch -> epoch.epoch() == bestEpoch)
            .map(EpochMetrics::validationLoss)
            .allMatch(least -> least == null || loss < least);
  }
}
