package io.mobilenetspark.image;

import io.mobilenetspark.testing.SampleImages;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;

/** Makes PNGs, GIFs, WebPs and TIFFs that ask for much work or memory with few bytes. */
final class RasterBombs {

  private RasterBombs() {}

  /** A tag of a TIFF: its values are one long or lie at an offset. */
  record Tag(int id, int type, long count, long value) {}

  /** A PNG of zeros. {@code extra} more bytes are inflated behind the last row. */
  static byte[] png(int width, int height, int depth, int colour, int interlace, long extra) {
    int channels = new int[] {1, 0, 3, 1, 2, 0, 4}[colour];
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflate = new DeflaterOutputStream(data, new Deflater(9), 1 << 16)) {
      int[][] passes =
          interlace == 0
              ? new int[][] {{0, 0, 1, 1}}
              : new int[][] {
                {0, 0, 8, 8},
                {4, 0, 8, 8},
                {0, 4, 4, 8},
                {2, 0, 4, 4},
                {0, 2, 2, 4},
                {1, 0, 2, 2},
                {0, 1, 1, 2}
              };
      for (int[] pass : passes) {
        int columns = (width - pass[0] + pass[2] - 1) / pass[2];
        byte[] row = new byte[Math.toIntExact(1 + ((long) columns * channels * depth + 7) / 8)];
        row[0] = 4; // Paeth, the dearest of the filters
        for (int y = pass[1]; y < height && columns > 0; y += pass[3]) {
          deflate.write(row);
        }
      }
      byte[] zeros = new byte[1 << 20];
      for (long left = extra; left > 0; left -= zeros.length) {
        deflate.write(zeros, 0, (int) Math.min(left, zeros.length));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    ByteBuffer header = ByteBuffer.allocate(13).putInt(width).putInt(height);
    header.put(new byte[] {(byte) depth, (byte) colour, 0, 0, (byte) interlace});
    byte[] palette = colour == 3 ? chunk("PLTE", new byte[6]) : new byte[0];
    return SampleImages.concat(
        new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'},
        chunk("IHDR", header.array()),
        palette,
        chunk("IDAT", data.toByteArray()),
        chunk("IEND", new byte[0]));
  }

  /** A chunk with the right checksum. */
  static byte[] chunk(String type, byte[] data) {
    byte[] typed = SampleImages.concat(type.getBytes(StandardCharsets.US_ASCII), data);
    CRC32 crc = new CRC32();
    crc.update(typed);
    return SampleImages.concat(
        ByteBuffer.allocate(4).putInt(data.length).array(),
        typed,
        ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
  }

  /** A GIF whose pixels each have a code of their own, with other blocks before its frame. */
  static byte[] gif(int width, int height, byte[] blocksBefore) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes("GIF89a".getBytes(StandardCharsets.US_ASCII));
    ByteBuffer sizes = ByteBuffer.allocate(17).order(ByteOrder.LITTLE_ENDIAN);
    sizes.putShort((short) width).putShort((short) height).put((byte) 0x80).put(new byte[2]);
    out.write(sizes.array(), 0, 7);
    out.writeBytes(new byte[] {0, 0, 0, (byte) 200, 100, 50});
    out.writeBytes(blocksBefore);
    ByteBuffer frame = ByteBuffer.allocate(10).order(ByteOrder.LITTLE_ENDIAN);
    frame.put((byte) 0x2c).putInt(0).putShort((short) width).putShort((short) height).put((byte) 0);
    out.writeBytes(frame.array());
    out.write(2); // codes of 3 bits: 4 clears, 5 ends
    // Growing strings: a code is the one that was just defined, which is the longest way to unpack.
    Bits bits = new Bits();
    long pixels = (long) width * height;
    while (pixels > 0) {
      bits.put(4, 3);
      bits.put(0, 3);
      pixels--;
      int next = 6;
      int size = 3;
      for (int length = 2; next < 4095 && pixels > 0; length++, next++) {
        bits.put(next, size);
        pixels -= length;
        if (next + 1 == 1 << size && size < 12) {
          size++;
        }
      }
      if (next == 4095) {
        bits.put(4, 12); // back to codes of 3 bits
      }
    }
    byte[] data = bits.bytes();
    for (int at = 0; at < data.length; at += 255) {
      int length = Math.min(255, data.length - at);
      out.write(length);
      out.write(data, at, length);
    }
    out.writeBytes(new byte[] {0, 0x3b});
    return out.toByteArray();
  }

  /** Bits, the lowest first. */
  static final class Bits {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private long pending;
    private int count;

    void put(long value, int bits) {
      pending |= value << count;
      count += bits;
      while (count >= 8) {
        out.write((int) pending);
        pending >>>= 8;
        count -= 8;
      }
    }

    byte[] bytes() {
      if (count > 0) {
        out.write((int) pending);
        pending = 0;
        count = 0;
      }
      return out.toByteArray();
    }
  }

  /** A lossless WebP of so many Huffman groups, each of five tables. */
  static byte[] webp(int width, int height, int groups) {
    Bits bits = new Bits();
    bits.put(0x2f, 8);
    bits.put(width - 1, 14);
    bits.put(height - 1, 14);
    bits.put(0, 1 + 3 + 1 + 1); // no alpha, version 0, no transform, no colour cache
    bits.put(1, 1);
    bits.put(0, 3); // a group for every 4 x 4 pixels
    bits.put(0, 1); // no colour cache
    allBytes(bits, 280);
    allBytes(bits, 256);
    single(bits);
    single(bits);
    single(bits);
    int tiles = ((width + 3) / 4) * ((height + 3) / 4);
    for (int i = 0; i < tiles; i++) {
      int group = i % groups;
      bits.put(Integer.reverse(group & 0xff) >>> 24, 8);
      bits.put(Integer.reverse(group >> 8) >>> 24, 8);
    }
    for (int i = 0; i < 5 * groups; i++) {
      single(bits);
    }
    byte[] data = bits.bytes();
    int padded = data.length + (data.length & 1);
    ByteBuffer file = ByteBuffer.allocate(20 + padded).order(ByteOrder.LITTLE_ENDIAN);
    file.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(12 + padded);
    file.put("WEBPVP8L".getBytes(StandardCharsets.US_ASCII)).putInt(data.length).put(data);
    return file.array();
  }

  /** A code of 8 bits for each of 256 symbols, none for others. */
  private static void allBytes(Bits bits, int symbols) {
    bits.put(0, 1);
    bits.put(12 - 4, 4);
    for (int i = 0; i < 12; i++) { // the order is 17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8
      bits.put(i == 2 || i == 11 ? 1 : 0, 3);
    }
    bits.put(0, 1);
    for (int i = 0; i < symbols; i++) {
      bits.put(i < 256 ? 1 : 0, 1);
    }
  }

  /** A table of one symbol, which takes no bits. */
  private static void single(Bits bits) {
    bits.put(1, 4);
  }

  /** A little-endian TIFF: its tags, then whatever they point at. */
  static byte[] tiff(byte[] behind, Tag... tags) {
    ByteBuffer file = ByteBuffer.allocate(tiffDataAt(tags.length)).order(ByteOrder.LITTLE_ENDIAN);
    file.put((byte) 'I').put((byte) 'I').putShort((short) 42).putInt(8);
    file.putShort((short) tags.length);
    for (Tag tag : tags) {
      file.putShort((short) tag.id()).putShort((short) tag.type()).putInt((int) tag.count());
      file.putInt((int) tag.value());
    }
    return SampleImages.concat(Arrays.copyOf(file.array(), file.capacity()), behind);
  }

  /**
   * A TIFF of 8 or 16 bits a sample whose strips or tiles all share their data.
   *
   * @param tile side of a tile; 0 for one strip
   * @param more further tags and their values, ids above 284 and below 322, ascending
   */
  static byte[] sharedTiles(
      int width,
      int height,
      int tile,
      int compression,
      int photometric,
      int samples,
      int bits,
      int planar,
      byte[] data,
      int... more) {
    int tiles = tile == 0 ? 1 : ((width + tile - 1) / tile) * ((height + tile - 1) / tile);
    tiles *= planar == 2 ? samples : 1;
    int count = (tile == 0 ? 10 : 11) + more.length / 2;
    int at = tiffDataAt(count);
    int dataAt = at + 8 * tiles + 2 * samples;
    ByteBuffer behind =
        ByteBuffer.allocate(8 * tiles + 2 * samples + data.length).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < 2 * tiles; i++) {
      behind.putInt(i < tiles ? dataAt : data.length);
    }
    for (int i = 0; i < samples; i++) {
      behind.putShort((short) bits);
    }
    behind.put(data);
    List<Tag> tags = new ArrayList<>();
    tags.add(new Tag(256, 4, 1, width));
    tags.add(new Tag(257, 4, 1, height));
    tags.add(new Tag(258, 3, samples, samples < 3 ? bits * 0x10001L : at + 8L * tiles));
    tags.add(new Tag(259, 3, 1, compression));
    tags.add(new Tag(262, 3, 1, photometric));
    if (tile == 0) {
      tags.add(new Tag(273, 4, tiles, tiles == 1 ? dataAt : at));
    }
    tags.add(new Tag(277, 3, 1, samples));
    if (tile == 0) {
      tags.add(new Tag(278, 4, 1, height));
      tags.add(new Tag(279, 4, tiles, tiles == 1 ? data.length : at + 4L * tiles));
    }
    tags.add(new Tag(284, 3, 1, planar));
    for (int i = 0; i < more.length; i += 2) {
      tags.add(new Tag(more[i], 3, 1, more[i + 1]));
    }
    if (tile != 0) {
      tags.add(new Tag(322, 4, 1, tile));
      tags.add(new Tag(323, 4, 1, tile));
      tags.add(new Tag(324, 4, tiles, tiles == 1 ? dataAt : at));
      tags.add(new Tag(325, 4, tiles, tiles == 1 ? data.length : at + 4L * tiles));
    }
    return tiff(behind.array(), tags.toArray(new Tag[0]));
  }

  /** Where the bytes behind so many tags begin. */
  static int tiffDataAt(int tags) {
    return 8 + 2 + 12 * tags + 4;
  }

  /** A square BMP of 8 bits a pixel and a palette, or of 24. */
  static byte[] bmp(int side, int bits, int compression, byte[] data) {
    int palette = bits == 8 ? 1024 : 0;
    ByteBuffer file =
        ByteBuffer.allocate(54 + palette + data.length).order(ByteOrder.LITTLE_ENDIAN);
    file.put((byte) 'B').put((byte) 'M').putInt(file.capacity()).putInt(0).putInt(54 + palette);
    file.putInt(40).putInt(side).putInt(side).putShort((short) 1).putShort((short) bits);
    file.putInt(compression).putInt(0).putInt(0).putInt(0).putInt(palette / 4).putInt(0);
    file.position(54 + palette);
    return file.put(data).array();
  }

  static byte[] deflated(long zeros) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflate = new DeflaterOutputStream(out, new Deflater(9), 1 << 16)) {
      byte[] chunk = new byte[1 << 20];
      for (long left = zeros; left > 0; left -= chunk.length) {
        deflate.write(chunk, 0, (int) Math.min(left, chunk.length));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }
}
