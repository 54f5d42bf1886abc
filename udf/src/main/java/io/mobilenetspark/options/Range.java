package io.mobilenetspark.options;

import java.io.Serializable;
import java.util.Locale;

/**
 * Real numbers between two, which are in it or not; NaN never is, and neither is infinity.
 *
 * @param least the lower end
 * @param hasLeast whether it is in the range
 * @param most the upper end
 * @param hasMost whether it is in the range
 */
public record Range(double least, boolean hasLeast, double most, boolean hasMost)
    implements Serializable {

  /** At least 0. */
  public static final Range NOT_NEGATIVE = new Range(0, true, Double.POSITIVE_INFINITY, false);

  /** Above 0. */
  public static final Range POSITIVE = new Range(0, false, Double.POSITIVE_INFINITY, false);

  /** From 0, and below 1. */
  public static final Range SHARE = new Range(0, true, 1, false);

  /** From one number to another, both included. */
  public static Range between(double least, double most) {
    return new Range(least, true, most, true);
  }

  /** Above a number, and at most another. */
  public static Range above(double bound, double most) {
    return new Range(bound, false, most, true);
  }

  /** Whether a number is in it. */
  public boolean has(double value) {
    return (hasLeast ? value >= least : value > least) && (hasMost ? value <= most : value < most);
  }

  /** Such as {@code at least 0 and below 1}. */
  @Override
  public String toString() {
    String lower =
        String.format(Locale.ROOT, "%s %s", hasLeast ? "at least" : "above", text(least));
    return most == Double.POSITIVE_INFINITY
        ? lower
        : String.format(
            Locale.ROOT, "%s and %s %s", lower, hasMost ? "at most" : "below", text(most));
  }

  private static String text(double end) {
    return end == Math.rint(end) ? Long.toString((long) end) : Double.toString(end);
  }
}
