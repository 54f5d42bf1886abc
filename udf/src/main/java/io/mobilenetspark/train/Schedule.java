package io.mobilenetspark.train;

import io.mobilenetspark.options.Choice;
import io.mobilenetspark.options.Choices;

/** Which {@link LearningRate.Decay} follows the warm-up. */
public enum Schedule implements Choice {
  /** {@link LearningRate.Constant}. */
  CONSTANT,
  /** {@link LearningRate.Cosine}. */
  COSINE,
  /** {@link LearningRate.Staircase}. */
  STEP;

  /** By their words. */
  public static final Choices<Schedule> CHOICES =
      Choices.of("learning rate schedule", Schedule.class);
}
