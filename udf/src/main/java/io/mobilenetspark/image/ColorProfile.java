package io.mobilenetspark.image;

/** What becomes of an embedded ICC color profile. */
public enum ColorProfile {
  /** Numbers are taken as they are stored, as {@code decode_image} does. */
  IGNORE,
  /**
   * Colors are converted to sRGB, which the models were trained on. An image without a profile, or
   * with one that is broken, of another kind of color than its pixels, or larger than 16 MiB, is
   * taken for sRGB, as browsers do.
   */
  SRGB;

  /** The name that options and metadata use, in lower case. */
  public String optionName() {
    return OptionValues.name(this);
  }

  /**
   * The value of an option's text, in any case.
   *
   * @throws IllegalArgumentException if there is none of that name; the message lists the names
   */
  public static ColorProfile fromOption(String text) {
    return OptionValues.parse(values(), "color profile mode", text);
  }
}
