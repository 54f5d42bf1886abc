package io.mobilenetspark.bench;

import java.util.Arrays;

/** What is reported of a benchmark's rounds. */
final class Rounds {

  private Rounds() {}

  /** The median; of an even number of values, the higher of the two in the middle. */
  static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
