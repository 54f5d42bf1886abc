package io.mobilenetspark.image;

import io.mobilenetspark.options.Choice;
import io.mobilenetspark.options.Choices;

/**
 * How an image is brought to the model's size. Which method is used is part of what a vector means:
 * {@link #BILINEAR} and {@link #BILINEAR_TF1} of the same photograph differ by up to 0.016 in
 * cosine.
 */
public enum ResizeMethod implements Choice {
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

  /** By their words. */
  public static final Choices<ResizeMethod> CHOICES =
      Choices.of("resize method", ResizeMethod.class);
}
