package io.mobilenetspark.jobs.vectors;

import io.mobilenetspark.jobs.compare.SearchVector;
import io.mobilenetspark.options.Choice;
import io.mobilenetspark.options.Choices;
import java.util.Arrays;

/** What is done to vectors on their way. */
public enum Normalization implements Choice {
  /** Nothing: they keep their bits. */
  NONE,
  /** They are divided by their length, so that the inner product of two is their cosine. */
  L2;

  public static final Choices<Normalization> CHOICES =
      Choices.of("normalization", Normalization.class);

  /**
   * The vector to export.
   *
   * @param values of a vector with a direction; not changed
   */
  float[] of(float[] values) {
    return switch (this) {
      case NONE -> values;
      case L2 -> Arrays.copyOf(SearchVector.of(values).unit(), values.length);
    };
  }
}
