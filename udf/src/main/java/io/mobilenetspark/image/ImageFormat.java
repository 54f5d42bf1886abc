package io.mobilenetspark.image;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The formats that are told apart by their first bytes. A file's name plays no part. */
public enum ImageFormat {
  JPEG,
  PNG,
  BMP,
  GIF,
  WEBP,
  TIFF,
  /** Portable bitmaps, graymaps, pixmaps, anymaps and float maps: PBM, PGM, PPM, PAM, PFM. */
  PNM,
  /** Windows icons and cursors: ICO, CUR. */
  ICO,
  /** Truevision TGA. */
  TGA,
  /** Photoshop's PSD and PSB. */
  PSD,
  /** Pixels that were decoded elsewhere: Spark's {@code image} struct. */
  PIXELS;

  private static final byte[] PNG_SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

  /** The format that these bytes begin as, or null for none that is known. */
  static @Nullable ImageFormat sniff(byte[] bytes) {
    // Two bytes, not three: some writers put garbage between a JPEG's first markers.
    if (startsWith(bytes, 0, (byte) 0xff, (byte) 0xd8)) {
      return JPEG;
    } else if (startsWith(bytes, 0, PNG_SIGNATURE)) {
      return PNG;
    } else if (startsWith(bytes, 0, ascii("GIF87a")) || startsWith(bytes, 0, ascii("GIF89a"))) {
      return GIF;
    } else if (startsWith(bytes, 0, ascii("RIFF")) && startsWith(bytes, 8, ascii("WEBP"))) {
      return WEBP;
    } else if (isTiff(bytes)) {
      return TIFF;
    } else if (startsWith(bytes, 0, ascii("BM"))) {
      return BMP;
    } else if (startsWith(bytes, 0, ascii("8BPS"))) {
      return PSD;
    } else if (PnmHeader.isPnm(bytes)) {
      return PNM;
    } else if (IcoDirectory.isIco(bytes)) {
      return ICO;
    }
    // Last: it has no first bytes to be told by.
    return TgaHeader.isTga(bytes) ? TGA : null;
  }

  /** TIFF (42) and BigTIFF (43), in both byte orders. */
  private static boolean isTiff(byte[] bytes) {
    return startsWith(bytes, 0, ascii("II*\0"))
        || startsWith(bytes, 0, ascii("II+\0"))
        || startsWith(bytes, 0, ascii("MM\0*"))
        || startsWith(bytes, 0, ascii("MM\0+"));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static boolean startsWith(byte[] bytes, int offset, byte... prefix) {
    if (bytes.length < offset + prefix.length) {
      return false;
    }
    for (int i = 0; i < prefix.length; i++) {
      if (bytes[offset + i] != prefix[i]) {
        return false;
      }
    }
    return true;
  }
}
