package io.mobilenetspark.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;

/** Generates BMPs of all header sizes, depths, row orders and compressions. */
final class OddBmps {

  private static final int[] HEADERS = {12, 40, 40, 40, 52, 56, 108, 124};
  private static final int[] DEPTHS = {1, 4, 8, 16, 24, 24, 24, 32};

  private OddBmps() {}

  static byte[] next(Random random) {
    int header = HEADERS[random.nextInt(HEADERS.length)];
    int bits = DEPTHS[random.nextInt(DEPTHS.length)];
    if (header == 12 && (bits == 16 || bits == 32)) {
      bits = 24;
    }
    int width = 1 + random.nextInt(20);
    int height = 1 + random.nextInt(20);
    boolean isRle = header >= 40 && (bits == 4 || bits == 8) && random.nextInt(3) == 0;
    boolean hasMasks = header >= 40 && (bits == 16 || bits == 32) && random.nextInt(2) == 0;
    boolean isTopDown = header >= 40 && !isRle && random.nextInt(3) == 0;
    byte[] pixels =
        isRle ? runs(random, bits, width, height) : new byte[(width * bits + 31) / 32 * 4 * height];
    if (!isRle) {
      random.nextBytes(pixels);
    }
    int palette = bits <= 8 ? (header == 12 ? 3 : 4) << bits : 0;
    int masks = hasMasks && header == 40 ? 12 : 0;
    int gap = random.nextInt(5) == 0 ? 4 * random.nextInt(8) : 0;
    int trailer = random.nextInt(4) == 0 ? random.nextInt(40) : 0;
    int offset = 14 + header + masks + palette + gap;
    ByteBuffer bmp =
        ByteBuffer.allocate(offset + pixels.length + trailer).order(ByteOrder.LITTLE_ENDIAN);
    bmp.put((byte) 'B').put((byte) 'M').putInt(bmp.capacity()).putInt(0).putInt(offset);
    bmp.putInt(header);
    if (header == 12) {
      bmp.putShort((short) width).putShort((short) height).putShort((short) 1);
      bmp.putShort((short) bits);
    } else {
      bmp.putInt(width).putInt(isTopDown ? -height : height).putShort((short) 1);
      bmp.putShort((short) bits).putInt(isRle ? bits == 8 ? 1 : 2 : hasMasks ? 3 : 0);
      bmp.putInt(isRle || random.nextBoolean() ? pixels.length : 0).putInt(2835).putInt(2835);
      bmp.putInt(0).putInt(0);
      if (hasMasks || header >= 52) {
        bmp.putInt(bits == 16 ? 0xf800 : 0xff0000).putInt(bits == 16 ? 0x7e0 : 0xff00);
        bmp.putInt(bits == 16 ? 0x1f : 0xff);
      }
      bmp.position(14 + header + masks);
    }
    byte[] colors = new byte[palette];
    random.nextBytes(colors);
    bmp.put(colors);
    bmp.position(offset);
    bmp.put(pixels);
    byte[] behind = new byte[trailer];
    random.nextBytes(behind);
    return bmp.put(behind).array();
  }

  /** Encoded runs, literal runs and ends of lines, each row whole. */
  private static byte[] runs(Random random, int bits, int width, int height) {
    ByteBuffer out = ByteBuffer.allocate(height * (4 * width + 8) + 2);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; ) {
        int length = 1 + random.nextInt(width - x);
        if (length >= 3 && random.nextBoolean()) {
          int bytes = bits == 8 ? length : (length + 1) / 2;
          out.put((byte) 0).put((byte) length);
          for (int i = 0; i < (bytes + 1) / 2 * 2; i++) {
            out.put((byte) random.nextInt());
          }
        } else {
          out.put((byte) length).put((byte) random.nextInt());
        }
        x += length;
      }
      out.put((byte) 0).put((byte) (y == height - 1 ? 1 : 0));
    }
    return java.util.Arrays.copyOf(out.array(), out.position());
  }
}
