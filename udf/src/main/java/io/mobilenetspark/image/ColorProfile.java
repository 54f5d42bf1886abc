package io.mobilenetspark.image;

import io.mobilenetspark.options.Choice;
import io.mobilenetspark.options.Choices;

/** How an embedded ICC color profile is handled. */
public enum ColorProfile implements Choice {
  /** Numbers are taken as they are stored, as {@code decode_image} does. */
  IGNORE,
  /**
   * Colors are converted to sRGB, which the models were trained on. An image without a profile, or
   * with one that is broken, of another kind of color than its pixels, or larger than 16 MiB, is
   * taken for sRGB, as browsers do.
   */
  SRGB;

  /** By their words. */
  public static final Choices<ColorProfile> CHOICES =
      Choices.of("color profile mode", ColorProfile.class);
}
