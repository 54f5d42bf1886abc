package io.mobilenetspark.common;

import java.io.Serializable;
import java.util.Locale;

/**
 * A size in pixels.
 *
 * @param height rows, at least 1
 * @param width columns, at least 1
 */
public record ImageSize(int height, int width) implements Serializable {
  public ImageSize {
    if (height < 1 || width < 1) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "an image size must be positive: height %d, width %d", height, width));
    }
  }

  /** A square. */
  public static ImageSize square(int side) {
    return new ImageSize(side, side);
  }

  /** Number of floats of one image of this size with three channels. */
  public int rgbValues() {
    return Math.multiplyExact(Math.multiplyExact(height, width), 3);
  }

  @Override
  public String toString() {
    return height + "x" + width;
  }
}
