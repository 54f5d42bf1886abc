package io.mobilenetspark.train;

import io.mobilenetspark.options.Choice;
import io.mobilenetspark.options.Choices;

/** Where a new head starts. */
public enum HeadInit implements Choice {
  /** At a logistic regression on the features of the network as it is. */
  FITTED,
  /** At zero. */
  ZERO;

  /** By their words. */
  public static final Choices<HeadInit> CHOICES = Choices.of("head initialisation", HeadInit.class);
}
