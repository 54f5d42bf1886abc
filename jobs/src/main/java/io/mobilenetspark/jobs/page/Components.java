package io.mobilenetspark.jobs.page;

import java.util.Arrays;
import java.util.List;

/**
 * Principal components of the points as bytes: enough to tell which points are near each other, in
 * a quarter of the room of floats. All axes have one scale, so that distances between points are as
 * they were, and each axis its own middle, which no distance depends on.
 */
final class Components {

  /** The greatest number that one is written as, and its negative the least. */
  private static final int GREATEST = 127;

  private Components() {}

  /**
   * The components of each point, one point behind the other.
   *
   * @param points that are on the map
   */
  static byte[] bytes(List<PageRow> points) {
    int axes = points.isEmpty() ? 0 : points.get(0).coordinates().length;
    float[] least = new float[axes];
    float[] most = new float[axes];
    Arrays.fill(least, Float.POSITIVE_INFINITY);
    Arrays.fill(most, Float.NEGATIVE_INFINITY);
    for (PageRow point : points) {
      for (int axis = 0; axis < axes; axis++) {
        least[axis] = Math.min(least[axis], point.coordinates()[axis]);
        most[axis] = Math.max(most[axis], point.coordinates()[axis]);
      }
    }
    float reach = Float.MIN_NORMAL;
    for (int axis = 0; axis < axes; axis++) {
      reach = Math.max(reach, (most[axis] - least[axis]) / 2);
    }
    byte[] bytes = new byte[Math.multiplyExact(points.size(), axes)];
    for (int i = 0; i < bytes.length; i++) {
      int axis = i % axes;
      float middle = (least[axis] + most[axis]) / 2;
      float component = points.get(i / axes).coordinates()[axis];
      bytes[i] = (byte) Math.round((component - middle) / reach * GREATEST);
    }
    return bytes;
  }
}
