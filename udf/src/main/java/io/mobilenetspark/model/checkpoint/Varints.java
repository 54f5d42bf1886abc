package io.mobilenetspark.model.checkpoint;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Numbers of one to ten bytes, seven bits a byte, the lowest first. */
final class Varints {

  private Varints() {}

  /**
   * Reads one; moves the buffer's position behind it.
   *
   * @throws java.nio.BufferUnderflowException if the buffer ends within it
   */
  static long read(ByteBuffer from) throws IOException {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      byte next = from.get();
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new IOException("a number of more than 64 bits");
  }

  static void write(ByteArrayOutputStream to, long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      to.write((int) (rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    to.write((int) rest);
  }
}
