package io.mobilenetspark.model.hub;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.model.settings.ModelSettings;
import java.util.Locale;

/** Which sizes a module's input may have. */
public final class InputSizes {

  private static final int MAX_SIDE = ModelSettings.MAX_IMAGE_SIDE;

  private InputSizes() {}

  /** Whether two sides, as a file gives them, are such a size. */
  static boolean isPossible(long height, long width) {
    return height >= 1 && width >= 1 && height <= MAX_SIDE && width <= MAX_SIDE;
  }

  /**
   * Such a size.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static ImageSize of(int height, int width) {
    if (!isPossible(height, width)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "an image of %d x %d pixels; each side must be 1 to %d",
              height,
              width,
              MAX_SIDE));
    }
    return new ImageSize(height, width);
  }

  /**
   * The same size, if it is such a one.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static ImageSize required(ImageSize size) {
    return of(size.height(), size.width());
  }
}
