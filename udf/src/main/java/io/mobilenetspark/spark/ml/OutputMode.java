package io.mobilenetspark.spark.ml;

import io.mobilenetspark.options.Choice;
import io.mobilenetspark.options.Choices;

/** The type of a stage's vectors. */
enum OutputMode implements Choice {
  /** {@code array<float>}, as the job writes them. */
  ARRAY,
  /** MLlib's Vector, dense, the same values as doubles: what its estimators take. */
  VECTOR;

  static final Choices<OutputMode> CHOICES = Choices.of("output mode", OutputMode.class);
}
