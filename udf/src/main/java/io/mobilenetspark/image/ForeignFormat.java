package io.mobilenetspark.image;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What is told by its first bytes and not read: no kept library under Apache, BSD or MIT terms
 * reads it without a system package. Named so that people know what to convert.
 *
 * @param name the format
 * @param cure what makes a readable file of it
 * @param offset where the magic bytes are
 * @param magic the magic bytes
 */
record ForeignFormat(String name, String cure, int offset, String magic) {

  private static final String RESAVE = "save it as PNG or JPEG";
  private static final String HEIF = "convert it with heif-dec of libheif, or sips on a Mac";
  private static final String AVIF = "convert it with avifdec of libavif";
  private static final String JPEG_2000 = "convert it with opj_decompress of OpenJPEG";
  private static final String JPEG_XL = "convert it with djxl of libjxl";
  private static final String FETCH = "fetch the image itself";

  /** The more telling first. */
  private static final List<ForeignFormat> KNOWN =
      List.of(
          new ForeignFormat("JPEG 2000", JPEG_2000, 4, "jP  "),
          new ForeignFormat("a JPEG 2000 codestream", JPEG_2000, 0, "\u00ffO\u00ffQ"),
          new ForeignFormat("JPEG XL", JPEG_XL, 4, "JXL "),
          new ForeignFormat("a JPEG XL codestream", JPEG_XL, 0, "\u00ff\n"),
          new ForeignFormat("JPEG XR", RESAVE, 0, "II\u00bc"),
          new ForeignFormat("OpenEXR", RESAVE, 0, "v/1\1"),
          new ForeignFormat("Radiance HDR", RESAVE, 0, "#?RADIANCE"),
          new ForeignFormat("Radiance HDR", RESAVE, 0, "#?RGBE"),
          new ForeignFormat("an Apple icon (ICNS)", RESAVE, 0, "icns"),
          new ForeignFormat("PCX", RESAVE, 0, "\n\5\1"),
          new ForeignFormat("multi-page PCX (DCX)", RESAVE, 0, "\u00b1h\u00de:"),
          new ForeignFormat("XPM", RESAVE, 0, "/* XPM */"),
          new ForeignFormat("QOI", RESAVE, 0, "qoif"),
          new ForeignFormat("GIMP's XCF", RESAVE, 0, "gimp xcf"),
          new ForeignFormat("FITS", RESAVE, 0, "SIMPLE  ="),
          new ForeignFormat("DICOM", RESAVE, 128, "DICM"),
          new ForeignFormat("DjVu", RESAVE, 0, "AT&TFORM"),
          new ForeignFormat("PDF", "export its pages as images", 0, "%PDF"),
          new ForeignFormat("PostScript", "export its pages as images", 0, "%!PS"),
          new ForeignFormat("SVG", "render it to PNG", 0, "<svg"),
          new ForeignFormat("XML, perhaps SVG", "render it to PNG", 0, "<?xml"),
          new ForeignFormat("HTML, perhaps an error page", FETCH, 0, "<!DOCTYPE"),
          new ForeignFormat("HTML, perhaps an error page", FETCH, 0, "<!doctype"),
          new ForeignFormat("HTML, perhaps an error page", FETCH, 0, "<html"),
          new ForeignFormat("JSON, perhaps an error message", FETCH, 0, "{\""),
          new ForeignFormat("a ZIP archive", "unpack it", 0, "PK\3\4"),
          new ForeignFormat("a gzip file", "unpack it", 0, "\u001f\u008b"));

  /** Brands of ISO base media files (ISO/IEC 14496-12), by the name of what they hold. */
  private static final List<ForeignFormat> BRANDS =
      List.of(
          new ForeignFormat("AVIF", AVIF, 0, "avif"),
          new ForeignFormat("AVIF", AVIF, 0, "avis"),
          new ForeignFormat("HEIC", HEIF, 0, "heic"),
          new ForeignFormat("HEIC", HEIF, 0, "heix"),
          new ForeignFormat("HEIC", HEIF, 0, "heim"),
          new ForeignFormat("HEIC", HEIF, 0, "heis"),
          new ForeignFormat("HEIC", HEIF, 0, "hevc"),
          new ForeignFormat("HEIC", HEIF, 0, "hevx"),
          new ForeignFormat("HEIF", HEIF, 0, "mif1"),
          new ForeignFormat("HEIF", HEIF, 0, "msf1"),
          new ForeignFormat("Canon's raw CR3", RESAVE, 0, "crx "));

  /** What bytes are that no format here begins as, and what to do with them, for a message. */
  static String describe(byte[] bytes) {
    ForeignFormat known = of(bytes);
    return known == null
        ? "not a known image format"
        : String.format(Locale.ROOT, "%s, which is not supported (%s)", known.name, known.cure);
  }

  private static @Nullable ForeignFormat of(byte[] bytes) {
    if (starts(bytes, 4, "ftyp")) {
      return ofBrands(bytes);
    }
    return KNOWN.stream()
        .filter(known -> starts(bytes, known.offset, known.magic))
        .findFirst()
        .orElse(null);
  }

  /** By the major brand, then by the compatible ones: many HEICs and AVIFs say mif1 first. */
  private static ForeignFormat ofBrands(byte[] bytes) {
    int end = (int) Math.min(Math.min(bytes.length, 256), Bytes.u32be(bytes, 0));
    ForeignFormat generic = null;
    for (int at = 8; at + 4 <= Math.max(end, 12) && at + 4 <= bytes.length; at += 4) {
      for (ForeignFormat brand : BRANDS) {
        if (starts(bytes, at, brand.magic)) {
          if (!brand.name.equals("HEIF")) {
            return brand;
          }
          generic = brand;
        }
      }
      at += at == 8 ? 4 : 0; // the major brand's version
    }
    return generic == null
        ? new ForeignFormat("a video (MP4 or QuickTime)", "extract its frames", 0, "")
        : generic;
  }

  private static boolean starts(byte[] bytes, int offset, String magic) {
    byte[] expected = magic.getBytes(StandardCharsets.ISO_8859_1);
    if (bytes.length < offset + expected.length) {
      return false;
    }
    for (int i = 0; i < expected.length; i++) {
      if (bytes[offset + i] != expected[i]) {
        return false;
      }
    }
    return true;
  }
}
