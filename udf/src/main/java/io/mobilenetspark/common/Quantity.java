package io.mobilenetspark.common;

import java.util.Locale;

/** Numbers of things, as messages say them: {@code 1 image}, {@code 2,000 images}. */
public final class Quantity {

  private Quantity() {}

  /**
   * So many of something whose plural has an s.
   *
   * @param one the singular, such as {@code image}
   */
  public static String of(long count, String one) {
    return of(count, one, one + "s");
  }

  /** So many of something. */
  public static String of(long count, String one, String many) {
    return String.format(Locale.ROOT, "%,d %s", count, count == 1 ? one : many);
  }
}
