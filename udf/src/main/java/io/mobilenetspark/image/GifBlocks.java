package io.mobilenetspark.image;

import java.util.Arrays;

/**
 * The blocks of a GIF (GIF 89a), walked without decoding.
 *
 * @param width the larger of the screen's and the first frame's width
 * @param height the larger of the screen's and the first frame's height
 * @param frames frames that begin in the file
 * @param firstFrameEnd position after the first frame, or -1 if there is no whole frame
 */
record GifBlocks(int width, int height, int frames, int firstFrameEnd) {

  private static final int EXTENSION = 0x21;
  private static final int FRAME = 0x2c;
  private static final int TRAILER = 0x3b;

  static GifBlocks of(byte[] bytes) throws RejectedImageException {
    ImageHeader.require(bytes, 13, "GIF header");
    int width = Bytes.u16le(bytes, 6);
    int height = Bytes.u16le(bytes, 8);
    int frames = 0;
    int firstFrameEnd = -1;
    int at = 13 + colorTable(Bytes.u8(bytes, 10));
    while (at < bytes.length) {
      int block = Bytes.u8(bytes, at);
      if (block == EXTENSION) {
        at = skipSubBlocks(bytes, at + 2);
      } else if (block == FRAME && at + 10 <= bytes.length) {
        if (++frames == 1) {
          // A frame may be larger than the screen, and it is the frame that takes the memory.
          width = Math.max(width, Bytes.u16le(bytes, at + 5));
          height = Math.max(height, Bytes.u16le(bytes, at + 7));
        }
        at = skipSubBlocks(bytes, at + 11 + colorTable(Bytes.u8(bytes, at + 9)));
        if (frames == 1 && at <= bytes.length) {
          firstFrameEnd = at;
        }
      } else {
        break;
      }
    }
    return new GifBlocks(width, height, frames, firstFrameEnd);
  }

  ImageHeader header() {
    return new ImageHeader(
        ImageFormat.GIF, width, height, Math.max(1, frames), ImageHeader.Decoder.TENSORFLOW, 0);
  }

  /**
   * The file up to the end of its first frame. TensorFlow unpacks every frame, also where the first
   * is all that was asked for.
   */
  byte[] firstFrameOnly(byte[] bytes) {
    if (frames < 2 || firstFrameEnd < 0) {
      return bytes;
    }
    byte[] first = Arrays.copyOf(bytes, firstFrameEnd + 1);
    first[firstFrameEnd] = TRAILER;
    return first;
  }

  static boolean reachesEnd(byte[] bytes) {
    int last = bytes.length - 1;
    while (last > 0 && bytes[last] == 0) {
      last--; // writers pad behind the trailer
    }
    return bytes[last] == TRAILER;
  }

  private static int colorTable(int flags) {
    return (flags & 0x80) == 0 ? 0 : 3 << ((flags & 7) + 1);
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
