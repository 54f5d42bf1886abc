package io.mobilenetspark.image;

import java.util.Locale;

/**
 * The header of a Photoshop document (PSD) or large document (PSB). What is read is the flattened
 * picture behind the layers, which Photoshop writes if "maximize compatibility" is on.
 */
final class PsdHeader {

  private static final int HEADER = 26;

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
          "PSD of 32 bits a channel; 1, 8 and 16 are read: change its mode in Photoshop");
    }
    return new ImageHeader(
        ImageFormat.PSD,
        Bytes.u32be(bytes, 18),
        Bytes.u32be(bytes, 14),
        1,
        ImageHeader.Decoder.IMAGE_IO,
        2L * channels * ((bits + 7) / 8) + 8);
  }

  /** Whether the sections in front of the picture are there; its own length is not written. */
  static boolean reachesEnd(byte[] bytes) {
    boolean isLarge = Bytes.u16be(bytes, 4) == 2;
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
