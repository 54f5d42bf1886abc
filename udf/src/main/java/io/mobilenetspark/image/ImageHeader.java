package io.mobilenetspark.image;

/**
 * What the first bytes of an image file claim. Only claims: nothing has been decoded.
 *
 * @param format the format
 * @param width width in pixels, as claimed
 * @param height height in pixels, as claimed
 */
record ImageHeader(ImageFormat format, long width, long height) {

  /** Thrown inside this package for a header that can't be read; never leaves it. */
  static final class MalformedHeaderException extends Exception {
    private final ImageStatus status;

    MalformedHeaderException(ImageStatus status, String message) {
      super(message);
      this.status = status;
    }

    ImageStatus status() {
      return status;
    }
  }

  /** Reads the header of a format that {@link ImageFormat#isDecodable()}. */
  static ImageHeader read(ImageFormat format, byte[] bytes) throws MalformedHeaderException {
    return switch (format) {
      case JPEG -> JpegMarkers.header(bytes);
      case PNG -> png(bytes);
      case GIF -> gif(bytes);
      case BMP -> bmp(bytes);
      case WEBP, TIFF, PIXELS -> throw new IllegalArgumentException("no header reader: " + format);
    };
  }

  /**
   * Whether the file has its end: the reason behind a decoder's refusal of a file without one is
   * that it was cut off.
   */
  static boolean isComplete(ImageFormat format, byte[] bytes) {
    return switch (format) {
      case JPEG -> JpegMarkers.reachesEnd(bytes);
      case PNG -> pngReachesEnd(bytes);
      case GIF -> gifReachesEnd(bytes);
      case BMP -> bmpReachesEnd(bytes);
      case WEBP, TIFF, PIXELS -> true;
    };
  }

  /** PNG 1.2, 11.2.2: the IHDR chunk is the first. */
  private static ImageHeader png(byte[] bytes) throws MalformedHeaderException {
    require(bytes, 24, "PNG header");
    if (Bytes.u32be(bytes, 12) != 0x49484452L) {
      throw new MalformedHeaderException(ImageStatus.CORRUPT, "PNG whose first chunk is not IHDR");
    }
    return new ImageHeader(ImageFormat.PNG, Bytes.u32be(bytes, 16), Bytes.u32be(bytes, 20));
  }

  private static boolean pngReachesEnd(byte[] bytes) {
    long position = 8;
    while (position + 12 <= bytes.length) {
      int at = (int) position;
      if (Bytes.u32be(bytes, at + 4) == 0x49454e44L) {
        return true;
      }
      position += 12 + Bytes.u32be(bytes, at);
    }
    return false;
  }

  /** GIF 89a, 18: the logical screen's size. */
  private static ImageHeader gif(byte[] bytes) throws MalformedHeaderException {
    require(bytes, 13, "GIF header");
    return new ImageHeader(ImageFormat.GIF, Bytes.u16le(bytes, 6), Bytes.u16le(bytes, 8));
  }

  private static boolean gifReachesEnd(byte[] bytes) {
    int last = bytes.length - 1;
    while (last > 0 && bytes[last] == 0) {
      last--; // writers pad behind the trailer
    }
    return bytes[last] == 0x3b;
  }

  /** BITMAPINFOHEADER: signed sizes; a negative height means rows from the top. */
  private static ImageHeader bmp(byte[] bytes) throws MalformedHeaderException {
    require(bytes, 30, "BMP header");
    long headerSize = Bytes.u32le(bytes, 14);
    if (headerSize == 12) { // OS/2's BITMAPCOREHEADER
      return new ImageHeader(ImageFormat.BMP, Bytes.u16le(bytes, 18), Bytes.u16le(bytes, 20));
    }
    long width = (int) Bytes.u32le(bytes, 18);
    long height = (int) Bytes.u32le(bytes, 22);
    return new ImageHeader(ImageFormat.BMP, width, Math.abs(height));
  }

  private static boolean bmpReachesEnd(byte[] bytes) {
    long dataOffset = Bytes.u32le(bytes, 10);
    boolean isCompressed = Bytes.u32le(bytes, 14) != 12 && Bytes.u32le(bytes, 30) != 0;
    if (isCompressed) {
      return Bytes.u32le(bytes, 2) <= bytes.length;
    }
    long width = (int) Bytes.u32le(bytes, 18);
    long height = Math.abs((long) (int) Bytes.u32le(bytes, 22));
    long bytesPerRow = (width * Bytes.u16le(bytes, 28) + 31) / 32 * 4;
    return dataOffset + bytesPerRow * height <= bytes.length;
  }

  private static void require(byte[] bytes, int length, String what)
      throws MalformedHeaderException {
    if (bytes.length < length) {
      throw new MalformedHeaderException(
          ImageStatus.TRUNCATED,
          "%s needs %d bytes, the image has %d".formatted(what, length, bytes.length));
    }
  }
}
