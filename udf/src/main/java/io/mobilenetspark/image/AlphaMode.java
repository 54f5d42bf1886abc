package io.mobilenetspark.image;

/** What becomes of an alpha channel, since the model takes three channels. */
public enum AlphaMode {
  /**
   * The color values stay as stored and alpha is ignored, as {@code decode_image(channels=3)} does.
   */
  DROP,
  /** The image is laid over white: {@code (color * alpha + 255 * (255 - alpha)) / 255}, rounded. */
  WHITE,
  /** The image is laid over black: {@code color * alpha / 255}, rounded. */
  BLACK;

  /** The name that options and metadata use, in lower case. */
  public String optionName() {
    return OptionValues.name(this);
  }

  /**
   * The value of an option's text, in any case.
   *
   * @throws IllegalArgumentException if there is none of that name; the message lists the names
   */
  public static AlphaMode fromOption(String text) {
    return OptionValues.parse(values(), "alpha mode", text);
  }
}
