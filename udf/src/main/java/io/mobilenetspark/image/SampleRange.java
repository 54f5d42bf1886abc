package io.mobilenetspark.image;

import java.awt.image.DataBuffer;
import java.awt.image.Raster;

/**
 * What the samples of a raster mean as shades.
 *
 * <p>Unsigned integers are used as they are. Real numbers are shades in [0, 1]. Reals beyond that,
 * and signed integers, are no shades but measurements: heights, densities, light of a high dynamic
 * range. The least of a picture is black and the greatest is white.
 */
final class SampleRange {

  private static final SampleRange AS_STORED = new SampleRange(false, 0, 0);

  private final boolean isMapped;
  private final double black;
  private final double perShade;

  private SampleRange(boolean isMapped, double black, double perShade) {
    this.isMapped = isMapped;
    this.black = black;
    this.perShade = perShade;
  }

  /**
   * Looks through a raster of numbers that may be no shades.
   *
   * @param colorBands the bands before that of alpha
   * @param isSigned whether integers are signed, which only the file knows
   */
  static SampleRange of(Raster raster, int colorBands, boolean isSigned) {
    return switch (raster.getDataBuffer().getDataType()) {
      case DataBuffer.TYPE_FLOAT, DataBuffer.TYPE_DOUBLE -> of(raster, colorBands, 0, 1);
      case DataBuffer.TYPE_SHORT -> of(raster, colorBands, 0, 0);
      case DataBuffer.TYPE_INT -> isSigned ? of(raster, colorBands, 0, 0) : AS_STORED;
      // Signed bytes too: writers say so of bytes that are not.
      default -> AS_STORED;
    };
  }

  /** The range from {@code least} to {@code greatest} if it holds all numbers, else theirs. */
  private static SampleRange of(Raster raster, int colorBands, double least, double greatest) {
    int bands = raster.getNumBands();
    float[] row = new float[raster.getWidth() * bands];
    float leastFound = Float.POSITIVE_INFINITY;
    float greatestFound = Float.NEGATIVE_INFINITY;
    for (int y = 0; y < raster.getHeight(); y++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + y, raster.getWidth(), 1, row);
      for (int i = 0; i < row.length; i++) {
        if (i % bands < colorBands && Float.isFinite(row[i])) {
          leastFound = Math.min(leastFound, row[i]);
          greatestFound = Math.max(greatestFound, row[i]);
        }
      }
    }
    boolean isWithin = leastFound >= least && greatestFound <= greatest;
    double from = isWithin ? least : leastFound;
    // In doubles: the difference of two floats may be no float.
    double span = isWithin ? greatest - least : (double) greatestFound - leastFound;
    return new SampleRange(true, from, span > 0 ? 255 / span : 0);
  }

  /** Whether {@link #row} gives shades from 0 to 255, whatever the samples' own bits. */
  boolean isMapped() {
    return isMapped;
  }

  /** Reads a row. */
  void row(Raster raster, int y, int[] samples) {
    int x = raster.getMinX();
    int width = raster.getWidth();
    if (!isMapped) {
      raster.getPixels(x, raster.getMinY() + y, width, 1, samples);
      return;
    }
    float[] values = raster.getPixels(x, raster.getMinY() + y, width, 1, (float[]) null);
    for (int i = 0; i < values.length; i++) {
      // A NaN becomes 0: black.
      samples[i] = (int) Math.min(255, Math.max(0, Math.rint((values[i] - black) * perShade)));
    }
  }
}
