package io.mobilenetspark.image;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The CPU time that an image asks for, in nanoseconds, told from its headers before native code
 * runs: that can't be interrupted. Every factor is what the dearest file of its kind cost, by
 * {@code BombTrial}, on one core of a server of 2023; a plain photograph takes a fraction of it.
 */
final class DecodeWork {

  private static final double BYTE = 5;

  private static final double PNG_PIXEL = 2.5;
  private static final double PNG_RAW_BYTE = 3;
  private static final double PNG_CODED_BYTE = 3;
  private static final double PNG_INTERLACED_PIXEL = 5;
  private static final double PNG_ALPHA_PIXEL = 8;
  private static final double PNG_TRAILING_BYTE = 1.8;

  /** 20 million of them took 2.0 s. */
  private static final double PNG_CHUNK = 65;

  private static final double GIF_PIXEL = 12;
  private static final double GIF_SUB_BLOCK = 700;

  private static final double BMP_PIXEL = 6;
  private static final double BMP_BYTE = 1;

  private static final double WEBP_PIXEL = 8;
  private static final double WEBP_LOSSY_BYTE = 36;
  private static final double WEBP_HUFFMAN_GROUP = 10_000;

  /** Java's decoder of lossless JPEGs. */
  private static final double LOSSLESS_SAMPLE = 60;

  /** Of the readers of PNM, TGA and PSD: as that of TIFF, for a byte of heap and a coded one. */
  private static final double RASTER_PIXEL = 5;

  private static final double RASTER_HEAP_BYTE = 2;
  private static final double RASTER_CODED_BYTE = 4;

  /** A text (PBM, PGM, PPM) of one digit a sample took 33 ns a sample, of 15 blanks too 132 ns. */
  private static final double TEXT_SAMPLE = 22;

  private static final double TEXT_BYTE = 6.5;

  /** Of run lengths, one of a single pixel or byte: up to 95 ns, and 47 ns. */
  private static final double TGA_PACKET = 110;

  private static final double PSD_PACKET = 55;

  /**
   * Colors by a profile: of primaries 7 ns, of tables up to 160 ns, of tables for inks 190 ns where
   * no pixel is like the one before it. Not all of the last is charged, so that photographs for
   * print of 10 megapixels pass: one of nothing but noise may take 2.3 s.
   */
  private static final double PROFILE_PIXEL = 25;

  private static final double TABLES_PIXEL = 170;
  private static final double INKS_PIXEL = 160;

  private static final double TURNED_PIXEL = 5;
  private static final double ANTIALIASED_PIXEL = 6;
  private static final double RESIZED_PIXEL = 2;

  private static final double NANOS_PER_SECOND = 1e9;

  private DecodeWork() {}

  /** Refuses what takes longer than the limits allow. */
  static void check(ImageHeader header, byte[] bytes, Orientation orientation, ImageOptions options)
      throws RejectedImageException {
    double limit =
        options.get(ImageSettings.MAX_DECODE_SECONDS)
            * NANOS_PER_SECOND
            * options.limits().pixelRatio();
    double work = nanoseconds(header, bytes, orientation, options);
    byte[] png = pngOf(header, bytes);
    if (png != null && work <= limit) {
      PngData data = PngData.of(png, header.width(), header.height());
      long enough = (long) ((limit - work) / PNG_TRAILING_BYTE);
      long trailing = data.trailing(png, enough);
      work += trailing > enough ? trailing * PNG_TRAILING_BYTE : 0;
    }
    if (work > limit) {
      throw new RejectedImageException(
          ImageStatus.TOO_MUCH_WORK,
          String.format(
              Locale.ROOT,
              "%s asks for %s s of one core%s, the limit is %s s",
              header.describe(bytes.length),
              seconds(work),
              reason(header, bytes),
              seconds(limit)));
    }
  }

  /** All but what a PNG has behind its last row. */
  static double nanoseconds(
      ImageHeader header, byte[] bytes, Orientation orientation, ImageOptions options) {
    return decoding(header, bytes, options)
        + profile(header, bytes, options)
        + header.width() * (double) header.height() * perPixel(orientation, options);
  }

  private static String seconds(double work) {
    return work > 1e12 ? "over 1000" : String.format(Locale.ROOT, "%.1f", work / 1e9);
  }

  private static String reason(ImageHeader header, byte[] bytes) {
    if (header.format() != ImageFormat.JPEG) {
      return "";
    }
    int scans = JpegScans.of(bytes).scans();
    return scans == 1 ? "" : String.format(Locale.ROOT, ", in %d scans", scans);
  }

  private static double perPixel(Orientation orientation, ImageOptions options) {
    return (orientation == Orientation.UPRIGHT ? 0 : TURNED_PIXEL)
        + (options.get(ImageSettings.RESIZE) == ResizeMethod.BILINEAR_ANTIALIAS
            ? ANTIALIASED_PIXEL
            : RESIZED_PIXEL);
  }

