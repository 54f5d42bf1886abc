package io.mobilenetspark.jobs.compare;

import java.util.Arrays;

/**
 * Rows of length 1, value by value: row {@code r}'s value {@code d} is {@code columns[d][r]}. So
 * laid out, the JVM multiplies many rows at once with vector instructions, which it doesn't in a
 * sum over one row: that has an order.
 */
public final class DotProducts {

  /** How many values are multiplied in one pass over the sums. */
  public static final int STEP = 4;

  /** So many that a block of usual dimensions stays in a core's second-level cache. */
  public static final int ROWS = 128;

  private final float[][] columns;

  /**
   * @param dimension of the vectors, a multiple of {@link #STEP}
   */
  public DotProducts(int dimension) {
    columns = new float[dimension][ROWS];
  }

  /** Puts a row in its place. */
  public void set(int row, float[] unit) {
    for (int d = 0; d < columns.length; d++) {
      columns[d][row] = unit[d];
    }
  }

  /**
   * Multiplies each row with each of some queries.
   *
   * @param queries vectors of length 1
   * @param sums the products of each query with the rows
   */
  public void multiply(float[][] queries, float[][] sums) {
    for (int q = 0; q < queries.length; q++) {
      Arrays.fill(sums[q], 0);
    }
    for (int d = 0; d < columns.length; d += STEP) {
      for (int q = 0; q < queries.length; q++) { // while the columns are in the first-level cache
        float[] query = queries[q];
        add(
            sums[q],
            columns[d],
            query[d],
            columns[d + 1],
            query[d + 1],
            columns[d + 2],
            query[d + 2],
            columns[d + 3],
            query[d + 3]);
      }
    }
  }

  /** A method of its own, which the JVM compiles as one loop of vector instructions. */
  private static void add(
      float[] sums,
      float[] a,
      float factorOfA,
      float[] b,
      float factorOfB,
      float[] c,
      float factorOfC,
      float[] d,
      float factorOfD) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += factorOfA * a[i] + factorOfB * b[i] + factorOfC * c[i] + factorOfD * d[i];
    }
  }

  /**
   * How far a product may be from the cosine: the rounding of the vectors and of a sum of so many
   * terms, which is at most 1 in size, twice over.
   */
  public static float slack(int dimension) {
    return (dimension + 16) * 0x1p-23f;
  }
}
