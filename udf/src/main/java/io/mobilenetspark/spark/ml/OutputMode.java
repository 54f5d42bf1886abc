package io.mobilenetspark.spark.ml;

/** The type of a stage's vectors. */
enum OutputMode {
  /** {@code array<float>}, as the job writes them. */
  ARRAY,
  /** MLlib's Vector, dense, the same values as doubles: what its estimators take. */
  VECTOR;

  static OutputMode fromOption(String text) {
    return StageParams.constant(values(), text);
  }
}
