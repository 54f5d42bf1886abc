package io.mobilenetspark.model;

import java.util.Arrays;

/**
 * A float32 tensor in C order. Immutable by convention: {@link #values()} is the array itself,
 * because copies of a model's weights cost more than they protect within this package.
 */
public final class WeightTensor {
  private final long[] shape;
  private final float[] values;

  /**
   * @param shape the dimensions; empty for a scalar
   * @param values as many values as the product of the dimensions; not copied
   */
  public WeightTensor(long[] shape, float[] values) {
    long size = 1;
    for (long dimension : shape) {
      size = Math.multiplyExact(size, dimension);
    }
    if (size != values.length) {
      throw new IllegalArgumentException(
          "a tensor of shape %s has %d values, not %d"
              .formatted(Arrays.toString(shape), size, values.length));
    }
    this.shape = shape.clone();
    this.values = values;
  }

  /** The dimensions. */
  public long[] shape() {
    return shape.clone();
  }

  /** The values, in C order; the array itself. */
  float[] values() {
    return values;
  }

  /** Number of values. */
  public int size() {
    return values.length;
  }

  long dimension(int index) {
    return shape[index];
  }

  int rank() {
    return shape.length;
  }
}
