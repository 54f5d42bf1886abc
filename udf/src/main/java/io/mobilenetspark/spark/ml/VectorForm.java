package io.mobilenetspark.spark.ml;

import io.mobilenetspark.options.Choice;
import io.mobilenetspark.options.Choices;

/** The type of a stage's vectors. */
enum VectorForm implements Choice {
  /** {@code array<float>}, as the job writes them. */
  ARRAY,
  /** MLlib's Vector, dense, the same values as doubles: what its estimators take. */
  VECTOR;

  static final Choices<VectorForm> CHOICES = Choices.of("output mode", VectorForm.class);
}
