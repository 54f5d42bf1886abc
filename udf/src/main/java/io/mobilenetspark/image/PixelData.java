package io.mobilenetspark.image;

import org.jspecify.annotations.Nullable;

/** Checks the pixels of Spark's {@code image} struct and brings them to RGB. */
final class PixelData {

  private PixelData() {}

  /** Why these pixels can't be read, or null. */
  static ImageOutcome.@Nullable Rejected check(ImageInput.Pixels pixels) {
    if (pixels.width() == -1 && pixels.height() == -1) {
      return new ImageOutcome.Rejected(
          ImageStatus.EMPTY, "Spark's image source could not decode this image (size -1 x -1)");
    }
    int channels = pixels.channels();
    if (channels != 1 && channels != 3 && channels != 4) {
      return new ImageOutcome.Rejected(
          ImageStatus.UNSUPPORTED_FORMAT,
          "an image struct of %d channels; 1 (gray), 3 (BGR) and 4 (BGRA) are read"
              .formatted(channels));
    }
    // In long arithmetic; a wrapped product would let a short array pass.
    long expected = (long) pixels.width() * pixels.height() * channels;
    if (pixels.width() > 0 && pixels.height() > 0 && expected != pixels.data().length) {
      return new ImageOutcome.Rejected(
          ImageStatus.CORRUPT,
          "an image struct of %d x %d pixels and %d channels needs %d bytes, it has %d"
              .formatted(
                  pixels.width(), pixels.height(), channels, expected, pixels.data().length));
    }
    return null;
  }

  /** Interleaved RGB of pixels that passed {@link #check}; alpha is dropped. */
  static byte[] toRgb(ImageInput.Pixels pixels) {
    int channels = pixels.channels();
    byte[] from = pixels.data();
    byte[] rgb =
        new byte[Math.multiplyExact(Math.multiplyExact(pixels.width(), pixels.height()), 3)];
    int red = channels == 1 ? 0 : 2;
    int green = channels == 1 ? 0 : 1;
    for (int at = 0, to = 0; to < rgb.length; at += channels, to += 3) {
      rgb[to] = from[at + red];
      rgb[to + 1] = from[at + green];
      rgb[to + 2] = from[at];
    }
    return rgb;
  }
}
