package io.mobilenetspark.image;

import java.io.Serializable;

/**
 * The part of an image that is kept before it is resized: its centre.
 *
 * @param fraction part of each side that is kept, greater than 0 and at most 1
 */
public record Crop(double fraction) implements Serializable {

  /** Keeps the whole image. */
  public static final Crop NONE = new Crop(1);

  public Crop {
    if (!(fraction > 0 && fraction <= 1)) { // so that a NaN is refused, too
      throw new IllegalArgumentException(
          "the crop fraction must be greater than 0 and at most 1, not " + fraction);
    }
  }

  /** The first row or column that is kept: {@code tf.image.central_crop}'s arithmetic. */
  int start(int side) {
    return (int) ((side - side * fraction) / 2);
  }

  /** How many rows or columns are kept, at least 1. */
  int length(int side) {
    return side - 2 * start(side);
  }
}
