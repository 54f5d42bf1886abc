package io.mobilenetspark.image;

import java.nio.charset.StandardCharsets;
import java.util.Map;
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

  private static final class Magic {
    private final int offset;
    private final byte[] magic;

    Magic(int offset, String magic) {
      this.offset = offset;
      this.magic = magic.getBytes(StandardCharsets.ISO_8859_1);
    }
  }

  /**
   * Formats that people have and that are not read; the text names them so that they can convert.
   */
  private static final Map<String, Magic> OTHERS =
      Map.ofEntries(
          Map.entry("HEIC", new Magic(4, "ftypheic")),
          Map.entry("HEIF", new Magic(4, "ftypmif1")),
          Map.entry("AVIF", new Magic(4, "ftypavif")),
          Map.entry("JPEG 2000", new Magic(4, "jP  \r\n")),
          Map.entry("JPEG XL", new Magic(4, "JXL \r\n")),
          Map.entry("a JPEG XL codestream", new Magic(0, "\u00ff\n")),
          Map.entry("Photoshop's PSD", new Magic(0, "8BPS")),
          Map.entry("a Windows icon", new Magic(0, "\0\0\u0001\0")),
          Map.entry("PDF", new Magic(0, "%PDF")),
          Map.entry("SVG", new Magic(0, "<svg")),
          Map.entry("XML, perhaps SVG", new Magic(0, "<?xml")),
          Map.entry("HTML, perhaps an error page", new Magic(0, "<!DOCTYPE")));

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
    }
    return null;
  }

  /** TIFF (42) and BigTIFF (43), in both byte orders. */
  private static boolean isTiff(byte[] bytes) {
    return startsWith(bytes, 0, ascii("II*\0"))
        || startsWith(bytes, 0, ascii("II+\0"))
        || startsWith(bytes, 0, ascii("MM\0*"))
        || startsWith(bytes, 0, ascii("MM\0+"));
  }

  /** What bytes are that {@link #sniff} knows nothing of, for a message. */
  static String describeUnknown(byte[] bytes) {
    return OTHERS.entrySet().stream()
        .filter(other -> startsWith(bytes, other.getValue().offset, other.getValue().magic))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse("no image format that is known here");
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
