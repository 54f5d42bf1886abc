package io.mobilenetspark.image;

import io.mobilenetspark.options.Choice;
import io.mobilenetspark.options.Choices;

/** How an alpha channel is handled, since the model takes three channels. */
public enum AlphaMode implements Choice {
  /**
   * The color values stay as stored and alpha is ignored, as {@code decode_image(channels=3)} does.
   */
  DROP,
  /** The image is laid over white: {@code (color * alpha + 255 * (255 - alpha)) / 255}, rounded. */
  WHITE,
  /** The image is laid over black: {@code color * alpha / 255}, rounded. */
  BLACK;

  /** By their words. */
  public static final Choices<AlphaMode> CHOICES = Choices.of("alpha mode", AlphaMode.class);
}
