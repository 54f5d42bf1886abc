package io.mobilenetspark.image;

import io.mobilenetspark.testing.SampleImages;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** Generates PNGs of all colour types, depths, interlacing, filters and transparency. */
final class OddPngs {

  private static final int[][] KINDS = {
    {0, 1}, {0, 2}, {0, 4}, {0, 8}, {0, 16}, {2, 8}, {2, 16}, {3, 1}, {3, 2}, {3, 4}, {3, 8},
    {4, 8}, {4, 16}, {6, 8}, {6, 16}
  };

  /** Adam7: first column, first row, column step, row step. */
  private static final int[][] PASSES = {
    {0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}
  };

  private OddPngs() {}

  static byte[] next(Random random) {
    int[] kind = KINDS[random.nextInt(KINDS.length)];
    int color = kind[0];
    int bits = kind[1];
    int width = 1 + random.nextInt(20);
    int height = 1 + random.nextInt(20);
    boolean isInterlaced = random.nextInt(3) == 0;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
    ByteBuffer header = ByteBuffer.allocate(13).putInt(width).putInt(height);
    header.put((byte) bits).put((byte) color).putShort((short) 0);
    chunk(out, "IHDR", header.put((byte) (isInterlaced ? 1 : 0)).array());
    if (random.nextInt(4) == 0) {
      chunk(out, "gAMA", ByteBuffer.allocate(4).putInt(20_000 + random.nextInt(60_000)).array());
    }
    if (random.nextInt(6) == 0) {
      chunk(out, "acTL", ByteBuffer.allocate(8).putInt(random.nextInt()).putInt(0).array());
    }
    if (color == 3) {
      chunk(out, "PLTE", bytes(random, 3 << bits));
    }
    if (random.nextInt(3) == 0 && color < 4) {
      // A PNG of 8 bits may hold only small numbers there.
      byte[] gray = {0, (byte) random.nextInt(1 << Math.min(8, bits))};
      byte[] rgb = {0, gray[1], 0, gray[1], 0, gray[1]};
      byte[] palette = bytes(random, 1 + random.nextInt(1 << Math.min(8, bits)));
      chunk(out, "tRNS", color == 0 ? gray : color == 2 ? rgb : palette);
    }
    int samples = color == 2 ? 3 : color == 4 ? 2 : color == 6 ? 4 : 1;
    ByteArrayOutputStream rows = new ByteArrayOutputStream();
    for (int[] pass : isInterlaced ? PASSES : new int[][] {{0, 0, 1, 1}}) {
      int columns = (width - pass[0] + pass[2] - 1) / pass[2];
      int lines = (height - pass[1] + pass[3] - 1) / pass[3];
      for (int y = 0; y < lines && columns > 0; y++) {
        rows.write(random.nextInt(5));
        rows.writeBytes(bytes(random, (columns * samples * bits + 7) / 8));
      }
    }
    byte[] data = deflated(rows.toByteArray());
    int split = random.nextInt(data.length);
    chunk(out, "IDAT", Arrays.copyOf(data, split));
    chunk(out, "IDAT", Arrays.copyOfRange(data, split, data.length));
    chunk(out, "IEND", new byte[0]);
    if (random.nextInt(6) == 0) {
      out.writeBytes(bytes(random, 20));
    }
    return out.toByteArray();
  }

  private static byte[] bytes(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private static byte[] deflated(byte[] rows) {
    Deflater deflater = new Deflater();
    deflater.setInput(rows);
    deflater.finish();
    byte[] data = new byte[rows.length + 64];
    int length = deflater.deflate(data);
    deflater.end();
    return Arrays.copyOf(data, length);
  }

  private static void chunk(ByteArrayOutputStream out, String type, byte[] data) {
    byte[] typed = SampleImages.concat(type.getBytes(StandardCharsets.US_ASCII), data);
    CRC32 crc = new CRC32();
    crc.update(typed);
    out.writeBytes(ByteBuffer.allocate(4).putInt(data.length).array());
    out.writeBytes(typed);
    out.writeBytes(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
  }
}
