package io.mobilenetspark.image;

import org.tensorflow.ndarray.buffer.ByteDataBuffer;

/**
 * Turns decoded pixels upright. In Java: TensorFlow's transposition of [height, width, 3] bytes
 * takes four times as long, and another copy of the image.
 */
final class UprightPixels {

  /** Source rows that are turned at once; as many pixels are written to a row of the result. */
  private static final int BAND = 64;

  private static final int RGB = 3;

  private UprightPixels() {}

  /** A new image, which the caller closes. */
  static DecodedImage of(DecodedImage stored, Orientation orientation) {
    boolean swaps = orientation.swapsSides();
    DecodedImage upright =
        swaps
            ? DecodedImage.unwritten(stored.width(), stored.height())
            : DecodedImage.unwritten(stored.height(), stored.width());
    try {
      if (swaps) {
        transpose(stored, upright, orientation);
      } else {
        flip(stored, upright, orientation);
      }
      return upright;
    } catch (RuntimeException | Error e) {
      upright.close();
      throw e;
    }
  }

  private static void flip(DecodedImage stored, DecodedImage upright, Orientation orientation) {
    int width = stored.width();
    int height = stored.height();
    boolean isMirrored = orientation != Orientation.FLIP_UP_DOWN;
    boolean isUpsideDown = orientation != Orientation.FLIP_LEFT_RIGHT;
    ByteDataBuffer pixels = stored.rgb().asRawTensor().data();
    byte[] row = new byte[RGB * width];
    for (int y = 0; y < height; y++) {
      pixels.offset((long) y * row.length).read(row);
      if (isMirrored) {
        mirror(row);
      }
      upright.writeRow(isUpsideDown ? height - 1 - y : y, row);
    }
  }

  private static void mirror(byte[] row) {
    for (int left = 0, right = row.length - RGB; left < right; left += RGB, right -= RGB) {
      for (int c = 0; c < RGB; c++) {
        byte kept = row[left + c];
        row[left + c] = row[right + c];
        row[right + c] = kept;
      }
    }
  }

  private static void transpose(
      DecodedImage stored, DecodedImage upright, Orientation orientation) {
    boolean isMirrored =
        orientation == Orientation.ROTATE_RIGHT || orientation == Orientation.TRANSVERSE;
    boolean isUpsideDown =
        orientation == Orientation.ROTATE_LEFT || orientation == Orientation.TRANSVERSE;
    int width = stored.width();
    int height = stored.height();
    ByteDataBuffer from = stored.rgb().asRawTensor().data();
    ByteDataBuffer to = upright.rgb().asRawTensor().data();
    byte[] row = new byte[RGB * width];
    byte[] columns = new byte[RGB * width * Math.min(BAND, height)];
    for (int top = 0; top < height; top += BAND) {
      int rows = Math.min(BAND, height - top);
      for (int i = 0; i < rows; i++) {
        from.offset((long) (top + i) * row.length).read(row);
        int column = isMirrored ? rows - 1 - i : i;
        for (int x = 0, at = RGB * column, of = 0; x < width; x++, at += RGB * rows, of += RGB) {
          columns[at] = row[of];
          columns[at + 1] = row[of + 1];
          columns[at + 2] = row[of + 2];
        }
      }
      int left = isMirrored ? height - top - rows : top;
      for (int x = 0; x < width; x++) {
        long y = isUpsideDown ? width - 1 - x : x;
        to.offset(RGB * (y * height + left)).write(columns, RGB * rows * x, RGB * rows);
      }
    }
  }
}
