package io.mobilenetspark.image;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Walks the marker segments of a JPEG (ITU-T T.81, annex B) without decoding: for what the frame
 * header claims, and to tell a cut-off file from a broken one.
 */
final class JpegMarkers {

  private static final int LOSSLESS_FRAME = 0xc3;
  static final int START_OF_SCAN = 0xda;
  static final int END_OF_IMAGE = 0xd9;
  private static final int APP1 = 0xe1;
  private static final byte[] EXIF = "Exif\0\0".getBytes(StandardCharsets.US_ASCII);

  private JpegMarkers() {}

  /** What the first frame header claims. */
  static ImageHeader header(byte[] bytes) throws RejectedImageException {
    int at = 2;
    while (true) {
      at = nextMarker(bytes, at);
      if (at < 0) {
        throw new RejectedImageException(
            ImageStatus.TRUNCATED,
            String.format(
                Locale.ROOT, "JPEG of %d bytes that ends before its frame header", bytes.length));
      }
      int marker = Bytes.u8(bytes, at + 1);
      if (marker == START_OF_SCAN || marker == END_OF_IMAGE) {
        throw new RejectedImageException(
            ImageStatus.CORRUPT, "JPEG without a frame header before its first scan or its end");
      }
      if (isFrameHeader(marker)) {
        return frameHeader(bytes, at, marker);
      }
      at = skipSegment(bytes, at, marker);
    }
  }

  private static ImageHeader frameHeader(byte[] bytes, int at, int marker)
      throws RejectedImageException {
    if (at + 10 > bytes.length) {
      throw new RejectedImageException(
          ImageStatus.TRUNCATED, "JPEG that ends within its frame header");
    }
    int bits = Bytes.u8(bytes, at + 4);
    checkVariant(marker, bits);
    // libjpeg, and so TensorFlow, reads neither lossless frames nor samples of more than 8 bits.
    ImageHeader.Decoder decoder =
        marker == LOSSLESS_FRAME || bits != 8
            ? ImageHeader.Decoder.IMAGE_IO
            : ImageHeader.Decoder.TENSORFLOW;
    int bytesPerPixel = Bytes.u8(bytes, at + 9) * 4;
    return new ImageHeader(
        ImageFormat.JPEG,
        Bytes.u16be(bytes, at + 7),
        Bytes.u16be(bytes, at + 5),
        1,
        decoder,
        bytesPerPixel);
  }

  /** Names the processes of T.81, table B.1, that no reader here knows. */
  private static void checkVariant(int marker, int bits) throws RejectedImageException {
    String variant =
        switch (marker) {
          case 0xc5, 0xc6, 0xc7, 0xcd, 0xce, 0xcf -> "hierarchical";
          case 0xcb -> "lossless, arithmetic-coded";
          case LOSSLESS_FRAME -> null;
          default -> bits == 8 ? null : bits + "-bit";
        };
    if (variant != null) {
      throw new RejectedImageException(
          ImageStatus.UNSUPPORTED_FORMAT,
          String.format(
              Locale.ROOT,
              "%s JPEG, which is not supported; save it with 8 bits a sample as a baseline JPEG, or as PNG",
              variant));
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

  /** The EXIF block, which begins as a TIFF file does, or null. */
  static byte @Nullable [] exif(byte[] bytes) {
    int at = nextMarker(bytes, 2);
    while (at >= 0) {
      int marker = Bytes.u8(bytes, at + 1);
      if (marker == START_OF_SCAN || marker == END_OF_IMAGE) {
        return null;
      }
      int end = skipSegment(bytes, at, marker);
      int from = at + 4 + EXIF.length;
      if (marker == APP1
          && from < Math.min(end, bytes.length)
          && Arrays.equals(bytes, at + 4, from, EXIF, 0, EXIF.length)) {
        return Arrays.copyOfRange(bytes, from, Math.min(end, bytes.length));
      }
      at = nextMarker(bytes, end);
    }
    return null;
  }

  /** The data of all segments of one application marker before the first scan. */
  static List<byte[]> applicationSegments(byte[] bytes, int marker) {
    List<byte[]> segments = new ArrayList<>();
    int at = nextMarker(bytes, 2);
    while (at >= 0 && at + 4 <= bytes.length) {
      int found = Bytes.u8(bytes, at + 1);
      if (found == START_OF_SCAN || found == END_OF_IMAGE) {
        break;
      }
      int end = skipSegment(bytes, at, found);
      if (found == marker && end <= bytes.length) {
        segments.add(Arrays.copyOfRange(bytes, at + 4, end));
      }
      at = nextMarker(bytes, end);
    }
    return segments;
  }

  /**
   * These bytes without what lies between the start of the image and its first marker. TensorFlow
   * tells a JPEG by three bytes, the third of which is that marker's.
   */
  static byte[] withoutLeadingGarbage(byte[] bytes) {
    int first = nextMarker(bytes, 2);
    if (first <= 2) {
      return bytes;
    }
    byte[] clean = new byte[bytes.length - first + 2];
    System.arraycopy(bytes, 0, clean, 0, 2);
    System.arraycopy(bytes, first, clean, 2, bytes.length - first);
    return clean;
  }

  /**
   * The position of the next marker's 0xff at or after a position, or -1. Passes over entropy-coded
   * data (where 0xff is followed by 0 or a restart marker), fill bytes and garbage.
   */
  private static int nextMarker(byte[] bytes, int from) {
    return nextMarker(bytes, from, bytes.length);
  }

  /** The same within the first {@code limit} bytes. */
  static int nextMarker(byte[] bytes, int from, int limit) {
    for (int at = from; at + 1 < limit; at++) {
      int code = Bytes.u8(bytes, at + 1);
      boolean isRestart = code >= 0xd0 && code <= 0xd7;
      if (Bytes.u8(bytes, at) == 0xff && code != 0 && code != 0xff && !isRestart) {
        return at;
      }
    }
    return -1;
  }

  static int skipSegment(byte[] bytes, int at, int marker) {
    boolean hasNoLength = marker == 0xd8 || marker == 0x01;
    if (hasNoLength || at + 4 > bytes.length) {
      return at + 2;
    }
    return at + 2 + Math.max(2, Bytes.u16be(bytes, at + 2));
  }

  /** SOF0 to SOF15, without DHT, JPG and DAC, which share their range. */
  static boolean isFrameHeader(int marker) {
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
  }
}
