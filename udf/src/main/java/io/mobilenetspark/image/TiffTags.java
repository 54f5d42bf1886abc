package io.mobilenetspark.image;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The directories of a TIFF or BigTIFF (TIFF 6.0) as they lie in the file, without a copy: a
 * directory may name the same bytes as the value of each of its tags, so that a parser that reads
 * all values makes gigabytes out of some kilobytes.
 */
final class TiffTags {

  static final int SUB_DIRECTORIES = 330;
  private static final int EXIF = 34665;
  private static final int GPS = 34853;
  private static final int INTEROPERABILITY = 40965;

  private static final int[] TYPE_BYTES = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8};

  /** Of the Java heap, for each byte of a value, where ImageIO's reader has parsed it. */
  private static final int[] TYPE_HEAP = {0, 1, 2, 2, 2, 6, 1, 2, 2, 2, 6, 1, 1, 2, 0, 0, 1, 1, 1};

  private static final int RATIONAL = 5;
  private static final int SIGNED_RATIONAL = 10;
  private static final long HEAP_OF_TAG = 200;

  /** In nanoseconds. */
  private static final long DIRECTORY_WORK = 1_000;

  private static final long TAG_WORK = 150;
  private static final long VALUE_BYTE_WORK = 2;
  private static final long RATIONAL_BYTE_WORK = 15;

  /** More are not visited: the work is too much by then, whatever the limit. */
  private static final int MOST_DIRECTORIES = 200_000;

  private static final int DEEPEST = 32;

  private final byte[] bytes;
  private final boolean isLittle;
  private final boolean isBig;

  private TiffTags(byte[] bytes, boolean isLittle, boolean isBig) {
    this.bytes = bytes;
    this.isLittle = isLittle;
    this.isBig = isBig;
  }

  static TiffTags of(byte[] bytes) throws RejectedImageException {
    boolean isLittle = bytes[0] == 'I';
    boolean isBig = bytes[isLittle ? 2 : 3] == 43;
    ImageHeader.require(bytes, isBig ? 16 : 8, "TIFF header");
    return new TiffTags(bytes, isLittle, isBig);
  }

  /** A tag's values, read when they are asked for. */
  final class Values {
    private final int type;
    private final long count;
    private final long at;

    private Values(int type, long count, long at) {
      this.type = type;
      this.count = count;
      this.at = at;
    }

    /** 0 where the tag is missing, is no number, or its values lie outside of the file. */
    int count() {
      return (int) count;
    }

    /** An integer; 0 for a fraction and for what is signed and negative. */
    long at(int i) {
      int position = (int) (at + (long) i * TYPE_BYTES[type]);
      return switch (type) {
        case 1, 6, 7 -> Bytes.u8(bytes, position);
        case 3, 8 -> u16(position);
        case 4, 9, 13 -> u32(position);
        case 16, 17, 18 -> u64(position);
        default -> 0;
      };
    }
  }

  /** The position of the first directory. */
  long first() {
    return offset(isBig ? 8 : 4);
  }

  /** Whether all of a directory's tags lie within the file. */
  boolean isWhole(long directory) {
    return tags(directory) != null;
  }

  /** The values of a directory's tag. */
  Values values(long directory, int tag) {
    int[] tags = tags(directory);
    for (int i = 0; tags != null && i < tags.length - 1; i++) {
      if (u16(tags[i]) == tag) {
        return valuesOf(tags[i]);
      }
    }
    return new Values(1, 0, 0);
  }

  private Values valuesOf(int entry) {
    int type = u16(entry + 2);
    long count = count(entry);
    long bytesEach = type < TYPE_BYTES.length ? TYPE_BYTES[type] : 0;
    if (bytesEach == 0 || count < 1 || count > bytes.length / bytesEach) {
      return new Values(1, 0, 0);
    }
    int inlineAt = entry + (isBig ? 12 : 8);
    long at = count * bytesEach <= (isBig ? 8 : 4) ? inlineAt : offset(inlineAt);
    boolean isWithin = at >= 0 && at <= bytes.length - count * bytesEach;
    return isWithin ? new Values(type, count, at) : new Values(1, 0, 0);
  }

  /**
   * What parsing all directories costs.
   *
   * @param pages directories in the chain that begins with the first
   * @param work in nanoseconds
   * @param heapBytes of the parsed tags
   */
  record Cost(long pages, long work, long heapBytes) {}

  /** Visits what ImageIO's reader visits: the chain of pages, and the directories below them. */
  Cost cost() {
    Survey survey = new Survey();
    long pages = 0;
    long at = first();
    while (at != 0) {
      int[] tags = survey.visit(at, 0, 0);
      if (tags == null) {
        break;
      }
      pages++;
      int nextAt = tags[tags.length - 1];
      at = nextAt + (isBig ? 8 : 4) <= bytes.length ? offset(nextAt) : 0;
    }
    return new Cost(pages, survey.isCutOff ? Long.MAX_VALUE / 4 : survey.work, survey.heap);
  }

  private final class Survey {
    private final Set<Long> visited = new HashSet<>();
    private long work;
    private long heap;
    private boolean isCutOff;

    /** The directory's tags; null if it is not there or has been visited. */
    int @Nullable [] visit(long directory, int parent, int depth) {
      int[] tags = visited.contains(directory) ? null : tags(directory);
      isCutOff |= visited.size() >= MOST_DIRECTORIES || depth > DEEPEST;
      if (tags == null || isCutOff) {
        return null;
      }
      visited.add(directory);
      work += DIRECTORY_WORK + TAG_WORK * tags.length;
      heap += HEAP_OF_TAG * tags.length;
      for (int i = 0; i < tags.length - 1; i++) {
        Values values = valuesOf(tags[i]);
        long length = values.count * TYPE_BYTES[values.type];
        boolean isRational = values.type == RATIONAL || values.type == SIGNED_RATIONAL;
        work += length * (isRational ? RATIONAL_BYTE_WORK : VALUE_BYTE_WORK);
        heap += length * TYPE_HEAP[values.type];
        int tag = u16(tags[i]);
        for (int j = 0; isParent(tag, parent) && j < values.count() && !isCutOff; j++) {
          visit(values.at(j), tag, depth + 1);
        }
      }
      return tags;
    }

    private static boolean isParent(int tag, int parent) {
      return switch (parent) {
        case 0 -> tag == SUB_DIRECTORIES || tag == EXIF || tag == GPS;
        case SUB_DIRECTORIES -> tag == SUB_DIRECTORIES;
        case EXIF -> tag == INTEROPERABILITY;
        default -> false;
      };
    }
  }

  /**
   * The positions of a directory's tags, and last that of the next directory's offset; null if they
   * don't lie within the file. Goes wrong where ImageIO's reader does, so that it reads nothing
   * that has not been counted: a tag of too many values ends a directory, and one of an unknown
   * type takes 4 bytes less in a BigTIFF.
   */
  private int @Nullable [] tags(long directory) {
    int countBytes = isBig ? 8 : 2;
    if (directory < 0 || directory > bytes.length - countBytes) {
      return null;
    }
    long entries = isBig ? u64((int) directory) : u16((int) directory);
    if (entries < 0 || entries > (bytes.length - directory) / (isBig ? 16 : 12)) {
      return null;
    }
    int[] tags = new int[(int) entries + 1];
    long at = directory + countBytes;
    for (int i = 0; i < entries; i++) {
      if (at + (isBig ? 20 : 12) > bytes.length) {
        return null;
      }
      int entry = (int) at;
      if (count(entry) < 0) {
        tags = Arrays.copyOf(tags, i + 1);
        at += isBig ? 12 : 8;
        break;
      }
      int type = u16(entry + 2);
      tags[i] = entry;
      at += !isBig ? 12 : type < TYPE_BYTES.length && TYPE_BYTES[type] > 0 ? 20 : 16;
    }
    tags[tags.length - 1] = (int) Math.min(bytes.length, at);
    return tags;
  }

  /**
   * How many values a tag has, or a negative number if ImageIO's reader takes it for illegal. Of 64
   * bits that are negative it takes the lower half, which may be any number.
   */
  private int count(int entry) {
    long count = isBig ? u64(entry + 4) : u32(entry + 4);
    return count > Integer.MAX_VALUE ? -1 : (int) count;
  }

  private long offset(int at) {
    return isBig ? u64(at) : u32(at);
  }

  private int u16(int at) {
    return isLittle ? Bytes.u16le(bytes, at) : Bytes.u16be(bytes, at);
  }

  private long u32(int at) {
    return isLittle ? Bytes.u32le(bytes, at) : Bytes.u32be(bytes, at);
  }

  private long u64(int at) {
    return isLittle ? u32(at + 4) << 32 | u32(at) : u32(at) << 32 | u32(at + 4);
  }
}
