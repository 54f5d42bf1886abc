package io.mobilenetspark.image;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Damage that a parser gets far with: whole segments, chunks, blocks and tags are doubled, dropped,
 * swapped or given other numbers, and checksums are right again.
 */
final class StructuredDamage {

  private static final long[] NUMBERS = {
    0,
    1,
    2,
    3,
    7,
    8,
    15,
    16,
    63,
    64,
    255,
    256,
    1_023,
    4_095,
    32_767,
    65_535,
    65_536,
    0x7fffffff,
    0xffffffffL
  };

  private StructuredDamage() {}

  /** The damaged image; empty for a format without a structure that is known here. */
  static byte[] of(byte[] bytes, Random random) {
    if (bytes.length < 40) {
      return new byte[0];
    }
    ImageFormat format = ImageFormat.sniff(bytes);
    if (format == ImageFormat.JPEG) {
      return join(shuffled(jpegParts(bytes), random, StructuredDamage::damageSegment));
    } else if (format == ImageFormat.PNG) {
      return join(shuffled(pngParts(bytes), random, StructuredDamage::damageChunk));
    } else if (format == ImageFormat.WEBP) {
      return join(shuffled(webpParts(bytes), random, StructuredDamage::damageContent));
    } else if (format == ImageFormat.TIFF) {
      return damageTags(bytes.clone(), random);
    } else if (format == ImageFormat.GIF) {
      return damageGif(bytes.clone(), random);
    } else if (format == ImageFormat.BMP) {
      return damageBmp(bytes.clone(), random);
    }
    return new byte[0];
  }

  /** Damages one part in its place. */
  private interface Damage {
    byte[] apply(byte[] part, Random random);
  }

  /** The first and the last part keep their places. */
  private static List<byte[]> shuffled(List<byte[]> parts, Random random, Damage damage) {
    for (int n = 1 + random.nextInt(3); n > 0 && parts.size() > 2; n--) {
      int at = 1 + random.nextInt(parts.size() - 2);
      switch (random.nextInt(6)) {
        case 0 -> parts.remove(at);
        case 1 -> Collections.swap(parts, at, 1 + random.nextInt(parts.size() - 2));
        case 2 -> {
          byte[] copy = parts.get(at);
          for (int copies = 1 << random.nextInt(9); copies > 0; copies--) {
            parts.add(at, copy);
          }
        }
        default -> parts.set(at, damage.apply(parts.get(at).clone(), random));
      }
    }
    return parts;
  }

  /** Start of image, segments with the entropy-coded data behind them, and the end. */
  private static List<byte[]> jpegParts(byte[] bytes) {
    List<byte[]> parts = new ArrayList<>();
    int from = 0;
    int at = 2;
    while (true) {
      int next = JpegMarkers.nextMarker(bytes, at, bytes.length);
      parts.add(Arrays.copyOfRange(bytes, from, next < 0 ? bytes.length : next));
      if (next < 0) {
        return parts;
      }
      from = next;
      at = Math.min(bytes.length, JpegMarkers.skipSegment(bytes, next, Bytes.u8(bytes, next + 1)));
    }
  }

  /** Markers too, so that a frame becomes progressive, arithmetic or lossless. */
  private static byte[] damageSegment(byte[] part, Random random) {
    if (part.length > 1 && random.nextInt(4) == 0) {
      int[] markers = {
        0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0xc9, 0xca, 0xda, 0xdb, 0xdc, 0xdd, 0xe1, 0xee
      };
      part[1] = (byte) markers[random.nextInt(markers.length)];
      return part;
    }
    return number(part, 2, Math.min(part.length, 24), true, random);
  }

  private static List<byte[]> pngParts(byte[] bytes) {
    List<byte[]> parts = new ArrayList<>();
    parts.add(Arrays.copyOf(bytes, 8));
    long at = 8;
    while (at + 12 <= bytes.length) {
      long next = Math.min(bytes.length, at + 12 + Bytes.u32be(bytes, (int) at));
      parts.add(Arrays.copyOfRange(bytes, (int) at, (int) next));
      at = next;
    }
    return parts;
  }

