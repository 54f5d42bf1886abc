package io.mobilenetspark.model.export;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What a model is written as. */
public enum ExportFormat {
  /** Reusable SavedModel with {@code serving_default}; for hub.KerasLayer, hub.load and serving. */
  TF2,
  /** {@code hub.Module} with the tag sets {} and {"train"}. */
  HUB1,
  /** TF-Slim checkpoint. */
  SLIM;

  /** The name that options use. */
  public String optionName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The format of an option's value.
   *
   * @throws IllegalArgumentException if there is none of that name; the message lists the names
   */
  public static ExportFormat fromOption(String value) {
    return Arrays.stream(values())
        .filter(format -> format.optionName().equals(value.toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    String.format(
                        Locale.ROOT,
                        "Unknown format '%s'. Known: %s",
                        value,
                        Arrays.stream(values())
                            .map(ExportFormat::optionName)
                            .collect(Collectors.joining(", ")))));
  }
}
