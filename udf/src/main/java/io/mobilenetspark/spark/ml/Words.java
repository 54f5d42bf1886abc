package io.mobilenetspark.spark.ml;

import java.util.Arrays;
import java.util.Locale;

/** Parameters that take one of a few words. */
final class Words {

  private Words() {}

  /**
   * The word that a text is, in any case.
   *
   * @throws IllegalArgumentException if it is none of them; the message lists them
   */
  static String oneOf(String text, String... words) {
    return Arrays.stream(words)
        .filter(word -> word.toUpperCase(Locale.ROOT).equals(text.toUpperCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    String.format(Locale.ROOT, "Known: %s.", String.join(", ", words))));
  }
}
