package io.mobilenetspark.image;

import java.io.ByteArrayOutputStream;
import java.util.Random;

/**
 * Makes JPEGs that ask for much work with few bytes: markers by hand, entropy-coded data or none.
 */
final class JpegBombs {

  static final int BASELINE = 0xc0;
  static final int EXTENDED = 0xc1;
  static final int PROGRESSIVE = 0xc2;
  static final int LOSSLESS = 0xc3;
  static final int ARITHMETIC = 0xc9;
  static final int ARITHMETIC_PROGRESSIVE = 0xca;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final int components;

  /**
   * @param frame the second byte of the frame header's marker
   * @param sampling of the first component, both ways: 1 for 4:4:4, 2 for 4:2:0
   */
  JpegBombs(int frame, int width, int height, int components, int sampling) {
    this.components = components;
    bytes(0xff, 0xd8);
    bytes(0xff, 0xdb, 0, 67, 0);
    for (int i = 0; i < 64; i++) {
      out.write(1);
    }
    bytes(0xff, frame, 0, 8 + 3 * components, 8);
    u16(height);
    u16(width);
    out.write(components);
    for (int i = 1; i <= components; i++) {
      bytes(i, i == 1 ? 0x11 * sampling : 0x11, 0);
    }
  }

  /** Codes of one bit for "no difference" and "end of block", more for the rest. */
  JpegBombs sparseTables() {
    table(0x00, 0, 1);
    return table(0x10, 0x00, 0x01, 0xe0);
  }

  /** A code of one bit for a coefficient of 1 or -1 and no zeros before it. */
  JpegBombs denseTables() {
    table(0x00, 1, 0);
    return table(0x10, 0x01, 0x00);
  }

  /** A Huffman table of codes of 1, 2, 3... bits. */
  JpegBombs table(int id, int... symbols) {
    bytes(0xff, 0xc4);
    u16(19 + symbols.length);
    out.write(id);
    for (int i = 0; i < 16; i++) {
      out.write(i < symbols.length ? 1 : 0);
    }
    return bytes(symbols);
  }

  /** A Huffman table of one code, of 16 zero bits. */
  JpegBombs longCode(int id, int symbol) {
    bytes(0xff, 0xc4, 0, 20, id);
    for (int i = 1; i <= 16; i++) {
      out.write(i == 16 ? 1 : 0);
    }
    return bytes(symbol);
  }

  /** A scan of all components. */
  JpegBombs scan(int from, int to, int approximation, byte... data) {
    int[] all = new int[components];
    for (int i = 0; i < components; i++) {
      all[i] = i + 1;
    }
    return scan(all, from, to, approximation, data);
  }

  /** A scan of one component. */
  JpegBombs scanOf(int component, int from, int to, int approximation, byte... data) {
    return scan(new int[] {component}, from, to, approximation, data);
  }

  private JpegBombs scan(int[] of, int from, int to, int approximation, byte... data) {
    bytes(0xff, 0xda);
    u16(6 + 2 * of.length);
    out.write(of.length);
    for (int component : of) {
      bytes(component, 0);
    }
    bytes(from, to, approximation);
    out.writeBytes(data);
    return this;
  }

  JpegBombs bytes(int... values) {
    for (int value : values) {
      out.write(value);
    }
    return this;
  }

  private void u16(int value) {
    bytes(value >> 8, value & 0xff);
  }

  byte[] end() {
    bytes(0xff, 0xd9);
    return out.toByteArray();
  }

  /** Bits that are valid data of any table; no marker among them. */
  static byte[] noise(int length, long seed) {
    byte[] data = new byte[length];
    new Random(seed).nextBytes(data);
    for (int i = 0; i < length; i++) {
      if (data[i] == -1) {
        data[i] = 0x7e;
      }
    }
    return data;
  }
}
