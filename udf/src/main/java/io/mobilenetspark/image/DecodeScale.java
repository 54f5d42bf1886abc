package io.mobilenetspark.image;

/**
 * The size at which JPEGs are decoded. The decoder can leave out the high frequencies and give 1/2,
 * 1/4 or 1/8 of the size in much less time.
 */
public enum DecodeScale {
  /** Full size, as {@code decode_image} does. */
  EXACT,
  /**
   * The smallest of 1/1, 1/2, 1/4 and 1/8 that is not smaller than the model's input. Moves the
   * vectors of JPEGs that are at least twice as large as the input; not those of others.
   */
  FAST;

  /** The name that options and metadata use, in lower case. */
  public String optionName() {
    return OptionValues.name(this);
  }

  /**
   * The value of an option's text, in any case.
   *
   * @throws IllegalArgumentException if there is none of that name; the message lists the names
   */
  public static DecodeScale fromOption(String text) {
    return OptionValues.parse(values(), "decode scale", text);
  }
}
