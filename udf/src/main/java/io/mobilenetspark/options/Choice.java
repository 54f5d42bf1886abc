package io.mobilenetspark.options;

import java.util.Locale;

/** What users choose in an option, by a word; implemented by enums. */
public interface Choice {

  /** The constant's name. */
  String name();

  /** The word as options, settings, parameters and metadata have it: by default in lower case. */
  default String optionName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
