package io.mobilenetspark.spark.ml;

/** What of the model lies in a saved stage. */
enum SaveModel {
  /** The frozen model with its weights: what is read back needs nothing else. */
  WEIGHTS,
  /** Its handle alone, which is resolved again where the stage is used. */
  HANDLE;

  static SaveModel fromOption(String text) {
    return StageParams.constant(values(), text);
  }
}
