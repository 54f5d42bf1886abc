package io.mobilenetspark.image;

/**
 * What a JPEG's frame header and scan headers ask a decoder to do (ITU-T T.81, annex B).
 *
 * <p>A scan is a pass over every block of its components, whether the file has data for it or not;
 * ten bytes are enough to ask for one. The costs of a block are the dearest that {@code BombTrial}
 * can make, in nanoseconds.
 *
 * @param width width in pixels, as claimed; 0 without a frame header
 * @param height height in pixels, as claimed
 * @param scans passes over the image
 * @param work nanoseconds to decode it, at most
 * @param coefficientBytes native memory for the coefficients of the whole image; 0 where a decoder
 *     needs no more than some rows of them
 */
record JpegScans(long width, long height, int scans, long work, long coefficientBytes) {

  private static final int ARITHMETIC = 0xc9;

  /** Tables are made anew for every scan. */
  private static final long SCAN = 500;

  private static final long BLOCK = 15;
  private static final double REFINED_COEFFICIENT = 0.7;
  private static final double ARITHMETIC_COEFFICIENT = 15;
  private static final long CODED_BYTE = 20;

  /** 64 coefficients of the longest codes; bytes beyond are passed over. */
  private static final long MOST_CODED_BYTES_OF_BLOCK = 208;

  private static final long OTHER_BYTE = 5;
  private static final long RESTART = 60;
  private static final double PIXEL = 2.5;

  /** The inverse transform; with several scans also the smoothing of what is incomplete. */
  private static final double SAMPLE = 1.5;

  private static final double SMOOTHED_SAMPLE = 3;

  private static final int MAX_COMPONENTS = 4;

  /** Reads to the end of the image. */
  static JpegScans of(byte[] bytes) {
    return of(bytes, 0, bytes.length);
  }

  /** Reads the JPEG that begins at a place. */
  static JpegScans of(byte[] bytes, int from, int limit) {
    Walk walk = new Walk();
    int at = from + 2;
    int previous = at;
    while (true) {
      at = JpegMarkers.nextMarker(bytes, at, limit);
      walk.data(bytes, previous, at < 0 ? limit : at);
      if (at < 0 || Bytes.u8(bytes, at + 1) == JpegMarkers.END_OF_IMAGE) {
        return walk.result(limit - (long) from);
      }
      int marker = Bytes.u8(bytes, at + 1);
      if (marker == JpegMarkers.START_OF_SCAN) {
        walk.scan(bytes, at);
      } else if (JpegMarkers.isFrameHeader(marker) && at + 10 < bytes.length) {
        walk.frame(bytes, at, marker);
      }
      at = JpegMarkers.skipSegment(bytes, at, marker);
      previous = at;
    }
  }

  private static final class Walk {
    private int frame;
    private long width;
    private long height;
    private int components;
    private final int[] ids = new int[MAX_COMPONENTS];
    private final int[] across = new int[MAX_COMPONENTS];
    private final int[] down = new int[MAX_COMPONENTS];
    private int scans;
    private double work;
    private long scanBlocks;
    private boolean isFirstScanOfAll;

    /** The first one counts: decoders refuse a second. */
    void frame(byte[] bytes, int at, int marker) {
      if (frame != 0) {
        return;
      }
      frame = marker;
      height = Bytes.u16be(bytes, at + 5);
      width = Bytes.u16be(bytes, at + 7);
      components = Math.min(MAX_COMPONENTS, Bytes.u8(bytes, at + 9));
      for (int i = 0; i < components && at + 12 + 3 * i < bytes.length; i++) {
        ids[i] = Bytes.u8(bytes, at + 10 + 3 * i);
        int sampling = Bytes.u8(bytes, at + 11 + 3 * i);
        across[i] = Math.max(1, Math.min(4, sampling >> 4));
        down[i] = Math.max(1, Math.min(4, sampling & 15));
      }
    }

    void scan(byte[] bytes, int at) {
      scans++;
      int of = at + 4 < bytes.length ? Bytes.u8(bytes, at + 4) : 0;
      int tail = at + 5 + 2 * of;
      int from = tail < bytes.length ? Math.min(63, Bytes.u8(bytes, tail)) : 0;
      int to = tail + 1 < bytes.length ? Math.min(63, Bytes.u8(bytes, tail + 1)) : 63;
      boolean isRefinement = tail + 2 < bytes.length && Bytes.u8(bytes, tail + 2) >> 4 != 0;
      scanBlocks = blocks(bytes, at, of);
      int coefficients = Math.max(1, (isProgressive() ? to : 63) - from + 1);
      double block = BLOCK;
      if (frame >= ARITHMETIC) {
        block += ARITHMETIC_COEFFICIENT * coefficients;
      } else if (isRefinement) {
        block += REFINED_COEFFICIENT * coefficients;
      }
      work += SCAN + block * scanBlocks;
      isFirstScanOfAll |= scans == 1 && of == components;
    }

    private long blocks(byte[] bytes, int at, int of) {
      if (of != 1) {
        long blocks = 0;
        for (int i = 0; i < components; i++) {
          blocks += paddedBlocks(i);
        }
        return blocks;
      }
      int id = at + 5 < bytes.length ? Bytes.u8(bytes, at + 5) : -1;
      long most = 0;
      for (int i = 0; i < components; i++) {
        if (ids[i] == id) {
          return paddedBlocks(i);
        }
        most = Math.max(most, paddedBlocks(i));
      }
      return most;
    }

    /** Blocks of 8 x 8 samples of a component, in whole units of the coarsest sampling. */
    private long paddedBlocks(int component) {
      int mostAcross = 1;
      int mostDown = 1;
      for (int i = 0; i < components; i++) {
        mostAcross = Math.max(mostAcross, across[i]);
        mostDown = Math.max(mostDown, down[i]);
      }
      long unitsAcross = (width + 8L * mostAcross - 1) / (8L * mostAcross);
      long unitsDown = (height + 8L * mostDown - 1) / (8L * mostDown);
      return unitsAcross * unitsDown * across[component] * down[component];
    }

    /** Entropy-coded data, or what lies between segments. */
    void data(byte[] bytes, int from, int to) {
      int restarts = 0;
      for (int i = from; i + 1 < to; i++) {
        if (bytes[i] == -1 && (bytes[i + 1] & 0xf8) == 0xd0) {
          restarts++;
        }
      }
      long coded = Math.min(to - (long) from, scanBlocks * MOST_CODED_BYTES_OF_BLOCK);
      work += (double) Math.max(0, coded) * (CODED_BYTE - OTHER_BYTE) + (double) RESTART * restarts;
    }

    JpegScans result(long length) {
      long samples = 0;
      for (int i = 0; i < components; i++) {
        samples += 64 * paddedBlocks(i);
      }
      boolean keepsAll = isProgressive() || !isFirstScanOfAll || scans > 1;
      double total = work + (double) OTHER_BYTE * length + PIXEL * width * height;
      total += (keepsAll ? SMOOTHED_SAMPLE : SAMPLE) * samples;
      return new JpegScans(width, height, scans, (long) total, keepsAll ? 2 * samples : 0);
    }

    private boolean isProgressive() {
      return frame == 0xc2 || frame == 0xc6 || frame == 0xca || frame == 0xce;
    }
  }
}
