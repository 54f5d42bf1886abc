package io.mobilenetspark.image;

import io.mobilenetspark.common.ImageSize;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Walks the RIFF chunks of a WebP (RFC 9649) without decoding. */
final class WebpChunks {

  private static final int FIRST_CHUNK = 12;
  private static final long LOSSY = fourCc("VP8 ");
  private static final long LOSSLESS = fourCc("VP8L");
  private static final long ALPHA = fourCc("ALPH");
  private static final long EXTENDED = fourCc("VP8X");
  private static final long ANIMATION_FRAME = fourCc("ANMF");
  private static final long EXIF = fourCc("EXIF");
  private static final long PROFILE = fourCc("ICCP");

  /** An animation frame's own header: offsets, size, duration, flags. */
  private static final int FRAME_HEADER = 16;

  /** ARGB from the decoder, and its row buffers. */
  private static final int HEAP_BYTES_PER_PIXEL = 8;

  private WebpChunks() {}

  static ImageHeader header(byte[] bytes) throws RejectedImageException {
    ImageHeader.require(bytes, 30, "WebP header");
    long width = 0;
    long height = 0;
    long frames = 0;
    for (long at = FIRST_CHUNK; at + 8 <= bytes.length; at = next(bytes, at)) {
      int chunk = (int) at;
      long type = Bytes.u32le(bytes, chunk);
      ImageSizeClaim claim = ImageSizeClaim.of(bytes, chunk);
      // The canvas and the frames each make a claim; the largest is what decoding may take.
      width = Math.max(width, claim.width);
      height = Math.max(height, claim.height);
      frames += type == ANIMATION_FRAME ? 1 : 0;
    }
    return new ImageHeader(
        ImageFormat.WEBP,
        width,
        height,
        Math.max(1, frames),
        ImageHeader.Decoder.IMAGE_IO,
        HEAP_BYTES_PER_PIXEL);
  }

  /** The size that a chunk claims; 0 x 0 for a chunk that claims none. */
  private record ImageSizeClaim(long width, long height) {

    static ImageSizeClaim of(byte[] bytes, int chunk) {
      long type = Bytes.u32le(bytes, chunk);
      int data = chunk + 8;
      if (type == LOSSY && data + 10 <= bytes.length) {
        return new ImageSizeClaim(
            Bytes.u16le(bytes, data + 6) & 0x3fff, Bytes.u16le(bytes, data + 8) & 0x3fff);
      } else if (type == LOSSLESS && data + 5 <= bytes.length) {
        long bits = Bytes.u32le(bytes, data + 1);
        return new ImageSizeClaim((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1);
      } else if (type == EXTENDED && data + 10 <= bytes.length) {
        return new ImageSizeClaim(
            Bytes.u24le(bytes, data + 4) + 1, Bytes.u24le(bytes, data + 7) + 1);
      } else if (type == ANIMATION_FRAME && data + FRAME_HEADER <= bytes.length) {
        return new ImageSizeClaim(
            Bytes.u24le(bytes, data + 6) + 1, Bytes.u24le(bytes, data + 9) + 1);
      }
      return new ImageSizeClaim(0, 0);
    }
  }

  /** Whether there may be lossy pixels; animation frames are not looked into. */
  static boolean isLossy(byte[] bytes) {
    return find(bytes, LOSSY) >= 0 || find(bytes, ANIMATION_FRAME) >= 0;
  }

  /** Whether there may be lossless pixels or an alpha channel, which is coded as they are. */
  static boolean hasLossless(byte[] bytes) {
    return find(bytes, LOSSLESS) >= 0
        || find(bytes, ALPHA) >= 0
        || find(bytes, ANIMATION_FRAME) >= 0;
  }

  static boolean reachesEnd(byte[] bytes) {
    return Bytes.u32le(bytes, 4) + 8 <= bytes.length;
  }

  /** The EXIF block, which begins as a TIFF file does, or null. */
  static byte @Nullable [] exif(byte[] bytes) {
    int at = find(bytes, EXIF);
    if (at < 0) {
      return null;
    }
    int end = (int) Math.min(bytes.length, at + 8 + Bytes.u32le(bytes, at + 4));
    byte[] block = Arrays.copyOfRange(bytes, at + 8, end);
    boolean hasJpegsPrefix = block.length > 6 && block[0] == 'E' && block[1] == 'x';
    return hasJpegsPrefix ? Arrays.copyOfRange(block, 6, block.length) : block;
  }

  /** The ICC profile, or null. */
  static byte @Nullable [] profile(byte[] bytes) {
    int at = find(bytes, PROFILE);
    return at < 0
        ? null
        : Arrays.copyOfRange(
            bytes, at + 8, (int) Math.min(bytes.length, at + 8 + Bytes.u32le(bytes, at + 4)));
  }

  /** An animation's first frame as a WebP file of its own, and its place on the canvas. */
  static final class FirstFrame {
    private final byte[] still;
    private final int x;
    private final int y;

    private FirstFrame(byte[] still, int x, int y) {
      this.still = still;
      this.x = x;
      this.y = y;
    }

    byte[] still() {
      return still;
    }

    int x() {
      return x;
    }

    int y() {
      return y;
    }
  }

  /** The first frame of an animation; null for a still image. */
  static @Nullable FirstFrame firstFrame(byte[] bytes) throws RejectedImageException {
    int at = find(bytes, ANIMATION_FRAME);
    if (at < 0) {
      return null;
    }
    int data = at + 8;
    long end = data + Bytes.u32le(bytes, at + 4);
    if (end > bytes.length || end < data + FRAME_HEADER) {
      throw new RejectedImageException(
          ImageStatus.TRUNCATED, "animated WebP that ends within its first frame");
    }
    ByteArrayOutputStream still = new ByteArrayOutputStream();
    int imageBytes = (int) end - data - FRAME_HEADER;
    ByteBuffer header = ByteBuffer.allocate(30).order(ByteOrder.LITTLE_ENDIAN);
    header.putInt((int) fourCc("RIFF")).putInt(22 + imageBytes).putInt((int) fourCc("WEBP"));
    header.putInt((int) EXTENDED).putInt(10);
    header.putInt(0x10); // may have alpha
    header.put(bytes, data + 6, 6); // its size, in the form that a canvas has
    still.writeBytes(header.array());
    still.write(bytes, data + FRAME_HEADER, imageBytes);
    return new FirstFrame(
        still.toByteArray(), 2 * Bytes.u24le(bytes, data), 2 * Bytes.u24le(bytes, data + 3));
  }

  /** The size of an animation's canvas. */
  static ImageSize canvas(byte[] bytes) throws RejectedImageException {
    int at = find(bytes, EXTENDED);
    if (at < 0 || at + 18 > bytes.length) {
      throw new RejectedImageException(ImageStatus.CORRUPT, "animated WebP without a canvas");
    }
    return new ImageSize(Bytes.u24le(bytes, at + 15) + 1, Bytes.u24le(bytes, at + 12) + 1);
  }

  private static int find(byte[] bytes, long type) {
    for (long at = FIRST_CHUNK; at + 8 <= bytes.length; at = next(bytes, at)) {
      if (Bytes.u32le(bytes, (int) at) == type) {
        return (int) at;
      }
    }
    return -1;
  }

  private static long next(byte[] bytes, long at) {
    long length = Bytes.u32le(bytes, (int) at + 4);
    return at + 8 + length + (length & 1);
  }

  private static long fourCc(String name) {
    return Bytes.u32le(name.getBytes(StandardCharsets.US_ASCII), 0);
  }
}
