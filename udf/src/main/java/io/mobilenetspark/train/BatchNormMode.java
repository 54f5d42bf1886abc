package io.mobilenetspark.train;

import io.mobilenetspark.options.Choice;
import io.mobilenetspark.options.Choices;

/** Which {@link BatchNorm} the trained layers have. */
public enum BatchNormMode implements Choice {
  /** {@link BatchNorm.Frozen}. */
  FROZEN,
  /** {@link BatchNorm.Training}. */
  TRAINING;

  /** By their words. */
  public static final Choices<BatchNormMode> CHOICES =
      Choices.of("BatchNorm mode", BatchNormMode.class);
}
