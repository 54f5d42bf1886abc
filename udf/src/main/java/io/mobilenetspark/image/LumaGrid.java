package io.mobilenetspark.image;

import java.util.Arrays;
import org.tensorflow.ndarray.buffer.ByteDataBuffer;

/**
 * The luma (ITU-R BT.601) of an image, averaged over the cells of a grid of {@value #SIDE} x
 * {@value #SIDE}, or over its pixels where a side has fewer. A cell is a rectangle of the picture,
 * and counts the parts of the pixels at its border. Borrows the image. For one thread.
 */
final class LumaGrid {

  /** Most cells of a side: finer detail is not looked at. */
  static final int SIDE = 256;

  /** Of a cell's side, at least so many pixels are taken, if it has them. */
  private static final int SAMPLES = 4;

  private static final int RGB = 3;

  // Of ITU-R BT.601. Whole numbers: a byte takes five times as long to become a float.
  private static final int RED = 299;
  private static final int GREEN = 587;
  private static final int BLUE = 114;
  private static final int ONE = RED + GREEN + BLUE;

  private final ByteDataBuffer pixels;
  private final Axis down;
  private final Axis across;
  private final byte[] rgb;
  private final int[] luma;
  private final int[][] sums;

  LumaGrid(DecodedImage image) {
    this.pixels = image.rgb().asRawTensor().data();
    this.down = Axis.of(image.height());
    this.across = Axis.of(image.width());
    this.rgb = new byte[RGB * image.width()];
    this.luma = new int[across.samples()];
    this.sums = new int[3][across.samples() + 1]; // the last stays 0: of a cell that ends before
  }

  /**
   * One side: cells, and the pixels that they are averaged over.
   *
   * @param cells how many
   * @param samples pixels that are taken
   * @param stride how far these are apart
   */
  private record Axis(int cells, int samples, int stride) {

    static Axis of(int pixels) {
      int stride = Math.max(1, pixels / (SAMPLES * SIDE));
      return new Axis(Math.min(SIDE, pixels), pixels / stride, stride);
    }

    /** The pixel that a sample is. */
    int pixel(int sample) {
      return sample * stride + stride / 2;
    }

    /**
     * The length that a sample and a cell have in common, negative if they lie apart. The unit is
     * one that makes a sample as long as there are cells, and a cell as long as there are samples.
     */
    int common(int sample, int cell) {
      int end = Math.min((sample + 1) * cells, (cell + 1) * samples);
      return end - Math.max(sample * cells, cell * samples);
    }

    int firstSample(int cell) {
      return cell * samples / cells;
    }

    /** The one behind the last. */
    int endSample(int cell) {
      return ((cell + 1) * samples + cells - 1) / cells;
    }
  }

  int height() {
    return down.cells();
  }

  int width() {
    return across.cells();
  }

  /**
   * Reads the rows y - 1, y and y + 1; at the border, y stands for the one that is missing.
   *
   * @param to gets three rows of {@link #width()} + 2 values, the first and the last twice
   */
  void readAround(int y, float[][] to) {
    int top = Math.max(0, y - 1);
    int bottom = Math.min(down.cells() - 1, y + 1);
    for (int[] sum : sums) {
      Arrays.fill(sum, 0);
    }
    int end = down.endSample(bottom);
    for (int sample = down.firstSample(top); sample < end; sample++) {
      readLuma(down.pixel(sample));
      for (int cell = top; cell <= bottom; cell++) {
        int units = down.common(sample, cell);
        if (units > 0) {
          addLuma(units, sums[cell - top]);
        }
      }
    }
    for (int i = 0; i < to.length; i++) {
      int cell = Math.max(top, Math.min(bottom, y - 1 + i));
      average(sums[cell - top], to[i]);
    }
  }

  private void readLuma(int y) {
    pixels.offset((long) y * rgb.length).read(rgb);
    int[] to = luma;
    int step = RGB * across.stride();
    for (int i = 0, at = RGB * across.pixel(0); i < to.length; i++, at += step) {
      to[i] = RED * (rgb[at] & 0xff) + GREEN * (rgb[at + 1] & 0xff) + BLUE * (rgb[at + 2] & 0xff);
    }
  }

  private void addLuma(int units, int[] sum) {
    int[] from = luma;
    for (int i = 0; i < from.length; i++) {
      sum[i] += units * from[i];
    }
  }

  private void average(int[] samples, float[] to) {
    int cells = across.cells();
    double unit = 1.0 / ((double) ONE * down.samples() * across.samples());
    long whole = 0;
    long before = 0;
    int next = 0;
    for (int cell = 1; cell <= cells; cell++) {
      int end = cell * across.samples();
      for (; (next + 1) * cells <= end; next++) {
        whole += (long) samples[next] * cells;
      }
      long total = whole + (long) samples[next] * (end - next * cells);
      to[cell] = (float) ((total - before) * unit);
      before = total;
    }
    to[0] = to[1];
    to[cells + 1] = to[cells];
  }
}
