package io.mobilenetspark.model.checkpoint;

import java.util.zip.CRC32C;

/**
 * CRC-32C with LevelDB's masking, so that checksums of checksums don't degenerate; of checkpoints
 * and TFRecord files.
 */
public final class Checksums {

  private static final int MASK_DELTA = 0xa282ead8;

  private Checksums() {}

  /** The masked checksum of some bytes of an array. */
  public static int masked(byte[] bytes, int from, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, length);
    return masked(crc);
  }

  static int masked(CRC32C crc) {
    return Integer.rotateRight((int) crc.getValue(), 15) + MASK_DELTA;
  }
}
