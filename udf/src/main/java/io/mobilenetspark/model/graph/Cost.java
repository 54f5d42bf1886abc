package io.mobilenetspark.model.graph;

import java.util.Locale;

/**
 * What one run of a graph takes.
 *
 * @param work multiplications with their additions; an element that is read or written counts as
 *     {@value #OF_AN_ELEMENT}
 * @param bytes of memory for what is computed, if all runs at once that can; without constants
 */
public record Cost(double work, double bytes) {

  /**
   * Work of one image. Most networks of the hub take 1e9 to 2e11. One core takes 10 to 20 s for so
   * much of convolutions, three minutes at worst: of kernels measured one by one, powers and
   * enlarged images are the slowest.
   */
  public static final double MAX_WORK = 1L << 39;

  /** Memory of one run, in bytes. */
  public static final double MAX_BYTES = 1L << 32;

  static final int OF_AN_ELEMENT = 16;

  static final Cost NONE = new Cost(0, 0);

  Cost plus(Cost other) {
    return new Cost(work + other.work, Math.max(bytes, other.bytes));
  }

  void requireWithin(long images) throws RefusedGraphException {
    if (bytes > MAX_BYTES) {
      throw new RefusedGraphException(
          String.format(
              Locale.ROOT,
              "its graph takes %.0f MiB for %d images; the limit is %.0f MiB",
              bytes / (1 << 20),
              images,
              MAX_BYTES / (1 << 20)));
    }
    if (work > images * MAX_WORK) {
      throw new RefusedGraphException(
          String.format(
              Locale.ROOT,
              "its graph takes %.1e operations for %d images; the limit is %.1e an image",
              work,
              images,
              MAX_WORK));
    }
  }
}
