package io.mobilenetspark.image;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

/** Generates GIFs as odd as the format allows, and some odder. */
final class OddGifs {

  private final Random random;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private OddGifs(Random random) {
    this.random = random;
  }

  static byte[] next(Random random) {
    OddGifs gif = new OddGifs(random);
    gif.write();
    byte[] bytes = gif.out.toByteArray();
    return random.nextInt(10) == 0
        ? Arrays.copyOf(bytes, bytes.length - random.nextInt(bytes.length / 2))
        : bytes;
  }

  private void write() {
    int width = 1 + random.nextInt(20);
    int height = 1 + random.nextInt(20);
    out.writeBytes(
        (random.nextBoolean() ? "GIF89a" : "GIF87a").getBytes(StandardCharsets.US_ASCII));
    short16(width);
    short16(height);
    int globalBits = random.nextInt(8) == 0 ? 0 : 1 + random.nextInt(8);
    out.write(globalBits == 0 ? 0 : 0x80 | globalBits - 1);
    out.write(random.nextInt(4)); // background
    out.write(0);
    colors(globalBits);
    for (int frames = 1 + random.nextInt(4); frames > 0; frames--) {
      extensions();
      frame(width, height, globalBits);
    }
    extensions();
    if (random.nextInt(8) != 0) {
      out.write(0x3b);
    }
    if (random.nextInt(6) == 0) {
      out.writeBytes(new byte[random.nextInt(9)]);
    }
  }

  private void extensions() {
    if (random.nextInt(3) == 0) {
      out.writeBytes(new byte[] {0x21, (byte) 0xff, 11});
      out.writeBytes("NETSCAPE2.0".getBytes(StandardCharsets.US_ASCII));
      out.writeBytes(new byte[] {3, 1, 0, 0, 0});
    }
    if (random.nextInt(5) == 0) {
      out.writeBytes(new byte[] {0x21, (byte) 0xfe, 2, 'h', 'i', 1, '!', 0});
    }
    if (random.nextInt(12) == 0) {
      out.writeBytes(new byte[] {0x21, (byte) 0xfe, 0}); // an empty comment
    }
    for (int controls = random.nextInt(3); controls > 0; controls--) {
      int disposal = random.nextInt(4) << 2;
      int transparent = random.nextInt(2);
      out.writeBytes(new byte[] {0x21, (byte) 0xf9, 4, (byte) (disposal | transparent), 10, 0});
      out.write(random.nextInt(4));
      out.write(0);
    }
    if (random.nextInt(40) == 0) {
      out.write(0); // padding between blocks
    }
  }

  private void frame(int screenWidth, int screenHeight, int globalBits) {
    boolean isWhole = random.nextInt(3) == 0;
    int width = isWhole ? screenWidth : 1 + random.nextInt(screenWidth + 3);
    int height = isWhole ? screenHeight : 1 + random.nextInt(screenHeight + 3);
    if (random.nextInt(40) == 0) {
      width = 0;
    }
    out.write(0x2c);
    short16(isWhole ? 0 : random.nextInt(screenWidth));
    short16(isWhole ? 0 : random.nextInt(screenHeight));
    short16(width);
    short16(height);
    int localBits = random.nextInt(3) == 0 ? 1 + random.nextInt(8) : 0;
    int interlace = random.nextInt(3) == 0 ? 0x40 : 0;
    out.write(localBits == 0 ? interlace : 0x80 | interlace | localBits - 1);
    colors(localBits);
    int bits = localBits > 0 ? localBits : globalBits;
    raster(width * height, bits == 0 ? 3 : bits);
  }

  /** Codes of one length: the table is cleared before it grows by a bit. */
  private void raster(int pixels, int colorBits) {
    int codeBits = Math.max(2, colorBits);
    int clear = 1 << codeBits;
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    int held = 0;
    int bits = 0;
    int run = clear - 2;
    int colors = 1 << colorBits;
    int color = random.nextInt(colors);
    for (int i = 0; i <= pixels + (pixels + run - 1) / run; i++) {
      boolean isEnd = i == pixels + (pixels + run - 1) / run;
      boolean isClear = i % (run + 1) == 0;
      color = random.nextInt(3) == 0 ? random.nextInt(colors) : color;
      held |= (isEnd ? clear + 1 : isClear ? clear : color) << bits;
      for (bits += codeBits + 1; bits >= 8; bits -= 8, held >>>= 8) {
        data.write(held);
      }
    }
    data.write(held);
    out.write(codeBits);
    byte[] all = data.toByteArray();
    int block = 1 + random.nextInt(255);
    for (int at = 0; at < all.length; at += block) {
      int length = Math.min(block, all.length - at);
      out.write(length);
      out.write(all, at, length);
    }
    out.write(0);
  }

  private void colors(int bits) {
    if (bits > 0) {
      byte[] table = new byte[3 << bits];
      random.nextBytes(table);
      out.writeBytes(table);
    }
  }

  private void short16(int value) {
    out.write(value);
    out.write(value >> 8);
  }
}
