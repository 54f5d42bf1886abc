package io.mobilenetspark.train;

import io.mobilenetspark.options.Choice;
import io.mobilenetspark.options.Choices;

/** Which {@link Optimizer}. */
public enum OptimizerKind implements Choice {
  /** {@link Optimizer.Sgd}. */
  SGD,
  /** {@link Optimizer.Adam}. */
  ADAM,
  /** {@link Optimizer.AdamW}. */
  ADAMW;

  /** By their words. */
  public static final Choices<OptimizerKind> CHOICES = Choices.of("optimizer", OptimizerKind.class);
}
