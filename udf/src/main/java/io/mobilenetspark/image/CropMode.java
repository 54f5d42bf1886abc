package io.mobilenetspark.image;

import io.mobilenetspark.options.Choice;
import io.mobilenetspark.options.Choices;

/** Which part of an image is kept before it is resized. */
public enum CropMode implements Choice {
  /** All of it. */
  NONE,
  /** Its centre: a {@link Crop}. */
  CENTER;

  /** By their words. */
  public static final Choices<CropMode> CHOICES = Choices.of("crop", CropMode.class);
}
