package io.mobilenetspark.image;

/** Unsigned numbers out of a byte array. The caller checks the bounds. */
final class Bytes {

  private Bytes() {}

  static int u8(byte[] bytes, int at) {
    return bytes[at] & 0xff;
  }

  static int u16be(byte[] bytes, int at) {
    return u8(bytes, at) << 8 | u8(bytes, at + 1);
  }

  static int u16le(byte[] bytes, int at) {
    return u8(bytes, at + 1) << 8 | u8(bytes, at);
  }

  static int u24le(byte[] bytes, int at) {
    return u8(bytes, at + 2) << 16 | u16le(bytes, at);
  }

  static long u32be(byte[] bytes, int at) {
    return (long) u16be(bytes, at) << 16 | u16be(bytes, at + 2);
  }

  static long u32le(byte[] bytes, int at) {
    return (long) u16le(bytes, at + 2) << 16 | u16le(bytes, at);
  }
}
