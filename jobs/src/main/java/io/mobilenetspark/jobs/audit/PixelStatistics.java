package io.mobilenetspark.jobs.audit;

import java.io.Serializable;

/** What an image's pixels tell that its vector does not, of an image of a fixed size. */
final class PixelStatistics implements Serializable {
  private static final long serialVersionUID = 1;

  /** Height and width that images are resized to, by areas: finer detail is not looked at. */
  static final int SIDE = 256;

  private static final int RGB = 3;

  // Plain fields: Kryo, which may be Spark's serializer, can't write records.
  private final int row;
  private final double brightness;
  private final double sharpness;
  private final String problem;

  private PixelStatistics(int row, double brightness, double sharpness, String problem) {
    this.row = row;
    this.brightness = brightness;
    this.sharpness = sharpness;
    this.problem = problem;
  }

  /** Of an image that can't be read any more. */
  static PixelStatistics unreadable(int row, String problem) {
    return new PixelStatistics(row, 0, 0, problem);
  }

  /**
   * Of an image.
   *
   * @param row its number
   * @param pixels unsigned RGB, [side, side, 3]
   * @param side at least 3
   */
  static PixelStatistics of(int row, byte[] pixels, int side) {
    double[] luma = new double[side * side];
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < luma.length; i++) {
      luma[i] =
          0.299 * (pixels[RGB * i] & 0xff)
              + 0.587 * (pixels[RGB * i + 1] & 0xff)
              + 0.114 * (pixels[RGB * i + 2] & 0xff);
      sum += luma[i];
      squares += luma[i] * luma[i];
    }
    double mean = sum / luma.length;
    double contrast = Math.max(1, squares / luma.length - mean * mean);
    return new PixelStatistics(row, mean, varianceOfLaplacian(luma, side) / contrast, "");
  }

  private static double varianceOfLaplacian(double[] luma, int side) {
    double sum = 0;
    double squares = 0;
    for (int y = 1; y < side - 1; y++) {
      for (int x = 1; x < side - 1; x++) {
        int i = y * side + x;
        double value = luma[i - 1] + luma[i + 1] + luma[i - side] + luma[i + side] - 4 * luma[i];
        sum += value;
        squares += value * value;
      }
    }
    double count = (side - 2.0) * (side - 2.0);
    double mean = sum / count;
    return Math.max(0, squares / count - mean * mean);
  }

  int row() {
    return row;
  }

  /** The mean luma (ITU-R BT.601), between 0 and 255. */
  double brightness() {
    return brightness;
  }

  /**
   * The variance of the luma's Laplacian by the variance of the luma: edges make it large, blur
   * makes it small, and darkness, which makes both small, does not count as blur.
   */
  double sharpness() {
    return sharpness;
  }

  /** Why the image can't be read; empty if it was. */
  String problem() {
    return problem;
  }
}
