package io.mobilenetspark.testing;

import static org.assertj.core.api.Assertions.assertThat;

/** Comparisons of float arrays that a NaN or a missing value can't pass. */
public final class Floats {

  private Floats() {}

  /**
   * The largest absolute difference; infinite if either array has a NaN or their lengths differ.
   */
  public static double maxDifference(float[] actual, float[] expected) {
    if (actual.length != expected.length || actual.length == 0) {
      return Double.POSITIVE_INFINITY;
    }
    double max = 0;
    for (int i = 0; i < actual.length; i++) {
      double difference = Math.abs((double) actual[i] - expected[i]);
      if (Double.isNaN(difference)) {
        return Double.POSITIVE_INFINITY;
      }
      max = Math.max(max, difference);
    }
    return max;
  }

  /** Fails unless the arrays have the same length and the same bits. */
  public static void assertSameBits(float[] actual, float[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < actual.length; i++) {
      assertThat(Float.floatToRawIntBits(actual[i]))
          .as("bits of value %d: %s, expected %s", i, actual[i], expected[i])
          .isEqualTo(Float.floatToRawIntBits(expected[i]));
    }
  }

  /** The cosine of the angle between two vectors. */
  public static double cosine(float[] a, float[] b) {
    assertThat(a).hasSameSizeAs(b);
    double dot = 0;
    double squaresOfA = 0;
    double squaresOfB = 0;
    for (int i = 0; i < a.length; i++) {
      dot += (double) a[i] * b[i];
      squaresOfA += (double) a[i] * a[i];
      squaresOfB += (double) b[i] * b[i];
    }
    return dot / Math.sqrt(squaresOfA * squaresOfB);
  }
}
