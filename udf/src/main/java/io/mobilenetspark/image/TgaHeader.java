package io.mobilenetspark.image;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The header of a TGA (Truevision, version 2.0). The format has no magic bytes: a file is one if it
 * ends with the footer of version 2, or if every field of its header holds what writers put there,
 * which by chance is true of one file in ten million.
 */
final class TgaHeader {

  private static final int HEADER = 18;
  private static final byte[] FOOTER = "TRUEVISION-XFILE.\0".getBytes(StandardCharsets.US_ASCII);

  /** The signature and two offsets. */
  private static final int FOOTER_BYTES = 26;

  private static final int MAPPED = 1;
  private static final int COLORS = 2;
  private static final int GRAY = 3;
  private static final int RUN_LENGTHS = 8;

  private TgaHeader() {}

  static boolean isTga(byte[] bytes) {
    return bytes.length >= HEADER && (hasFooter(bytes) || isPlausible(bytes));
  }

  private static boolean hasFooter(byte[] bytes) {
    int from = bytes.length - FOOTER.length;
    return from >= HEADER && Arrays.equals(bytes, from, bytes.length, FOOTER, 0, FOOTER.length);
  }

  private static boolean isPlausible(byte[] bytes) {
    int mapType = Bytes.u8(bytes, 1);
    int type = Bytes.u8(bytes, 2);
    int mapStart = Bytes.u16le(bytes, 3);
    int mapLength = Bytes.u16le(bytes, 5);
    int mapBits = Bytes.u8(bytes, 7);
    int bits = Bytes.u8(bytes, 16);
    int alphaBits = Bytes.u8(bytes, 17) & 0xf;
    boolean isInterleaved = (Bytes.u8(bytes, 17) & 0xc0) != 0;
    boolean hasSize = Bytes.u16le(bytes, 12) > 0 && Bytes.u16le(bytes, 14) > 0;
    boolean hasMap =
        mapType == 1 && mapStart + mapLength > 0 && mapLength <= 256 && isColorDepth(mapBits);
    boolean hasNoMap = mapType == 0 && mapStart == 0 && mapLength == 0;
    boolean isKnown =
        switch (type & ~RUN_LENGTHS) {
          case MAPPED -> hasMap && bits == 8;
          case COLORS -> (hasNoMap || hasMap) && isColorDepth(bits);
          case GRAY -> hasNoMap && (bits == 8 || bits == 16);
          default -> false;
        };
    return isKnown && hasSize && alphaBits <= 8 && !isInterleaved;
  }

  private static boolean isColorDepth(int bits) {
    return bits == 15 || bits == 16 || bits == 24 || bits == 32;
  }

  static ImageHeader header(byte[] bytes) {
    return new ImageHeader(
        ImageFormat.TGA,
        Bytes.u16le(bytes, 12),
        Bytes.u16le(bytes, 14),
        1,
        ImageHeader.Decoder.IMAGE_IO,
        8);
  }

  /** Packets of run lengths, each of which costs the reader more than its pixels. */
  static long packets(byte[] bytes) {
    if ((Bytes.u8(bytes, 2) & RUN_LENGTHS) == 0) {
      return 0;
    }
    int pixelBytes = (Bytes.u8(bytes, 16) + 7) / 8;
    int mapBytes = Bytes.u16le(bytes, 5) * ((Bytes.u8(bytes, 7) + 7) / 8);
    long pixels = (long) Bytes.u16le(bytes, 12) * Bytes.u16le(bytes, 14);
    long packets = 0;
    long at = HEADER + (long) Bytes.u8(bytes, 0) + mapBytes;
    while (at < bytes.length && pixels > 0) {
      int packet = Bytes.u8(bytes, (int) at);
      int length = (packet & 0x7f) + 1;
      at += 1 + (packet < 0x80 ? length : 1) * pixelBytes;
      pixels -= length;
      packets++;
    }
    return packets;
  }

  /**
   * These bytes with the colors of a 15-bit or 16-bit palette in 24 bits: the reader takes five
   * bits for the high ones of eight, and white for a gray of 248.
   */
  static byte[] withWholePalette(byte[] bytes) {
    int mapBits = Bytes.u8(bytes, 7);
    int colors = Bytes.u16le(bytes, 5);
    int map = HEADER + Bytes.u8(bytes, 0);
    int pixels = map + 2 * colors;
    if (Bytes.u8(bytes, 1) != 1 || (mapBits != 15 && mapBits != 16) || pixels > bytes.length) {
      return bytes;
    }
    // The footer points to places in the file, which move.
    int end = hasFooter(bytes) ? bytes.length - FOOTER_BYTES : bytes.length;
    ByteBuffer whole = ByteBuffer.allocate(Math.max(pixels, end) + colors);
    whole.put(bytes, 0, map).put(7, (byte) 24);
    for (int at = map; at < pixels; at += 2) {
      int color = Bytes.u16le(bytes, at);
      for (int shift = 0; shift <= 10; shift += 5) {
        whole.put((byte) (((color >> shift & 31) * 255 + 15) / 31));
      }
    }
    return whole.put(bytes, pixels, Math.max(0, end - pixels)).array();
  }

  /** Of files whose length is known beforehand; of others, whether the footer is there. */
  static boolean reachesEnd(byte[] bytes) {
    if ((Bytes.u8(bytes, 2) & RUN_LENGTHS) != 0) {
      return hasFooter(bytes);
    }
    long map = (long) Bytes.u16le(bytes, 5) * ((Bytes.u8(bytes, 7) + 7) / 8);
    long pixels = (long) Bytes.u16le(bytes, 12) * Bytes.u16le(bytes, 14);
    return HEADER + Bytes.u8(bytes, 0) + map + pixels * ((Bytes.u8(bytes, 16) + 7) / 8)
        <= bytes.length;
  }
}
