package io.mobilenetspark.model;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** How a module is run. */
public enum ExecutionPath {
  /** Fast for every MobileNet V1, general for any other image module. */
  AUTO,
  /** The weights in our own graph with BatchNorm folded. Only for MobileNet V1. */
  FAST,
  /** The module's own graph with its variables as constants. */
  GENERAL;

  /** The name that options and metadata use. */
  public String optionName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The path of an option's value.
   *
   * @throws IllegalArgumentException if there is none of that name; the message lists the names
   */
  public static ExecutionPath fromOption(String value) {
    return Arrays.stream(values())
        .filter(path -> path.optionName().equals(value.toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    String.format(
                        Locale.ROOT,
                        "Unknown path '%s'. Known: %s",
                        value,
                        Arrays.stream(values())
                            .map(ExecutionPath::optionName)
                            .collect(Collectors.joining(", ")))));
  }
}