  private static double decoding(ImageHeader header, byte[] bytes, ImageOptions options) {
    double pixels = (double) header.width() * header.height();
    return switch (header.format()) {
      case JPEG -> {
        JpegScans scans = JpegScans.of(bytes);
        boolean isJava = header.decoder() == ImageHeader.Decoder.IMAGE_IO;
        yield scans.work() + (isJava ? pixels * 4 * LOSSLESS_SAMPLE * scans.scans() : 0);
      }
      case PNG -> png(header, bytes, options);
      case ICO -> {
        byte[] png = pngOf(header, bytes);
        yield png == null
            ? pixels * raster(header) + bytes.length * BYTE
            : png(header, png, options) + bytes.length * BYTE;
      }
      case PNM -> pixels * raster(header) + pnmData(header, bytes);
      case TGA ->
          pixels * raster(header)
              + TgaHeader.packets(bytes) * TGA_PACKET
              + bytes.length * RASTER_CODED_BYTE;
      case PSD ->
          pixels * raster(header)
              + PsdHeader.packets(bytes) * PSD_PACKET
              + bytes.length * RASTER_CODED_BYTE;
      case GIF -> pixels * GIF_PIXEL + subBlocks(bytes) * GIF_SUB_BLOCK + bytes.length * BYTE;
      case BMP -> pixels * BMP_PIXEL + bytes.length * BMP_BYTE;
      case WEBP ->
          pixels * WEBP_PIXEL
              + huffmanGroups(header, bytes) * WEBP_HUFFMAN_GROUP
              + bytes.length * (WebpChunks.isLossy(bytes) ? WEBP_LOSSY_BYTE : BYTE);
      case TIFF -> tiff(bytes);
      case PIXELS -> 0;
    };
  }

  private static double pnmData(ImageHeader header, byte[] bytes) {
    if (!PnmHeader.isText(bytes)) {
      return bytes.length * RASTER_CODED_BYTE;
    }
    double samples = header.width() * (double) header.height() * (bytes[1] == '3' ? 3 : 1);
    return Math.min(samples, bytes.length) * TEXT_SAMPLE + bytes.length * TEXT_BYTE;
  }

  private static double raster(ImageHeader header) {
    return RASTER_PIXEL + header.heapBytesPerPixel() * RASTER_HEAP_BYTE;
  }

  private static double png(ImageHeader header, byte[] bytes, ImageOptions options) {
    PngData data = PngData.of(bytes, header.width(), header.height());
    double perPixel =
        PNG_PIXEL
            + (data.isInterlaced() ? PNG_INTERLACED_PIXEL : 0)
            + (options.get(ImageSettings.ALPHA) == AlphaMode.DROP ? 0 : PNG_ALPHA_PIXEL);
    return header.width() * (double) header.height() * perPixel
        + data.rawBytes() * PNG_RAW_BYTE
        + data.codedBytes() * PNG_CODED_BYTE
        + data.chunks() * PNG_CHUNK
        + bytes.length * BYTE;
  }

  /** The PNG that TensorFlow decodes, which an icon may hold; null of other images. */
  private static byte @Nullable [] pngOf(ImageHeader header, byte[] bytes) {
    if (header.format() == ImageFormat.PNG) {
      return bytes;
    }
    boolean isIconOfPng =
        header.format() == ImageFormat.ICO && header.decoder() == ImageHeader.Decoder.TENSORFLOW;
    if (!isIconOfPng) {
      return null;
    }
    try {
      return IcoDirectory.largest(bytes).png(bytes);
    } catch (RejectedImageException e) {
      throw new IllegalStateException("its header was read", e);
    }
  }

  private static double profile(ImageHeader header, byte[] bytes, ImageOptions options) {
    double pixels = (double) header.width() * header.height();
    return switch (IccTransform.claim(header, bytes, options)) {
      case NONE -> 0;
      case LIGHT -> pixels * PROFILE_PIXEL;
      case TABLES -> pixels * TABLES_PIXEL;
      case INKS -> pixels * INKS_PIXEL;
    };
  }

  private static double tiff(byte[] bytes) {
    try {
      return TiffDirectory.read(bytes).work() + bytes.length * BYTE;
    } catch (RejectedImageException e) {
      throw new IllegalStateException("its header was read", e);
    }
  }

  /**
   * Sub-blocks outside of frames, of which giflib keeps each on its own. Those of frames are read
   * as they come.
   */
  static long subBlocks(byte[] bytes) {
    return GifBlocks.extensionSubBlocks(bytes);
  }

  /** The most groups of Huffman tables that a WebP of this size has room for. */
  static long huffmanGroups(ImageHeader header, byte[] bytes) {
    long tiles = (header.width() + 3) / 4 * ((header.height() + 3) / 4);
    // Five tables, each of at least four bits; the number of a group has 16 bits.
    long room = bytes.length * 8L / 20;
    return WebpChunks.hasLossless(bytes) ? Math.min(65_536, Math.min(tiles, room)) : 0;
  }
}
