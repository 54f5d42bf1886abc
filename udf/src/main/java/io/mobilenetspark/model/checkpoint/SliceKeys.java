package io.mobilenetspark.model.checkpoint;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.tensorflow.proto.TensorSliceProto;

/**
 * The keys under which a checkpoint's index lists the slices of a partitioned variable:
 * order-preserving encodings of name and extents.
 *
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/v2.18.0/tensorflow/core/util/saved_tensor_slice_util.cc">EncodeTensorNameSlice</a>
 */
final class SliceKeys {

  /** Length of an extent that is the whole dimension. */
  private static final long FULL_EXTENT = -1;

  private SliceKeys() {}

  /** The key, one character a byte. */
  static String encode(String name, TensorSliceProto slice) {
    ByteArrayOutputStream key = new ByteArrayOutputStream();
    writeUnsigned(key, 0);
    writeString(key, name.getBytes(StandardCharsets.UTF_8));
    writeUnsigned(key, slice.getExtentCount());
    for (TensorSliceProto.Extent extent : slice.getExtentList()) {
      writeSigned(key, isFull(extent) ? 0 : extent.getStart());
      writeSigned(key, isFull(extent) ? FULL_EXTENT : extent.getLength());
    }
    return key.toString(StandardCharsets.ISO_8859_1);
  }

  static boolean isFull(TensorSliceProto.Extent extent) {
    return extent.getHasLengthCase() == TensorSliceProto.Extent.HasLengthCase.HASLENGTH_NOT_SET;
  }

  private static void writeUnsigned(ByteArrayOutputStream key, long value) {
    int bytes = (Long.SIZE - Long.numberOfLeadingZeros(value) + 7) / 8;
    key.write(bytes);
    for (int i = bytes - 1; i >= 0; i--) {
      key.write((int) (value >>> (8 * i)));
    }
  }

  /** 00 and ff are escaped, so that the end mark 00 01 sorts before any further character. */
  private static void writeString(ByteArrayOutputStream key, byte[] value) {
    for (byte next : value) {
      key.write(next);
      if (next == 0) {
        key.write(0xff);
      } else if (next == (byte) 0xff) {
        key.write(0);
      }
    }
    key.write(0);
    key.write(1);
  }

  /** The count of leading one bits tells the length; seven bits of value a byte. */
  private static void writeSigned(ByteArrayOutputStream key, long value) {
    long magnitude = value < 0 ? ~value : value;
    int bits = Long.SIZE - Long.numberOfLeadingZeros(magnitude);
    int length = bits / 7 + 1;
    byte[] encoded = new byte[length];
    for (int i = 0; i < length; i++) {
      int shift = 8 * (length - 1 - i);
      encoded[i] = (byte) (shift >= Long.SIZE ? value >> 63 : value >> shift);
    }
    int header = 0xff00 >> Math.min(length, 8) & 0xff;
    encoded[0] ^= (byte) header;
    if (length > 8) {
      encoded[1] ^= (byte) (0xff00 >> (length - 8) & 0xff);
    }
    key.writeBytes(encoded);
  }
}
