package io.mobilenetspark.spark.ml;

import io.mobilenetspark.options.Choice;
import io.mobilenetspark.options.Choices;

/** What of the model lies in a saved stage. */
enum SaveModel implements Choice {
  /** The frozen model with its weights: what is read back needs nothing else. */
  WEIGHTS,
  /** Its handle alone, which is resolved again where the stage is used. */
  HANDLE;

  static final Choices<SaveModel> CHOICES = Choices.of("part of the model", SaveModel.class);
}
