package io.mobilenetspark.model.checkpoint;

import java.io.IOException;
import java.util.Locale;
import org.tensorflow.proto.TensorSliceProto;

/** Puts one part of a partitioned variable into its place in the whole. */
final class SliceCopier {

  private final long[] shape;
  private final long[] start;
  private final long[] length;
  private final int elementBytes;

  private SliceCopier(long[] shape, long[] start, long[] length, int elementBytes) {
    this.shape = shape;
    this.start = start;
    this.length = length;
    this.elementBytes = elementBytes;
  }

  /**
   * @param shape of the whole
   * @throws IOException if the slice does not lie within it
   */
  static SliceCopier of(long[] shape, TensorSliceProto slice, int elementBytes) throws IOException {
    if (slice.getExtentCount() != shape.length) {
      throw new IOException("a slice has another number of dimensions");
    }
    long[] start = new long[shape.length];
    long[] length = new long[shape.length];
    for (int d = 0; d < shape.length; d++) {
      TensorSliceProto.Extent extent = slice.getExtent(d);
      start[d] = SliceKeys.isFull(extent) ? 0 : extent.getStart();
      length[d] = SliceKeys.isFull(extent) ? shape[d] : extent.getLength();
      if (start[d] < 0 || length[d] < 0 || start[d] > shape[d] - length[d]) {
        throw new IOException("a slice lies outside its tensor");
      }
    }
    return new SliceCopier(shape, start, length, elementBytes);
  }

  void copyInto(byte[] whole, byte[] part) throws IOException {
    long size = elementBytes;
    for (long dimension : length) {
      size *= dimension;
    }
    if (size != part.length) {
      throw new IOException(
          String.format(Locale.ROOT, "a slice has %d bytes, not %d", part.length, size));
    }
    if (size > 0) {
      copy(0, 0, 0, whole, part);
    }
  }

  /** Copies along dimension {@code d}; whole rows at the innermost one. */
  private void copy(int d, long wholeIndex, long partIndex, byte[] whole, byte[] part) {
    if (d >= shape.length - 1) {
      long run = shape.length == 0 ? 1 : length[d];
      long from = shape.length == 0 ? 0 : partIndex * length[d];
      long to = shape.length == 0 ? 0 : wholeIndex * shape[d] + start[d];
      System.arraycopy(
          part,
          (int) (from * elementBytes),
          whole,
          (int) (to * elementBytes),
          (int) (run * elementBytes));
      return;
    }
    for (long i = 0; i < length[d]; i++) {
      copy(d + 1, wholeIndex * shape[d] + start[d] + i, partIndex * length[d] + i, whole, part);
    }
  }
}
