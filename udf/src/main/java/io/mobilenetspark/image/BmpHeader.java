package io.mobilenetspark.image;

import java.util.Arrays;
import java.util.Locale;

/** The headers of a BMP: the file's, then one of five kinds of bitmap headers. */
final class BmpHeader {

  /** BITMAPCOREHEADER, of OS/2: the only one with sizes of 16 bits. */
  private static final int CORE_HEADER = 12;

  private static final int UNCOMPRESSED = 0;
  private static final int EMBEDDED_JPEG = 4;
  private static final int EMBEDDED_PNG = 5;

  private BmpHeader() {}

  static ImageHeader header(byte[] bytes) throws RejectedImageException {
    ImageHeader.require(bytes, 26, "BMP header");
    if (isCore(bytes)) {
      return new ImageHeader(
          ImageFormat.BMP,
          Bytes.u16le(bytes, 18),
          Bytes.u16le(bytes, 20),
          1,
          ImageHeader.Decoder.IMAGE_IO,
          4);
    }
    ImageHeader.require(bytes, 34, "BMP header");
    int bits = Bytes.u16le(bytes, 28);
    long compression = Bytes.u32le(bytes, 30);
    if (compression == EMBEDDED_JPEG || compression == EMBEDDED_PNG) {
      // Printers' formats: another image hides in there, behind sizes that nobody has checked.
      throw new RejectedImageException(
          ImageStatus.UNSUPPORTED_FORMAT,
          String.format(
              Locale.ROOT, "BMP that wraps a %s", compression == EMBEDDED_JPEG ? "JPEG" : "PNG"));
    }
    // TensorFlow reads palettes as shades of gray and passes over bit masks and compression.
    ImageHeader.Decoder decoder =
        bits == 24 && compression == UNCOMPRESSED
            ? ImageHeader.Decoder.TENSORFLOW
            : ImageHeader.Decoder.IMAGE_IO;
    // A negative height means rows from the top.
    return new ImageHeader(ImageFormat.BMP, width(bytes), Math.abs(height(bytes)), 1, decoder, 4);
  }

  static boolean reachesEnd(byte[] bytes) {
    boolean hasOwnLength = isCore(bytes) || Bytes.u32le(bytes, 30) != UNCOMPRESSED;
    return hasOwnLength ? Bytes.u32le(bytes, 2) <= bytes.length : pixelsEnd(bytes) <= bytes.length;
  }

  /**
   * These bytes up to the last pixel. TensorFlow refuses a file with anything behind it: a color
   * profile, an editor's notes, or padding.
   */
  static byte[] withoutTrailer(byte[] bytes) {
    long end = pixelsEnd(bytes);
    return end < bytes.length ? Arrays.copyOf(bytes, (int) end) : bytes;
  }

  /** The position after the last row of an uncompressed bitmap. */
  private static long pixelsEnd(byte[] bytes) {
    long dataOffset = Bytes.u32le(bytes, 10);
    long bytesPerRow = (width(bytes) * Bytes.u16le(bytes, 28) + 31) / 32 * 4;
    return dataOffset + bytesPerRow * Math.abs(height(bytes));
  }

  private static boolean isCore(byte[] bytes) {
    return Bytes.u32le(bytes, 14) == CORE_HEADER;
  }

  private static long width(byte[] bytes) {
    return (int) Bytes.u32le(bytes, 18);
  }

  private static long height(byte[] bytes) {
    return (int) Bytes.u32le(bytes, 22);
  }
}
