package io.mobilenetspark.spark.train;

import io.mobilenetspark.train.EpochOrder;
import io.mobilenetspark.train.Gradient;
import io.mobilenetspark.train.Summable;
import io.mobilenetspark.train.TrainingDivergedException;
import io.mobilenetspark.train.TrainingRow;
import io.mobilenetspark.train.TrainingSession;
import io.mobilenetspark.train.TrainingState;
import io.mobilenetspark.train.Updater;
import java.io.Serializable;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What workers bring back from steps of their own: sums, from which means follow. */
final class LocalSteps implements Summable<LocalSteps>, Serializable {
  private static final long serialVersionUID = 1;

  // Plain fields: Kryo, which may be Spark's serializer, can't write records.
  private TrainingState states;
  private int workers = 1;
  private int steps;
  private double losses;
  private double accuracies;
  private double gradientNorms;
  private double learningRate;
  private @Nullable String problem; // not thrown there: a second try would end alike

  private LocalSteps(TrainingState start) {
    this.states = start;
  }

  /**
   * Takes steps on a worker's shares of some batches. A share without weight is no step.
   *
   * @param shares the rows of each step
   */
  static LocalSteps take(
      TrainingSession session,
      TrainingState start,
      List<List<TrainingRow>> shares,
      EpochOrder order,
      Updater updater) {
    LocalSteps done = new LocalSteps(start);
    for (List<TrainingRow> share : shares) {
      Gradient gradient = session.gradient(done.states, share, order.stepSeed(done.states.step()));
      if (gradient.totals().weight() > 0) {
        Updater.Step step;
        try {
          step = updater.apply(done.states, gradient);
        } catch (TrainingDivergedException e) {
          done.problem = e.getMessage();
          return done;
        }
        done.states = step.state();
        done.steps++;
        done.losses += step.progress().loss();
        done.accuracies += step.progress().accuracy();
        done.gradientNorms += step.progress().gradientNorm();
        done.learningRate = step.progress().learningRate();
      } else {
        done.states = done.states.skipStep();
      }
    }
    return done;
  }

  @Override
  public LocalSteps add(LocalSteps other) {
    problem = problem == null ? other.problem : problem;
    states = states.plus(other.states);
    workers += other.workers;
    steps += other.steps;
    losses += other.losses;
    accuracies += other.accuracies;
    gradientNorms += other.gradientNorms;
    learningRate = Math.max(learningRate, other.learningRate);
    return this;
  }

  /**
   * The workers' mean state, and the mean of what they saw.
   *
   * @throws IllegalArgumentException if no row of these batches had a weight
   * @throws TrainingDivergedException if a worker's loss is not finite
   */
  Updater.Step mean() {
    if (problem != null) {
      throw new TrainingDivergedException(problem);
    }
    if (steps == 0) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "no row of the batches up to step %d has a weight above 0; some row must have one",
              states.step()));
    }
    return new Updater.Step(
        states.dividedBy(workers),
        new Updater.Progress(
            states.step() - 1,
            losses / steps,
            accuracies / steps,
            learningRate,
            gradientNorms / steps));
  }
}
