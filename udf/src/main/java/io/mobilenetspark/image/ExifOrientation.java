package io.mobilenetspark.image;

import io.mobilenetspark.options.Choice;
import io.mobilenetspark.options.Choices;

/**
 * Whether the orientation that a camera wrote beside the pixels (EXIF tag 274, in JPEG, PNG, WebP
 * and TIFF) is applied to them.
 */
public enum ExifOrientation implements Choice {
  /** The image is turned upright, as viewers show it. */
  APPLY,
  /** The pixels stay as they are stored, as TensorFlow, Spark and ImageIO leave them. */
  IGNORE;

  /** By their words. */
  public static final Choices<ExifOrientation> CHOICES =
      Choices.of("EXIF orientation mode", ExifOrientation.class);
}
