package io.mobilenetspark.model.checkpoint;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * How a checkpoint holds a scalar string: its length, a checksum of the length, its bytes.
 *
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/v2.18.0/tensorflow/core/util/tensor_bundle/tensor_bundle.cc">WriteStringTensor</a>
 */
final class StringTensors {

  private StringTensors() {}

  /** Checksums cover the length as a fixed-size number, not as it is written. */
  static CRC32C crcOfLength(long length) {
    CRC32C crc = new CRC32C();
    crc.update(littleEndian((int) length));
    return crc;
  }

  /** The checksum of the tensor's entry in the index. */
  static int checksum(byte[] value) {
    CRC32C crc = crcOfLength(value.length);
    crc.update(littleEndian(Checksums.masked(crc)));
    crc.update(value);
    return Checksums.masked(crc);
  }

  static byte[] encode(byte[] value) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Varints.write(bytes, value.length);
    bytes.writeBytes(littleEndian(Checksums.masked(crcOfLength(value.length))));
    bytes.writeBytes(value);
    return bytes.toByteArray();
  }

  private static byte[] littleEndian(int value) {
    return ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
  }
}
