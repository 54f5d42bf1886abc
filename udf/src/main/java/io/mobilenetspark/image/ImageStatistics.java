package io.mobilenetspark.image;

/**
 * What an image's pixels tell that its vector does not. Of the whole image as it is decoded, before
 * it is turned, cropped and resized, so that it is the same for each model; of some rows of a
 * {@link LumaGrid}, which is fast enough to be done beside each forward pass.
 *
 * @param brightness the mean luma, between 0 and 255
 * @param sharpness the variance of the luma's Laplacian by the variance of the luma: edges make it
 *     large, blur makes it small, and darkness, which makes both small, does not count as blur. At
 *     least 0
 */
public record ImageStatistics(double brightness, double sharpness) {

  /** Rows of the grid whose Laplacian is looked at: more take time, and tell hardly more. */
  private static final int ROWS = 21;

  /** Pictures of one colour have a sharpness, too. */
  private static final double LEAST_VARIANCE = 1;

  /** Measures an image. */
  static ImageStatistics of(DecodedImage image) {
    LumaGrid grid = new LumaGrid(image);
    float[][] rows = new float[3][grid.width() + 2];
    Sums sums = new Sums();
    int step = Math.max(1, grid.height() / ROWS);
    for (int y = step / 2; y < grid.height(); y += step) {
      grid.readAround(y, rows);
      sums.add(rows[0], rows[1], rows[2]);
    }
    return sums.statistics();
  }

  private static final class Sums {
    private double luma;
    private double lumaSquares;
    private double laplacian;
    private double laplacianSquares;
    private long columns;

    /** Three rows; the first and the last value are beyond the border. */
    void add(float[] above, float[] here, float[] below) {
      double sum = 0; // fields would take twice as long
      double squares = 0;
      double edges = 0;
      double edgesSquares = 0;
      for (int x = 1; x < here.length - 1; x++) {
        double up = above[x];
        double middle = here[x];
        double down = below[x];
        double edge = here[x - 1] + here[x + 1] + up + down - 4 * middle;
        sum += up + middle + down;
        squares += up * up + middle * middle + down * down;
        edges += edge;
        edgesSquares += edge * edge;
      }
      luma += sum;
      lumaSquares += squares;
      laplacian += edges;
      laplacianSquares += edgesSquares;
      columns += here.length - 2;
    }

    ImageStatistics statistics() {
      double contrast = variance(luma, lumaSquares, 3 * columns);
      return new ImageStatistics(
          luma / (3 * columns),
          variance(laplacian, laplacianSquares, columns) / Math.max(LEAST_VARIANCE, contrast));
    }

    private static double variance(double sum, double squares, long count) {
      double mean = sum / count;
      return Math.max(0, squares / count - mean * mean);
    }
  }
}
