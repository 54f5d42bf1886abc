package io.mobilenetspark.image;

import io.mobilenetspark.image.ImageHeader.MalformedHeaderException;

/**
 * Walks the marker segments of a JPEG (ITU-T T.81, annex B) without decoding: for the size that the
 * frame header claims, and to tell a cut-off file from a broken one.
 */
final class JpegMarkers {

  private static final int START_OF_SCAN = 0xda;
  private static final int END_OF_IMAGE = 0xd9;

  private JpegMarkers() {}

  /** The size in the first frame header. */
  static ImageHeader header(byte[] bytes) throws MalformedHeaderException {
    int at = 2;
    while (true) {
      at = nextMarker(bytes, at);
      if (at < 0) {
        throw new MalformedHeaderException(
            ImageStatus.TRUNCATED,
            "JPEG of %d bytes that ends before its frame header".formatted(bytes.length));
      }
      int marker = Bytes.u8(bytes, at + 1);
      if (marker == START_OF_SCAN || marker == END_OF_IMAGE) {
        throw new MalformedHeaderException(
            ImageStatus.CORRUPT, "JPEG without a frame header before its first scan or its end");
      }
      if (isFrameHeader(marker)) {
        if (at + 9 > bytes.length) {
          throw new MalformedHeaderException(
              ImageStatus.TRUNCATED, "JPEG that ends within its frame header");
        }
        return new ImageHeader(
            ImageFormat.JPEG, Bytes.u16be(bytes, at + 7), Bytes.u16be(bytes, at + 5));
      }
      at = skipSegment(bytes, at, marker);
    }
  }

  /** Whether an end-of-image marker follows the last scan. */
  static boolean reachesEnd(byte[] bytes) {
    int at = 2;
    while (true) {
      at = nextMarker(bytes, at);
      if (at < 0) {
        return false;
      }
      int marker = Bytes.u8(bytes, at + 1);
      if (marker == END_OF_IMAGE) {
        return true;
      }
      at = skipSegment(bytes, at, marker);
    }
  }

  /**
   * The position of the next marker's 0xff at or after a position, or -1. Passes over entropy-coded
   * data (where 0xff is followed by 0 or a restart marker), fill bytes and garbage.
   */
  private static int nextMarker(byte[] bytes, int from) {
    for (int at = from; at + 1 < bytes.length; at++) {
      int code = Bytes.u8(bytes, at + 1);
      boolean isRestart = code >= 0xd0 && code <= 0xd7;
      if (Bytes.u8(bytes, at) == 0xff && code != 0 && code != 0xff && !isRestart) {
        return at;
      }
    }
    return -1;
  }

  private static int skipSegment(byte[] bytes, int at, int marker) {
    boolean hasNoLength = marker == 0xd8 || marker == 0x01;
    if (hasNoLength || at + 4 > bytes.length) {
      return at + 2;
    }
    return at + 2 + Math.max(2, Bytes.u16be(bytes, at + 2));
  }

  /** SOF0 to SOF15, without DHT, JPG and DAC, which share their range. */
  private static boolean isFrameHeader(int marker) {
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
  }
}
