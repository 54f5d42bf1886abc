package io.mobilenetspark.model.settings;

import io.mobilenetspark.options.Choice;
import io.mobilenetspark.options.Choices;

/** How a module is run. */
public enum ExecutionPath implements Choice {
  /** Fast for every MobileNet V1, general for any other image module. */
  AUTO,
  /** The weights in our own graph with BatchNorm folded. Only for MobileNet V1. */
  FAST,
  /** The module's own graph with its variables as constants. */
  GENERAL;

  /** By their words. */
  public static final Choices<ExecutionPath> CHOICES = Choices.of("path", ExecutionPath.class);
}
