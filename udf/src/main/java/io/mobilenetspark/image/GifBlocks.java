package io.mobilenetspark.image;

import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The blocks of a GIF (GIF 89a), walked without decoding.
 *
 * <p>TensorFlow draws the first frame on a black canvas whose sides are the longest of all frames
 * that giflib reads; the screen's own size plays no part.
 *
 * @param width width of the canvas; where there is no frame, of the screen
 * @param height height of the canvas; where there is no frame, of the screen
 * @param frames frames that begin in the file
 * @param first the first frame; null if there is no whole one
 */
record GifBlocks(int width, int height, int frames, @Nullable Frame first) {

  private static final int HEADER = 13;
  private static final int EXTENSION = 0x21;
  private static final int GRAPHIC_CONTROL = 0xf9;
  private static final int FRAME = 0x2c;
  private static final int TRAILER = 0x3b;

  /** A frame's descriptor: separator, left, top, width, height, flags. */
  private static final int DESCRIPTOR = 10;

  private static final int HAS_TABLE = 0x80;
  private static final int TABLE_OF_256 = 7;
  private static final int MAX_CODE_BITS = 8;

  /**
   * The first frame's place.
   *
   * @param at position of its descriptor
   * @param end position after its data
   * @param left column of the canvas at which it begins
   * @param top row of the canvas at which it begins
   * @param width its width
   * @param height its height
   * @param control position of the graphic control block that is valid for it, or -1
   */
  record Frame(int at, int end, int left, int top, int width, int height, int control) {

    /** Whether it covers a canvas, so that it needs no other. */
    boolean covers(int canvasWidth, int canvasHeight) {
      return left == 0 && top == 0 && width == canvasWidth && height == canvasHeight;
    }
  }

  static GifBlocks of(byte[] bytes) throws RejectedImageException {
    ImageHeader.require(bytes, HEADER, "GIF header");
    int width = 0;
    int height = 0;
    int frames = 0;
    Frame first = null;
    int control = -1;
    int at = HEADER + colorTable(Bytes.u8(bytes, 10));
    while (at + 1 < bytes.length) {
      int block = Bytes.u8(bytes, at);
      boolean isEmptyExtension = block == EXTENSION && at + 2 < bytes.length && bytes[at + 2] == 0;
      if (block == EXTENSION) {
        boolean isControl = Bytes.u8(bytes, at + 1) == GRAPHIC_CONTROL && !isEmptyExtension;
        if (isControl && control < 0 && first == null) {
          control = at;
        }
        at = skipSubBlocks(bytes, at + 2);
        if (isEmptyExtension && first != null) {
          at = skipSubBlocks(bytes, at); // giflib takes what follows for a part of the block
        }
      } else if (block == 0 && first == null) {
        at++; // padding, which all viewers pass over
      } else if (block == FRAME && at + DESCRIPTOR < bytes.length) {
        int frameWidth = Bytes.u16le(bytes, at + 5);
        int frameHeight = Bytes.u16le(bytes, at + 7);
        int data = at + DESCRIPTOR + colorTable(Bytes.u8(bytes, at + 9));
        int end = skipSubBlocks(bytes, data + 1);
        frames++;
        boolean isRead =
            end <= bytes.length
                && frameWidth > 0
                && frameHeight > 0
                && Bytes.u8(bytes, data) <= MAX_CODE_BITS;
        if (first == null) {
          first =
              end > bytes.length
                  ? null
                  : new Frame(
                      at,
                      end,
                      Bytes.u16le(bytes, at + 1),
                      Bytes.u16le(bytes, at + 3),
                      frameWidth,
                      frameHeight,
                      control);
        }
        if (isRead || frames == 1) {
          width = Math.max(width, frameWidth);
          height = Math.max(height, frameHeight);
        }
        if (!isRead) {
          break; // as giflib does
        }
        at = end;
      } else {
        break;
      }
    }
    return frames == 0
        ? new GifBlocks(Bytes.u16le(bytes, 6), Bytes.u16le(bytes, 8), 0, null)
        : new GifBlocks(width, height, frames, first);
  }

  ImageHeader header() {
    return new ImageHeader(
        ImageFormat.GIF, width, height, Math.max(1, frames), ImageHeader.Decoder.TENSORFLOW, 0);
  }

  /**
   * A GIF of the first frame alone, on a canvas of its own size: TensorFlow unpacks every frame,
   * also where the first is all that was asked for. Left out are comments and application blocks,
   * on which giflib stumbles where they are empty. A frame that has colors from nowhere gets the
   * grays, as in Pillow.
   */
  byte[] firstFrameOnly(byte[] bytes) {
    if (first == null) {
      return bytes; // for TensorFlow to say what is wrong
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(first.end - first.at + 1024);
    out.write(bytes, 0, HEADER + colorTable(Bytes.u8(bytes, 10)));
    if (first.control >= 0) {
      int end = skipSubBlocks(bytes, first.control + 2);
      out.write(bytes, first.control, end - first.control);
    }
    int flags = Bytes.u8(bytes, first.at + 9);
    out.write(FRAME);
    out.writeBytes(new byte[4]); // left and top, which the caller applies
    out.write(bytes, first.at + 5, 4);
    boolean hasColors = ((flags | Bytes.u8(bytes, 10)) & HAS_TABLE) != 0;
    if (hasColors) {
      out.write(flags);
    } else {
      out.write((flags & ~TABLE_OF_256) | HAS_TABLE | TABLE_OF_256);
      for (int gray = 0; gray < 256; gray++) {
        out.write(gray);
        out.write(gray);
        out.write(gray);
      }
    }
    int data = first.at + DESCRIPTOR;
    out.write(bytes, data, first.end - data);
    out.write(TRAILER);
    return out.toByteArray();
  }

  static boolean reachesEnd(byte[] bytes) {
    int last = bytes.length - 1;
    while (last > 0 && bytes[last] == 0) {
      last--; // writers pad behind the trailer
    }
    return bytes[last] == TRAILER;
  }

  private static int colorTable(int flags) {
    return (flags & HAS_TABLE) == 0 ? 0 : 3 << ((flags & 7) + 1);
  }

  private static int skipSubBlocks(byte[] bytes, int from) {
    int at = from;
    while (at < bytes.length && bytes[at] != 0) {
      at += 1 + Bytes.u8(bytes, at);
    }
    return at + 1;
  }

  /** Sub-blocks of extensions before the first frame; a decoder may keep each on its own. */
  static int extensionSubBlocks(byte[] bytes) {
    int count = 0;
    int at = 13 + colorTable(Bytes.u8(bytes, 10));
    while (at < bytes.length && (Bytes.u8(bytes, at) == EXTENSION || bytes[at] == 0)) {
      if (bytes[at] == 0) {
        at++;
        continue;
      }
      for (at += 2; at < bytes.length && bytes[at] != 0; at += 1 + Bytes.u8(bytes, at)) {
        count++;
      }
      at++;
    }
    return count;
  }
}
