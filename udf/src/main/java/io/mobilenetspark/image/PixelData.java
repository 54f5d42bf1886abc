package io.mobilenetspark.image;

import java.util.Locale;

/** Checks the pixels of Spark's {@code image} struct and brings them to RGB. */
final class PixelData {

  private PixelData() {}

  static void check(ImageInput.Pixels pixels) throws RejectedImageException {
    if (pixels.width() == -1 && pixels.height() == -1) {
      throw new RejectedImageException(
          ImageStatus.EMPTY, "Spark's image source could not decode this image (size -1 x -1)");
    }
    int channels = pixels.channels();
    if (channels != 1 && channels != 3 && channels != 4) {
      throw new RejectedImageException(
          ImageStatus.UNSUPPORTED_FORMAT,
          String.format(
              Locale.ROOT,
              "an image struct of %d channels; 1 (gray), 3 (BGR) and 4 (BGRA) are supported",
              channels));
    }
    // In long arithmetic; a wrapped product would let a short array pass.
    boolean isPositive = pixels.width() > 0 && pixels.height() > 0;
    long samples = (long) pixels.width() * pixels.height();
    long dataSamples = pixels.data().length / channels;
    if (isPositive && (samples != dataSamples || pixels.data().length % channels != 0)) {
      throw new RejectedImageException(
          ImageStatus.CORRUPT,
          String.format(
              Locale.ROOT,
              "an image struct of %d x %d pixels and %d channels does not have %d bytes of data",
              pixels.width(),
              pixels.height(),
              channels,
              pixels.data().length));
    }
  }

  /** RGB of pixels that passed {@link #check}. The caller closes it. */
  static DecodedImage toRgb(ImageInput.Pixels pixels, AlphaMode alpha) {
    int channels = pixels.channels();
    int width = pixels.width();
    byte[] from = pixels.data();
    byte[] rgb = new byte[3 * width];
    int red = channels == 1 ? 0 : 2;
    int green = channels == 1 ? 0 : 1;
    DecodedImage image = DecodedImage.unwritten(pixels.height(), width);
    for (int y = 0, at = 0; y < pixels.height(); y++) {
      for (int to = 0; to < rgb.length; at += channels, to += 3) {
        int alphaValue = channels == 4 ? Bytes.u8(from, at + 3) : 255;
        rgb[to] = (byte) AlphaBlend.straight(alpha, Bytes.u8(from, at + red), alphaValue);
        rgb[to + 1] = (byte) AlphaBlend.straight(alpha, Bytes.u8(from, at + green), alphaValue);
        rgb[to + 2] = (byte) AlphaBlend.straight(alpha, Bytes.u8(from, at), alphaValue);
      }
      image.writeRow(y, rgb);
    }
    return image;
  }
}
