package io.mobilenetspark.image;

import java.nio.ByteBuffer;
import java.util.Locale;

/**
 * The header of a Photoshop document (PSD) or large document (PSB). What is read is the flattened
 * picture behind the layers, which Photoshop writes if "maximize compatibility" is on.
 */
final class PsdHeader {

  private static final int HEADER = 26;
  private static final int RUN_LENGTHS = 1;

  private PsdHeader() {}

  static ImageHeader header(byte[] bytes) throws RejectedImageException {
    ImageHeader.require(bytes, HEADER, "PSD header");
    int version = Bytes.u16be(bytes, 4);
    int channels = Bytes.u16be(bytes, 12);
    int bits = Bytes.u16be(bytes, 22);
    if ((version != 1 && version != 2) || channels < 1 || channels > 56 || bits > 32) {
      throw new RejectedImageException(
          ImageStatus.CORRUPT,
          String.format(
              Locale.ROOT,
              "PSD of version %d with %d channels of %d bits",
              version,
              channels,
              bits));
    }
    if (bits == 32) {
      throw new RejectedImageException(
          ImageStatus.UNSUPPORTED_FORMAT,
          "PSD of 32 bits a channel; 1, 8 and 16 are supported: change its mode in Photoshop");
    }
    return new ImageHeader(
        ImageFormat.PSD,
        Bytes.u32be(bytes, 18),
        Bytes.u32be(bytes, 14),
        1,
        ImageHeader.Decoder.IMAGE_IO,
        2L * channels * ((bits + 7) / 8) + 8);
  }

  /**
   * These bytes without image resources, of which the reader keeps every one and none changes a
   * pixel: twelve bytes buy two microseconds and an object. The layers stay: the sign of their
   * count tells whether the picture has transparency, and the reader looks at no more of them.
   */
  static byte[] withoutResources(byte[] bytes) {
    if (!reachesEnd(bytes)) {
      return bytes;
    }
    int resources = (int) (HEADER + 4 + Bytes.u32be(bytes, HEADER));
    int layers = (int) (resources + 4 + Bytes.u32be(bytes, resources));
    ByteBuffer without = ByteBuffer.allocate(resources + 4 + bytes.length - layers);
    without.put(bytes, 0, resources).putInt(0);
    return without.put(bytes, layers, bytes.length - layers).array();
  }

  /** Packets of run lengths, each of which costs the reader more than its bytes. */
  static long packets(byte[] bytes) {
    if (!reachesEnd(bytes)) {
      return 0;
    }
    int picture = picture(bytes);
    if (Bytes.u16be(bytes, picture) != RUN_LENGTHS) {
      return 0;
    }
    long rows = Bytes.u16be(bytes, 12) * Bytes.u32be(bytes, 14);
    long at = picture + 2 + rows * (isLarge(bytes) ? 4 : 2);
    long packets = 0;
    while (at < bytes.length) {
      int packet = bytes[(int) at];
      at += packet >= 0 ? packet + 2 : 2;
      packets++;
    }
    return packets;
  }

  /** Where the flattened picture begins, in a file that reaches its end. */
  private static int picture(byte[] bytes) {
    long resources = HEADER + 4 + Bytes.u32be(bytes, HEADER);
    long layers = resources + 4 + Bytes.u32be(bytes, (int) resources);
    int lengthBytes = isLarge(bytes) ? 8 : 4;
    return (int) (layers + lengthBytes + Bytes.u32be(bytes, (int) layers + lengthBytes - 4));
  }

  private static boolean isLarge(byte[] bytes) {
    return Bytes.u16be(bytes, 4) == 2;
  }

  /** Whether the sections in front of the picture are there; its own length is not written. */
  static boolean reachesEnd(byte[] bytes) {
    boolean isLarge = isLarge(bytes);
    long at = HEADER;
    for (int section = 0; section < 3; section++) {
      boolean isLong = isLarge && section == 2;
      if (at + 8 > bytes.length) {
        return false;
      }
      long high = isLong ? Bytes.u32be(bytes, (int) at) << 32 : 0;
      long length = high + Bytes.u32be(bytes, (int) at + (isLong ? 4 : 0));
      at += length + (isLong ? 8 : 4);
      if (length < 0 || at > bytes.length) {
        return false;
      }
    }
    return at + 2 < bytes.length;
  }
}
