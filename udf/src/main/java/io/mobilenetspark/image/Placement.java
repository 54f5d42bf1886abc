package io.mobilenetspark.image;

import io.mobilenetspark.common.ImageSize;
import org.tensorflow.ndarray.buffer.ByteDataBuffer;

/**
 * Where a resized image lies in the model's input.
 *
 * @param y rows above it
 * @param x columns to its left
 * @param height its rows
 * @param width its columns
 */
public record Placement(int y, int x, int height, int width) {

  /** All of it. */
  static Placement whole(ImageSize size) {
    return new Placement(0, 0, size.height(), size.width());
  }

  /**
   * In the middle, with the sides' ratio that the image has: {@link AspectMode#PAD}.
   *
   * @param height of the image, in pixels
   * @param width of the image, in pixels
   * @param size of the model's input
   */
  public static Placement padded(int height, int width, ImageSize size) {
    // In floats, step by step, as resize_with_pad: its rounding decides on a row more or less.
    float ratio = Math.max((float) width / size.width(), (float) height / size.height());
    float resizedHeight = height / ratio;
    float resizedWidth = width / ratio;
    int y = Math.max(0, (int) Math.floor((size.height() - resizedHeight) / 2));
    int x = Math.max(0, (int) Math.floor((size.width() - resizedWidth) / 2));
    // At least a row, where resize_with_pad fails.
    return new Placement(y, x, Math.max(1, (int) resizedHeight), Math.max(1, (int) resizedWidth));
  }

  void copy(ByteDataBuffer resized, ImageSize size, ByteDataBuffer target) {
    if (height == size.height() && width == size.width()) {
      resized.copyTo(target, (long) size.rgbValues() * Float.BYTES);
      return;
    }
    long pixelBytes = 3L * Float.BYTES;
    byte[] black = new byte[Math.toIntExact(size.width() * pixelBytes)];
    for (int row = 0; row < size.height(); row++) {
      target.offset(row * (long) black.length).write(black);
      if (row >= y && row < y + height) {
        resized
            .slice((long) (row - y) * width * pixelBytes, width * pixelBytes)
            .copyTo(target.offset(row * (long) black.length + x * pixelBytes), width * pixelBytes);
      }
    }
  }
}
