package io.mobilenetspark.image;

/**
 * How an image is brought to the model's size. Which method is used is part of what a vector means:
 * {@link #BILINEAR} and {@link #BILINEAR_TF1} of the same photograph differ by up to 0.016 in
 * cosine.
 */
public enum ResizeMethod {
  /** {@code tf.image.resize(x, size)} of TensorFlow 2: half-pixel centres, no antialiasing. */
  BILINEAR,
  /** {@code tf.compat.v1.image.resize_bilinear(x, size)} of TensorFlow 1: top-left corners. */
  BILINEAR_TF1,
  /** {@code tf.image.resize(x, size, antialias=True)}: a triangle filter as wide as the scale. */
  BILINEAR_ANTIALIAS,
  /** {@code tf.image.resize(x, size, method="area")}. */
  AREA,
  /** {@code tf.image.resize(x, size, method="bicubic")}: half-pixel centres, Keys' kernel. */
  BICUBIC;

  /** The name that options, metadata and reference files use, such as {@code bilinear_tf1}. */
  public String optionName() {
    return OptionValues.name(this);
  }

  /**
   * The method of an option's value.
   *
   * @throws IllegalArgumentException if there is none of that name; the message lists the names
   */
  public static ResizeMethod fromOption(String value) {
    return OptionValues.parse(values(), "resize method", value);
  }
}
