package io.mobilenetspark.image;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/** Finds the bytes of an image's ICC profile. */
final class EmbeddedProfile {

  private static final byte[] JPEG_NAME = "ICC_PROFILE\0".getBytes(StandardCharsets.US_ASCII);
  private static final int PSD_RESOURCE = 1039;
  private static final int BMP_V5_HEADER = 124;
  private static final long BMP_EMBEDDED = 0x4d424544L;

  private EmbeddedProfile() {}

  /**
   * The profile, or null.
   *
   * @param max the most bytes that are put together or inflated
   */
  static byte @Nullable [] of(ImageFormat format, byte[] bytes, int max) {
    return switch (format) {
      case JPEG -> ofJpeg(bytes, max);
      case PNG -> ofPng(bytes, max);
      case WEBP -> WebpChunks.profile(bytes);
      case TIFF -> ofTiff(bytes);
      case PSD -> ofPsd(bytes);
      case BMP -> ofBmp(bytes);
      case GIF, PNM, ICO, TGA, PIXELS -> null;
    };
  }

  /** APP2 segments, each with its number and how many there are (ICC.1, B.4). */
  private static byte @Nullable [] ofJpeg(byte[] bytes, int max) {
    byte[][] parts = new byte[256][];
    int count = 0;
    int length = 0;
    for (byte[] segment : JpegMarkers.applicationSegments(bytes, 0xe2)) {
      int header = JPEG_NAME.length + 2;
      if (segment.length > header
          && Arrays.equals(segment, 0, JPEG_NAME.length, JPEG_NAME, 0, JPEG_NAME.length)) {
        int number = Bytes.u8(segment, JPEG_NAME.length);
        count = Bytes.u8(segment, JPEG_NAME.length + 1);
        length += segment.length - header;
        if (parts[number] != null || length > max) {
          return null;
        }
        parts[number] = Arrays.copyOfRange(segment, header, segment.length);
      }
    }
    ByteArrayOutputStream profile = new ByteArrayOutputStream(length);
    for (int number = 1; number <= count; number++) {
      if (parts[number] == null) {
        return null;
      }
      profile.writeBytes(parts[number]);
    }
    return count == 0 ? null : profile.toByteArray();
  }

  /** A name, its end, the method 0, and a zlib stream. */
  private static byte @Nullable [] ofPng(byte[] bytes, int max) {
    byte[] chunk = PngChunks.data(bytes, PngChunks.PROFILE);
    int name = 0;
    while (chunk != null && name < chunk.length && chunk[name] != 0) {
      name++;
    }
    return chunk == null || name + 2 >= chunk.length ? null : inflated(chunk, name + 2, max);
  }

  private static byte @Nullable [] inflated(byte[] data, int from, int max) {
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(data, from, data.length - from);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      byte[] buffer = new byte[1 << 13];
      while (!inflater.finished() && out.size() <= max) {
        int length = inflater.inflate(buffer);
        if (length == 0) {
          break;
        }
        out.write(buffer, 0, length);
      }
      return out.toByteArray();
    } catch (DataFormatException e) {
      return null;
    } finally {
      inflater.end();
    }
  }

  private static byte @Nullable [] ofTiff(byte[] bytes) {
    try {
      return TiffDirectory.read(bytes).profile();
    } catch (RejectedImageException e) {
      return null;
    }
  }

  /** Image resources: "8BIM", number, padded name, length, padded data. */
  private static byte @Nullable [] ofPsd(byte[] bytes) {
    if (bytes.length < 34) {
      return null;
    }
    long at = 30 + Bytes.u32be(bytes, 26);
    if (at + 4 > bytes.length) {
      return null;
    }
    long end = Math.min(bytes.length, at + 4 + Bytes.u32be(bytes, (int) at));
    at += 4;
    while (at + 12 <= end) {
      int resource = (int) at;
      int name = (Bytes.u8(bytes, resource + 6) + 2) / 2 * 2;
      long data = at + 6 + name + 4;
      if (data > end) {
        return null;
      }
      long length = Bytes.u32be(bytes, (int) data - 4);
      if (Bytes.u16be(bytes, resource + 4) == PSD_RESOURCE) {
        return Arrays.copyOfRange(bytes, (int) data, (int) Math.min(end, data + length));
      }
      at = data + length + (length & 1);
    }
    return null;
  }

  private static byte @Nullable [] ofBmp(byte[] bytes) {
    if (bytes.length < 14 + BMP_V5_HEADER
        || Bytes.u32le(bytes, 14) != BMP_V5_HEADER
        || Bytes.u32le(bytes, 14 + 56) != BMP_EMBEDDED) {
      return null;
    }
    long from = 14 + Bytes.u32le(bytes, 14 + 112);
    long to = Math.min(bytes.length, from + Bytes.u32le(bytes, 14 + 116));
    return from >= to ? null : Arrays.copyOfRange(bytes, (int) from, (int) to);
  }
}
