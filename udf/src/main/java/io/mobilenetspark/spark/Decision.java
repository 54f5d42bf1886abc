package io.mobilenetspark.spark;

import io.mobilenetspark.train.Head;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.spark.ml.linalg.DenseVector;
import org.jspecify.annotations.Nullable;

/**
 * Which class a classifier takes an image for: the most probable one, or, by MLlib's thresholds,
 * that with the largest ratio of probability and threshold. Immutable; safe for use by many
 * threads.
 */
public final class Decision implements Serializable {
  private static final long serialVersionUID = 1;

  /** The most probable class; the first of several. */
  public static final Decision MOST_PROBABLE = new Decision(new double[0]);

  private final double[] thresholds; // one a class; none for the most probable

  private Decision(double[] thresholds) {
    this.thresholds = thresholds;
  }

  /**
   * By thresholds.
   *
   * @param thresholds one a class, in their order; copied
   * @param labels the classes' names
   * @throws IllegalArgumentException if these are no thresholds of such classes
   */
  public static Decision by(double[] thresholds, List<String> labels) {
    requireThresholds(Arrays.stream(thresholds).boxed().toList());
    if (thresholds.length != labels.size()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Parameter thresholds: non-matching numClasses and thresholds.length. numClasses=%d,"
                  + " but thresholds has length %d. Give one number for each class, in this order:"
                  + " %s.",
              labels.size(),
              thresholds.length,
              String.join(", ", labels)));
    }
    return new Decision(thresholds.clone());
  }

  /**
   * Refuses what MLlib refuses. Behind a threshold of 0 its class is always predicted, so that two
   * of them would decide nothing.
   *
   * @throws IllegalArgumentException if one is negative or NaN, or if several are 0
   */
  public static void requireThresholds(List<Double> thresholds) {
    boolean areInRange = thresholds.stream().allMatch(threshold -> threshold >= 0);
    boolean isDecided = thresholds.stream().filter(threshold -> threshold == 0).count() <= 1;
    if (!areInRange || !isDecided) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "they must be numbers of at least 0, of which at most one is 0, not %s",
              thresholds));
    }
  }

  /** The class, from 0, of what a head makes of an image. */
  public int of(double[] logits) {
    return thresholds.length == 0
        ? new DenseVector(logits).argmax()
        : ofProbabilities(Head.softmax(logits));
  }

  /** As MLlib has it: 0 / 0 is never the largest, and of equal ratios the first one is. */
  private int ofProbabilities(double[] probabilities) {
    int predicted = 0;
    double largest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < probabilities.length; i++) {
      double ratio = probabilities[i] / thresholds[i];
      if (ratio > largest) {
        largest = ratio;
        predicted = i;
      }
    }
    return predicted;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Decision that && Arrays.equals(thresholds, that.thresholds);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(thresholds);
  }
}
