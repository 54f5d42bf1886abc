package io.mobilenetspark.model.checkpoint;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Locale;
import org.tensorflow.proto.TensorShapeProto;

/**
 * A float32 tensor in C order. Immutable by convention: {@link #values()} is the array itself,
 * because copies of a model's weights cost more than they protect.
 */
public final class WeightTensor implements Serializable {
  private static final long serialVersionUID = 1;

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
          String.format(
              Locale.ROOT,
              "a tensor of shape %s has %d values, not %d",
              Arrays.toString(shape),
              size,
              values.length));
    }
    this.shape = shape.clone();
    this.values = values;
  }

  /** The dimensions; a copy. */
  public long[] shape() {
    return shape.clone();
  }

  /** The values, in C order; the array itself, not to be changed. */
  public float[] values() {
    return values;
  }

  /** Number of values. */
  public int size() {
    return values.length;
  }

  /** One of the dimensions. */
  public long dimension(int index) {
    return shape[index];
  }

  /** Number of dimensions. */
  public int rank() {
    return shape.length;
  }

  /** The values as little-endian bytes; a new buffer. */
  public byte[] toBytes() {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }

  /** The shape as graphs and checkpoints write it. */
  public TensorShapeProto shapeProto() {
    TensorShapeProto.Builder proto = TensorShapeProto.newBuilder();
    for (long dimension : shape) {
      proto.addDimBuilder().setSize(dimension);
    }
    return proto.build();
  }
}
