package io.mobilenetspark.image;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The values of options that are enums: lower case, as users write them. */
final class OptionValues {

  private OptionValues() {}

  static String name(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  /**
   * The value of that name, in any case.
   *
   * @param values the values to choose from
   * @param what what the option is, for the message
   * @throws IllegalArgumentException if there is none; the message lists the names
   */
  static <E extends Enum<E>> E parse(E[] values, String what, String text) {
    return Arrays.stream(values)
        .filter(value -> name(value).equals(text.toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    String.format(
                        Locale.ROOT,
                        "Unknown %s '%s'. Known: %s",
                        what,
                        text,
                        Arrays.stream(values)
                            .map(OptionValues::name)
                            .collect(Collectors.joining(", ")))));
  }
}
