package io.mobilenetspark.train;

import static java.util.Objects.requireNonNull;

import io.mobilenetspark.options.SettingValues;
import java.io.Serializable;

/**
 * The learning rate of each step: rises in a straight line over the warm-up, then follows a decay.
 *
 * @param base the rate after the warm-up, above 0
 * @param warmupSteps steps until the base is reached, at least 0
 * @param decay how the rate goes on after that
 */
public record LearningRate(double base, long warmupSteps, Decay decay) implements Serializable {

  public LearningRate {
    requireNonNull(decay, "decay");
    if (!(base > 0) || Double.isInfinite(base)) {
      throw new IllegalArgumentException("the learning rate must be above 0, not " + base);
    }
    if (warmupSteps < 0) {
      throw new IllegalArgumentException("the warm-up must be at least 0 steps: " + warmupSteps);
    }
  }

  /** What settings say, for a run that has so many steps in an epoch. */
  static LearningRate of(SettingValues values, long stepsPerEpoch) {
    long warmup = Math.round(values.get(TrainSettings.WARMUP_EPOCHS) * stepsPerEpoch);
    Decay decay =
        switch (values.get(TrainSettings.LEARNING_RATE_SCHEDULE)) {
          case CONSTANT -> new Constant();
          case COSINE ->
              new Cosine(Math.max(1, values.get(TrainSettings.EPOCHS) * stepsPerEpoch - warmup));
          case STEP ->
              new Staircase(
                  Math.max(1, Math.round(values.get(TrainSettings.DECAY_EPOCHS) * stepsPerEpoch)),
                  values.get(TrainSettings.DECAY_RATE));
        };
    return new LearningRate(values.get(TrainSettings.LEARNING_RATE), warmup, decay);
  }

  /** How the rate goes on after the warm-up. */
  public sealed interface Decay extends Serializable {

    /** The share of the base rate, {@code step} steps after the warm-up. */
    double factor(long step);
  }

  /** It stays. */
  public record Constant() implements Decay {
    @Override
    public double factor(long step) {
      return 1;
    }
  }

  /**
   * Half a cosine wave down to 0.
   *
   * @param steps steps from the end of the warm-up to 0, at least 1
   */
  public record Cosine(long steps) implements Decay {
    public Cosine {
      requirePositive(steps);
    }

    @Override
    public double factor(long step) {
      return 0.5 * (1 + Math.cos(Math.PI * Math.min(step, steps) / steps));
    }
  }

  /**
   * Multiplied by a factor at regular intervals.
   *
   * @param steps steps between two changes, at least 1
   * @param factor above 0
   */
  public record Staircase(long steps, double factor) implements Decay {
    public Staircase {
      requirePositive(steps);
      if (!(factor > 0)) {
        throw new IllegalArgumentException("the decay factor must be above 0, not " + factor);
      }
    }

    @Override
    public double factor(long step) {
      return Math.pow(factor, (double) Math.floorDiv(step, steps));
    }
  }

  /** A rate that never changes. */
  public static LearningRate constant(double rate) {
    return new LearningRate(rate, 0, new Constant());
  }

  /**
   * The rate of a step.
   *
   * @param step steps done before it, from 0
   */
  public double at(long step) {
    return step < warmupSteps
        ? base * (step + 1) / (warmupSteps + 1)
        : base * decay.factor(step - warmupSteps);
  }

  private static void requirePositive(long steps) {
    if (steps < 1) {
      throw new IllegalArgumentException("a decay needs at least 1 step, not " + steps);
    }
  }
}