  private static byte[] damageChunk(byte[] part, Random random) {
    byte[] data = part.length < 13 ? new byte[1] : Arrays.copyOfRange(part, 8, part.length - 4);
    String type = new String(part, 4, 4, StandardCharsets.ISO_8859_1);
    if (random.nextInt(6) == 0) {
      String[] types = {"IDAT", "PLTE", "tRNS", "acTL", "fcTL", "fdAT", "iCCP", "zTXt", "eXIf"};
      type = types[random.nextInt(types.length)];
    }
    byte[] damaged =
        random.nextInt(3) == 0
            ? Arrays.copyOf(data, random.nextInt(2 * data.length + 1))
            : number(data, 0, Math.min(data.length, 64), true, random);
    return RasterBombs.chunk(type, damaged);
  }

  private static List<byte[]> webpParts(byte[] bytes) {
    List<byte[]> parts = new ArrayList<>();
    parts.add(Arrays.copyOf(bytes, 12));
    long at = 12;
    while (at + 8 <= bytes.length) {
      long length = Bytes.u32le(bytes, (int) at + 4);
      long next = Math.min(bytes.length, at + 8 + length + (length & 1));
      parts.add(Arrays.copyOfRange(bytes, (int) at, (int) next));
      at = next;
    }
    parts.add(new byte[0]);
    return parts;
  }

  private static byte[] damageContent(byte[] part, Random random) {
    return number(part, 8, Math.min(part.length, 48), false, random);
  }

  /** Types, counts and values of the first directory's tags. */
  private static byte[] damageTags(byte[] bytes, Random random) {
    boolean isBig = bytes[0] == 'M';
    long directory = isBig ? Bytes.u32be(bytes, 4) : Bytes.u32le(bytes, 4);
    if (directory < 8 || directory + 2 > bytes.length) {
      return number(bytes, 4, 40, isBig, random);
    }
    int at = (int) directory;
    int tags = isBig ? Bytes.u16be(bytes, at) : Bytes.u16le(bytes, at);
    for (int n = 1 + random.nextInt(4); n > 0; n--) {
      int entry = at + 2 + 12 * random.nextInt(Math.max(1, tags));
      number(bytes, entry, Math.min(bytes.length, entry + 12), isBig, random);
    }
    return bytes;
  }

  /** The screen, the frame, the code size, and the codes. */
  private static byte[] damageGif(byte[] bytes, Random random) {
    int frame = 13;
    while (frame < bytes.length - 12 && bytes[frame] != 0x2c) {
      frame++;
    }
    int from = random.nextBoolean() ? 6 : frame;
    for (int n = 1 + random.nextInt(4); n > 0; n--) {
      number(bytes, from, Math.min(bytes.length, from + 32), false, random);
    }
    return bytes;
  }

  private static byte[] damageBmp(byte[] bytes, Random random) {
    for (int n = 1 + random.nextInt(3); n > 0; n--) {
      number(bytes, 10, Math.min(bytes.length, 58), false, random);
    }
    return bytes;
  }

  /** Another number of one, two or four bytes, in its place. */
  private static byte[] number(byte[] bytes, int from, int to, boolean isBig, Random random) {
    if (to <= from) {
      return bytes;
    }
    int at = from + random.nextInt(to - from);
    int width = 1 << random.nextInt(3);
    long number =
        random.nextInt(3) == 0 ? random.nextInt(256) : NUMBERS[random.nextInt(NUMBERS.length)];
    for (int i = 0; i < width && at + i < to; i++) {
      bytes[at + i] = (byte) (number >> (8 * (isBig ? width - 1 - i : i)));
    }
    return bytes;
  }

  private static byte[] join(List<byte[]> parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    parts.forEach(out::writeBytes);
    return out.toByteArray();
  }
}
