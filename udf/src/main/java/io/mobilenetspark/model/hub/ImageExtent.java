package io.mobilenetspark.model.hub;

import java.util.Locale;

/**
 * Size of a module's input in pixels.
 *
 * @param height at least 1
 * @param width at least 1
 */
public record ImageExtent(int height, int width) {

  /** Far above any image model's input; a larger one is a damaged file. */
  static final int MAX_SIDE = 8192;

  public ImageExtent {
    if (height < 1 || width < 1 || height > MAX_SIDE || width > MAX_SIDE) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "an image of %d x %d pixels; each side must be 1 to %d",
              height,
              width,
              MAX_SIDE));
    }
  }

  /** Whether two sides, as a file gives them, are such a size. */
  static boolean isPossible(long height, long width) {
    return height >= 1 && width >= 1 && height <= MAX_SIDE && width <= MAX_SIDE;
  }

  @Override
  public String toString() {
    return height + "x" + width;
  }
}
