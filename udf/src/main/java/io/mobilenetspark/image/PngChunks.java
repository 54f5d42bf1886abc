package io.mobilenetspark.image;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Walks the chunks of a PNG (ISO/IEC 15948) without inflating anything. */
final class PngChunks {

  static final long IEND = 0x49454e44L;
  private static final long IDAT = 0x49444154L;
  private static final long IHDR = 0x49484452L;
  private static final long EXIF = 0x65584966L;
  private static final long FRAME_CONTROL = 0x6663544cL;
  static final long PROFILE = 0x69434350L;
  private static final long COMPRESSED_TEXT = 0x7a545874L;
  private static final long INTERNATIONAL_TEXT = 0x69545874L;

  private static final int SIGNATURE = 8;

  private PngChunks() {}

  /** PNG 11.2.2: the IHDR chunk is the first. */
  static ImageHeader header(byte[] bytes) throws RejectedImageException {
    ImageHeader.require(bytes, 26, "PNG header");
    if (type(bytes, SIGNATURE) != IHDR) {
      throw new RejectedImageException(ImageStatus.CORRUPT, "PNG whose first chunk is not IHDR");
    }
    // Counted, not claimed: the still is no worse for an animation header that lies.
    long frames = count(bytes, FRAME_CONTROL);
    return new ImageHeader(
        ImageFormat.PNG,
        Bytes.u32be(bytes, 16),
        Bytes.u32be(bytes, 20),
        Math.max(1, frames),
        ImageHeader.Decoder.TENSORFLOW,
        0);
  }

  /** Takes the content of a chunk. */
  interface Content {
    void take(int from, int length);
  }

  /** Passes the content of each chunk of a type, as far as it lies within the file. */
  static void each(byte[] bytes, long type, Content content) {
    for (long at = SIGNATURE; at + 12 <= bytes.length; at += 12 + Bytes.u32be(bytes, (int) at)) {
      if (type(bytes, (int) at) == type) {
        long length = Math.min(Bytes.u32be(bytes, (int) at), bytes.length - at - 8);
        content.take((int) at + 8, (int) length);
      }
    }
  }

  /** The position of the first chunk of a type (of its length field), or -1. */
  static int find(byte[] bytes, long type) {
    long at = SIGNATURE;
    while (at + 12 <= bytes.length) {
      if (type(bytes, (int) at) == type) {
        return (int) at;
      }
      at += 12 + Bytes.u32be(bytes, (int) at);
    }
    return -1;
  }

  /** How many chunks there are, of any type. */
  static long count(byte[] bytes) {
    long count = 0;
    for (long at = SIGNATURE; at + 12 <= bytes.length; at += 12 + Bytes.u32be(bytes, (int) at)) {
      count++;
    }
    return count;
  }

  private static int count(byte[] bytes, long type) {
    int count = 0;
    for (long at = SIGNATURE; at + 12 <= bytes.length; at += 12 + Bytes.u32be(bytes, (int) at)) {
      count += type(bytes, (int) at) == type ? 1 : 0;
    }
    return count;
  }

  /** The EXIF block, which begins as a TIFF file does, or null. */
  static byte @Nullable [] exif(byte[] bytes) {
    return data(bytes, EXIF);
  }

  /** The data of the first chunk of a type, or null. */
  static byte @Nullable [] data(byte[] bytes, long type) {
    int at = find(bytes, type);
    if (at < 0) {
      return null;
    }
    long end = Math.min(bytes.length, at + 8 + Bytes.u32be(bytes, at));
    return Arrays.copyOfRange(bytes, at + 8, (int) end);
  }

  /**
   * These bytes without color profiles and compressed texts: a few kilobytes of them inflate to
   * gigabytes, and none of them changes a pixel here. Nor do they have a chunk that claims more
   * than follows.
   */
  static byte[] withoutInflatables(byte[] whole) {
    byte[] bytes = withoutFalseClaim(whole);
    boolean hasAny =
        find(bytes, PROFILE) >= 0
            || find(bytes, COMPRESSED_TEXT) >= 0
            || find(bytes, INTERNATIONAL_TEXT) >= 0;
    if (!hasAny) {
      return bytes;
    }
    ByteArrayOutputStream kept = new ByteArrayOutputStream(bytes.length);
    kept.write(bytes, 0, SIGNATURE);
    long at = SIGNATURE;
    while (at + 12 <= bytes.length) {
      long next = Math.min(bytes.length, at + 12 + Bytes.u32be(bytes, (int) at));
      long type = type(bytes, (int) at);
      if (type != PROFILE && type != COMPRESSED_TEXT && type != INTERNATIONAL_TEXT) {
        kept.write(bytes, (int) at, (int) (next - at));
      }
      at = next;
    }
    kept.write(bytes, (int) at, (int) (bytes.length - at));
    return kept.toByteArray();
  }

  /**
   * These bytes up to the chunk that claims more than follows: libpng takes and clears as much
   * memory as a chunk claims, up to 2 GiB, before it finds that the file ends. It reads only IDAT
   * piece by piece.
   */
  private static byte[] withoutFalseClaim(byte[] bytes) {
    long at = SIGNATURE;
    while (at + 8 <= bytes.length && type(bytes, (int) at) != IEND) {
      long length = Bytes.u32be(bytes, (int) at);
      if (length > bytes.length - at - 8 && type(bytes, (int) at) != IDAT) {
        return Arrays.copyOf(bytes, (int) at);
      }
      at += 12 + length;
    }
    return bytes;
  }

  private static long type(byte[] bytes, int chunk) {
    return Bytes.u32be(bytes, chunk + 4);
  }
}
