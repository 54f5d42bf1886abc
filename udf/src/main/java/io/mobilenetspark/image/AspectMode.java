package io.mobilenetspark.image;

import io.mobilenetspark.options.Choice;
import io.mobilenetspark.options.Choices;

/** How an image's aspect ratio is handled when it is resized to the model's input. */
public enum AspectMode implements Choice {
  /** It is not kept; the image fills the model's input, as in TF Hub's own examples. */
  STRETCH,
  /**
   * It is kept; the image is centred between black bars, as {@code tf.image.resize_with_pad} does.
   */
  PAD;

  /** By their words. */
  public static final Choices<AspectMode> CHOICES = Choices.of("aspect mode", AspectMode.class);
}
