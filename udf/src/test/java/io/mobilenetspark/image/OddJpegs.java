package io.mobilenetspark.image;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/**
 * Generates sequential JPEGs of random coefficients: any number of components, any sampling,
 * restart intervals, one scan or one a component, with and without JFIF's and Adobe's markers. Its
 * Huffman tables have codes of one length, so that a symbol is its own code.
 */
final class OddJpegs {

  private static final int[] SIDES = {1, 1, 2, 2, 4};

  private final Random random;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final int width;
  private final int height;
  private final int components;
  private final int[] across;
  private final int[] down;
  private int interval;
  private int held;
  private int bits;

  private OddJpegs(Random random) {
    this.random = random;
    this.width = 1 + random.nextInt(50);
    this.height = 1 + random.nextInt(50);
    this.components = new int[] {1, 3, 3, 3, 4, 4}[random.nextInt(6)];
    this.across = new int[components];
    this.down = new int[components];
  }

  static byte[] next(Random random) {
    OddJpegs jpeg = new OddJpegs(random);
    jpeg.write();
    return jpeg.out.toByteArray();
  }

  private void write() {
    sampling();
    marker(0xd8);
    if (random.nextInt(3) != 0) {
      segment(0xe0, "JFIF\0\1\2\0\0\1\0\1\0\0");
    }
    if (components == 4 || random.nextInt(4) == 0) {
      int transform = components == 4 ? 2 * random.nextInt(2) : random.nextInt(2);
      segment(0xee, "Adobe\0\144\0\0\0\0" + (char) transform);
    }
    StringBuilder quantization = new StringBuilder("\0");
    for (int i = 0; i < 64; i++) {
      quantization.append((char) (1 + random.nextInt(12)));
    }
    segment(0xdb, quantization.toString());
    frame();
    // 12 categories of 4 bits each, 162 pairs of run and size of 8 bits each.
    segment(0xc4, "\0" + counts(4, 12) + symbols(12, 1));
    segment(0xc4, "\20" + counts(8, 162) + acSymbols());
    if (random.nextInt(3) == 0) {
      interval = 1 + random.nextInt(5);
      segment(0xdd, "\0" + (char) interval);
    }
    boolean isOneScan = components == 1 || random.nextInt(3) != 0;
    for (int scan = 0; scan < (isOneScan ? 1 : components); scan++) {
      scan(isOneScan ? 0 : scan, isOneScan ? components : 1);
    }
    marker(0xd9);
  }

  /** At most ten blocks in a unit, the largest sampling a multiple of each (libjpeg's wish). */
  private void sampling() {
    int blocks;
    do {
      blocks = 0;
      for (int c = 0; c < components; c++) {
        across[c] = c == 1 || c == 2 ? 1 + random.nextInt(2) / 2 : SIDES[random.nextInt(5)];
        down[c] = c == 1 || c == 2 ? 1 : SIDES[random.nextInt(4)];
        if (c == 3) {
          across[c] = across[0];
          down[c] = down[0];
        }
        blocks += across[c] * down[c];
      }
    } while (blocks > 10);
  }

  private void frame() {
    boolean isNamedRgb = components == 3 && random.nextInt(8) == 0;
    StringBuilder frame = new StringBuilder("\10").append(two(height)).append(two(width));
    frame.append((char) components);
    for (int c = 0; c < components; c++) {
      frame.append(isNamedRgb ? "RGB".charAt(c) : (char) (c + 1));
      frame.append((char) (across[c] << 4 | down[c])).append('\0');
    }
    segment(random.nextBoolean() ? 0xc0 : 0xc1, frame.toString());
    names = isNamedRgb ? "RGB" : "\1\2\3\4";
  }

  private String names = "";

  private void scan(int first, int count) {
    StringBuilder scan = new StringBuilder().append((char) count);
    for (int c = first; c < first + count; c++) {
      scan.append(names.charAt(c)).append('\0');
    }
    segment(0xda, scan + "\0\77\0");
    int maxAcross = max(across);
    int maxDown = max(down);
    int units =
        count > 1
            ? ceil(width, 8 * maxAcross) * ceil(height, 8 * maxDown)
            : ceil(ceil(width * across[first], maxAcross), 8)
                * ceil(ceil(height * down[first], maxDown), 8);
    for (int unit = 0; unit < units; unit++) {
      if (interval > 0 && unit > 0 && unit % interval == 0) {
        flush();
        marker(0xd0 + (unit / interval - 1) % 8);
      }
      for (int c = first; c < first + count; c++) {
        for (int block = 0; block < (count > 1 ? across[c] * down[c] : 1); block++) {
          block();
        }
      }
    }
    flush();
  }

  private void block() {
    int category = random.nextInt(6);
    put(category, 4);
    put(random.nextInt(1 << category), category);
    for (int at = 1; at < 64 && random.nextInt(4) != 0; at++) {
      int run = random.nextInt(Math.min(16, 64 - at));
      int size = 1 + random.nextInt(4);
      put(2 + run * 10 + size - 1, 8);
      put(random.nextInt(1 << size), size);
      at += run;
      if (at == 63) {
        return; // the last coefficient needs no end
      }
    }
    put(0, 8);
  }

  private void put(int value, int length) {
    held = held << length | value;
    for (bits += length; bits >= 8; bits -= 8) {
      int octet = held >> (bits - 8) & 0xff;
      out.write(octet);
      if (octet == 0xff) {
        out.write(0);
      }
    }
  }

  private void flush() {
    if (bits > 0) {
      put((1 << (8 - bits)) - 1, 8 - bits);
    }
    held = 0;
    bits = 0;
  }

  private static String counts(int length, int symbols) {
    StringBuilder counts = new StringBuilder("\0".repeat(16));
    counts.setCharAt(length - 1, (char) symbols);
    return counts.toString();
  }

  private static String symbols(int count, int step) {
    StringBuilder symbols = new StringBuilder();
    for (int i = 0; i < count; i++) {
      symbols.append((char) (i * step));
    }
    return symbols.toString();
  }

  /** End of block, sixteen zeros, then run 0 to 15 with size 1 to 10. */
  private static String acSymbols() {
    StringBuilder symbols = new StringBuilder("\0\360");
    for (int run = 0; run < 16; run++) {
      for (int size = 1; size <= 10; size++) {
        symbols.append((char) (run << 4 | size));
      }
    }
    return symbols.toString();
  }

  private void marker(int code) {
    out.write(0xff);
    out.write(code);
  }

  private void segment(int code, String data) {
    marker(code);
    out.writeBytes(two(data.length() + 2).getBytes(StandardCharsets.ISO_8859_1));
    out.writeBytes(data.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static String two(int value) {
    return "" + (char) (value >> 8) + (char) (value & 0xff);
  }

  private static int ceil(int a, int b) {
    return (a + b - 1) / b;
  }

  private static int max(int[] values) {
    return java.util.Arrays.stream(values).max().orElseThrow();
  }
}
