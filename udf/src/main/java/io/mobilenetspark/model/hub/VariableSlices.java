package io.mobilenetspark.model.hub;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.util.Locale;
import org.tensorflow.proto.SaveSliceInfoDef;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/** Cuts the part that one op of a partitioned variable holds out of the whole. */
final class VariableSlices {

  private VariableSlices() {}

  static TensorProto cut(TensorProto whole, SaveSliceInfoDef slice) throws IOException {
    int dimensions = whole.getTensorShape().getDimCount();
    if (slice.getVarOffsetCount() != dimensions || slice.getVarShapeCount() != dimensions) {
      throw new DamagedGraphException(
          String.format(
              Locale.ROOT,
              "a part of variable '%s' has another number of dimensions",
              slice.getFullName()));
    }
    long elements = 1;
    long parts = 1;
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (int d = 0; d < dimensions; d++) {
      long size = whole.getTensorShape().getDim(d).getSize();
      long offset = slice.getVarOffset(d);
      long length = slice.getVarShape(d);
      if (offset < 0 || length < 0 || offset > size - length) {
        throw new DamagedGraphException(
            String.format(
                Locale.ROOT, "a part of variable '%s' lies outside it", slice.getFullName()));
      }
      elements *= Math.max(1, size);
      parts *= length;
      shape.addDimBuilder().setSize(length);
    }
    ByteString content = whole.getTensorContent();
    int elementBytes = (int) (content.size() / elements);
    byte[] cut = new byte[Math.toIntExact(parts * elementBytes)];
    for (int i = 0; i < parts; i++) {
      long from = 0;
      long rest = i;
      long stride = 1;
      for (int d = dimensions - 1; d >= 0; d--) {
        from += (slice.getVarOffset(d) + rest % slice.getVarShape(d)) * stride;
        rest /= slice.getVarShape(d);
        stride *= whole.getTensorShape().getDim(d).getSize();
      }
      int start = Math.toIntExact(from * elementBytes);
      content.substring(start, start + elementBytes).copyTo(cut, i * elementBytes);
    }
    return TensorProto.newBuilder()
        .setDtype(whole.getDtype())
        .setTensorShape(shape)
        .setTensorContent(ByteString.copyFrom(cut))
        .build();
  }
}
