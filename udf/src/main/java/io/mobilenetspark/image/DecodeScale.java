package io.mobilenetspark.image;

import io.mobilenetspark.options.Choice;
import io.mobilenetspark.options.Choices;

/**
 * The size at which JPEGs are decoded. The decoder can leave out the high frequencies and give 1/2,
 * 1/4 or 1/8 of the size in much less time.
 */
public enum DecodeScale implements Choice {
  /** Full size, as {@code decode_image} does. */
  EXACT,
  /**
   * The smallest of 1/1, 1/2, 1/4 and 1/8 that is not smaller than the model's input. Moves the
   * vectors of JPEGs that are at least twice as large as the input; not those of others.
   */
  FAST;

  /** By their words. */
  public static final Choices<DecodeScale> CHOICES = Choices.of("decode scale", DecodeScale.class);
}
