package io.mobilenetspark.image;

/** What becomes of an image's aspect ratio when it is resized to the model's. */
public enum AspectMode {
  /** It is not kept; the image fills the model's input, as in TF Hub's own examples. */
  STRETCH,
  /**
   * It is kept; the image is centred between black bars, as {@code tf.image.resize_with_pad} does.
   */
  PAD;

  /** The name that options and metadata use, in lower case. */
  public String optionName() {
    return OptionValues.name(this);
  }

  /**
   * The value of an option's text, in any case.
   *
   * @throws IllegalArgumentException if there is none of that name; the message lists the names
   */
  public static AspectMode fromOption(String text) {
    return OptionValues.parse(values(), "aspect mode", text);
  }
}
