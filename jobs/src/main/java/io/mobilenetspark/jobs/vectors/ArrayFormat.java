package io.mobilenetspark.jobs.vectors;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/** Files of vectors alone, as bytes: float32, little-endian, one vector after another. */
enum ArrayFormat {
  /** NumPy's format 1.0: a header with the shape, in the order of C. */
  NPY("npy") {
    @Override
    byte[] header(long rows, int dimension) {
      String dictionary =
          String.format(
              Locale.ROOT,
              "{'descr': '<f4', 'fortran_order': False, 'shape': (%d, %d), }",
              rows,
              dimension);
      int before = MAGIC.length + Short.BYTES;
      int length = (before + dictionary.length() + ALIGNMENT) & -ALIGNMENT; // and a line's end
      byte[] header = new byte[length];
      Arrays.fill(header, (byte) ' ');
      header[length - 1] = '\n';
      ByteBuffer.wrap(header)
          .order(ByteOrder.LITTLE_ENDIAN)
          .put(MAGIC)
          .putShort((short) (length - before))
          .put(dictionary.getBytes(StandardCharsets.US_ASCII));
      return header;
    }

    @Override
    ByteBuffer buffer(int dimension) {
      return ByteBuffer.allocate(dimension * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    }
  },

  /** Each vector has its dimension before it, an int32. */
  FVECS("fvecs") {
    @Override
    byte[] header(long rows, int dimension) {
      return new byte[0];
    }

    @Override
    ByteBuffer buffer(int dimension) {
      return ByteBuffer.allocate(Integer.BYTES + dimension * Float.BYTES)
          .order(ByteOrder.LITTLE_ENDIAN)
          .putInt(dimension);
    }
  };

  /** With which a file of format 1.0 begins. */
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};

  /** Of the data in a file, so that it can be mapped into memory. */
  private static final int ALIGNMENT = 64;

  private final String extension;

  ArrayFormat(String extension) {
    this.extension = extension;
  }

  /** Behind the dot of a file's name. */
  String extension() {
    return extension;
  }

  /** What a file of so many vectors begins with. */
  abstract byte[] header(long rows, int dimension);

  /** What is written for each vector, positioned at its values. */
  abstract ByteBuffer buffer(int dimension);
}
