package io.mobilenetspark.spark.ml;

import java.util.Locale;

/** Checks of parameters that are real numbers; NaN is outside of every range. */
final class Ranges {

  private Ranges() {}

  /** From {@code least} to {@code most}. */
  static StageParams.Check<Object> between(String name, double least, double most) {
    String range =
        most == Double.MAX_VALUE
            ? "at least " + least
            : String.format(Locale.ROOT, "from %s to %s", least, most);
    return StageParams.checked(
        name, value -> required(number(value) >= least && number(value) <= most, range));
  }

  /** From {@code least}, and below {@code bound}. */
  static StageParams.Check<Object> below(String name, double least, double bound) {
    return StageParams.checked(
        name,
        value ->
            required(
                number(value) >= least && number(value) < bound,
                String.format(Locale.ROOT, "at least %s and below %s", least, bound)));
  }

  /** Above 0 and finite. */
  static StageParams.Check<Object> above0(String name) {
    return StageParams.checked(
        name, value -> required(number(value) > 0 && Double.isFinite(number(value)), "above 0"));
  }

  private static double number(Object value) {
    return ((Number) value).doubleValue();
  }

  private static Object required(boolean isInside, String range) {
    if (!isInside) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, "It must be %s.", range));
    }
    return range;
  }
}
