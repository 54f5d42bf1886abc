package io.mobilenetspark.image;

/**
 * Whether the orientation that a camera wrote beside the pixels (EXIF tag 274, in JPEG, PNG, WebP
 * and TIFF) is applied to them.
 */
public enum ExifOrientation {
  /** The image is turned upright, as viewers show it. */
  APPLY,
  /** The pixels stay as they are stored, as TensorFlow, Spark and ImageIO leave them. */
  IGNORE;

  /** The name that options and metadata use, in lower case. */
  public String optionName() {
    return OptionValues.name(this);
  }

  /**
   * The value of an option's text, in any case.
   *
   * @throws IllegalArgumentException if there is none of that name; the message lists the names
   */
  public static ExifOrientation fromOption(String text) {
    return OptionValues.parse(values(), "EXIF orientation mode", text);
  }
}
