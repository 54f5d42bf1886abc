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
  /** Pixels that were decoded elsewhere: Spark's {@code image} struct. */
  PIXELS;

  private static final byte[] PNG_SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

  /** Whether TensorFlow's decoders read it. */
  boolean isDecodable() {
    return switch (this) {
      case JPEG, PNG, BMP, GIF -> true;
      case WEBP, TIFF, PIXELS -> false;
    };
  }

  /** The format that these bytes begin as, or null for none that is known. */
  static @Nullable ImageFormat sniff(byte[] bytes) {
    if (startsWith(bytes, 0, (byte) 0xff, (byte) 0xd8, (byte) 0xff)) {
      return JPEG;
    } else if (startsWith(bytes, 0, PNG_SIGNATURE)) {
      return PNG;
    } else if (startsWith(bytes, 0, ascii("GIF87a")) || startsWith(bytes, 0, ascii("GIF89a"))) {
      return GIF;
    } else if (startsWith(bytes, 0, ascii("RIFF")) && startsWith(bytes, 8, ascii("WEBP"))) {
      return WEBP;
    } else if (startsWith(bytes, 0, (byte) 'I', (byte) 'I', (byte) 42, (byte) 0)
        || startsWith(bytes, 0, (byte) 'M', (byte) 'M', (byte) 0, (byte) 42)) {
      return TIFF;
    } else if (startsWith(bytes, 0, ascii("BM"))) {
      return BMP;
    }
    return null;
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
