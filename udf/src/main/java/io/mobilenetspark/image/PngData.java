package io.mobilenetspark.image;

import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * A PNG's compressed rows. libpng inflates all of them, also what follows the last row: a megabyte
 * can hold a gigabyte there.
 *
 * @param rawBytes bytes of the rows before they are filtered and compressed
 * @param codedBytes bytes of the IDAT chunks
 * @param chunks chunks of any type, at most
 * @param isInterlaced whether the rows come in seven passes
 */
record PngData(long rawBytes, long codedBytes, long chunks, boolean isInterlaced) {

  /** The most that deflate makes of a byte. */
  static final long MOST_INFLATED = 1_032;

  private static final long IDAT = 0x49444154L;
  private static final int[] CHANNELS = {1, 0, 3, 1, 2, 0, 4};

  static PngData of(byte[] bytes, long width, long height) {
    int depth = Math.max(1, Math.min(16, Bytes.u8(bytes, 24)));
    int colour = bytes.length > 25 ? Bytes.u8(bytes, 25) : 2;
    int channels = colour < CHANNELS.length ? Math.max(1, CHANNELS[colour]) : 4;
    boolean isInterlaced = bytes.length > 28 && bytes[28] != 0;
    long rowBytes = (width * channels * depth + 7) / 8;
    // The filters of the rows, and in seven passes there are up to twice as many rows.
    long raw = isInterlaced ? height * (rowBytes + 8) * 9 / 8 : height * (rowBytes + 1);
    long[] coded = {0};
    PngChunks.each(bytes, IDAT, (from, length) -> coded[0] += length);
    return new PngData(raw, coded[0], PngChunks.count(bytes), isInterlaced);
  }

  /**
   * The inflated bytes behind the last row, at most; inflates only as much as it takes to know that
   * they are no more than {@code enough}.
   *
   * @return {@code enough} or less if there are no more than that; something greater otherwise
   */
  long trailing(byte[] bytes, long enough) {
    long mayTrail = enough / MOST_INFLATED;
    if (codedBytes <= mayTrail) {
      return enough;
    }
    // If the rows reach into the last bytes, then only those can hold more.
    Progress progress = new Progress(codedBytes - mayTrail, rawBytes + enough);
    try {
      PngChunks.each(bytes, IDAT, (from, length) -> progress.inflate(bytes, from, length));
      return progress.inflated < rawBytes ? enough : progress.inflated - rawBytes + enough;
    } finally {
      progress.inflater.end();
    }
  }

  private static final class Progress {
    private final Inflater inflater = new Inflater();
    private final byte[] buffer = new byte[1 << 15];
    private final long most;
    private long coded;
    private long inflated;

    Progress(long coded, long most) {
      this.coded = coded;
      this.most = most;
    }

    void inflate(byte[] bytes, int from, int length) {
      int part = (int) Math.min(length, coded);
      coded -= part;
      inflater.setInput(bytes, from, part);
      try {
        while (inflated <= most && !inflater.finished() && !inflater.needsInput()) {
          inflated += inflater.inflate(buffer);
          if (inflater.needsDictionary()) {
            return; // libpng gives up here too
          }
        }
      } catch (DataFormatException e) {
        coded = 0; // and here
      }
    }
  }
}
