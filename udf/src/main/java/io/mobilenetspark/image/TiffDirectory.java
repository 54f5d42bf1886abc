package io.mobilenetspark.image;

import com.twelvemonkeys.imageio.metadata.tiff.TIFF;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The first page's directory of a TIFF or BigTIFF (TIFF 6.0), read without decoding. */
final class TiffDirectory {

  private static final int LZW = 5;
  private static final int OLD_JPEG = 6;
  private static final int JPEG = 7;

  /** By the value of tag 259; the reader's words for them are numbers. */
  private static final Map<Long, String> UNREAD_COMPRESSIONS =
      Map.ofEntries(
          Map.entry(9L, "JBIG (T.85)"),
          Map.entry(10L, "JBIG (T.43)"),
          Map.entry(32_766L, "NeXT"),
          Map.entry(32_809L, "ThunderScan"),
          Map.entry(33_003L, "JPEG 2000 (Aperio, YCbCr)"),
          Map.entry(33_005L, "JPEG 2000 (Aperio, RGB)"),
          Map.entry(34_661L, "JBIG"),
          Map.entry(34_676L, "SGI Log"),
          Map.entry(34_677L, "SGI Log 24"),
          Map.entry(34_712L, "JPEG 2000"),
          Map.entry(34_713L, "Nikon NEF"),
          Map.entry(34_887L, "LERC"),
          Map.entry(34_892L, "lossy JPEG (DNG)"),
          Map.entry(34_925L, "LZMA"),
          Map.entry(34_933L, "PNG"),
          Map.entry(34_934L, "JPEG XR"),
          Map.entry(50_000L, "Zstandard"),
          Map.entry(50_001L, "WebP"),
          Map.entry(50_002L, "JPEG XL"),
          Map.entry(52_546L, "JPEG XL (DNG)"));

  /** In nanoseconds, as {@code BombTrial} measures them at their worst. */
  private static final double PIXEL = 5;

  private static final double PREDICTED_SAMPLE = 5;
  private static final double PLANAR_SAMPLE = 12;
  private static final double FAX_PIXEL = 20;
  private static final double CODED_BYTE = 8;
  private static final double LZW_BYTE = 30;
  private static final double TILE = 35_000;
  private static final double JPEG_TILE = 80_000;

  /** Java's JPEG reader goes over the whole image again for every scan. */
  private static final double JPEG_SCAN_PIXEL = 10;

  /** No limit allows more; looking for it in the tiles ends here. */
  private static final double MOST_WORK = 1e11;

  private final byte[] bytes;
  private final TiffTags tags;
  private final long page;

  private TiffDirectory(byte[] bytes, TiffTags tags) {
    this.bytes = bytes;
    this.tags = tags;
    this.page = tags.first();
  }

  static TiffDirectory read(byte[] bytes) throws RejectedImageException {
    ImageHeader.require(bytes, 8, "TIFF header");
    TiffDirectory directory = new TiffDirectory(bytes, TiffTags.of(bytes));
    // An offset behind the end, which is where writers put the directory.
    if (directory.page == 0 || !directory.tags.isWhole(directory.page)) {
      throw new RejectedImageException(
          ImageStatus.TRUNCATED,
          String.format(
              Locale.ROOT, "TIFF of %d bytes that ends before its directory", bytes.length));
    }
    return directory;
  }

  /** Whether all that the directory points to lies within the file. */
  static boolean reachesEnd(byte[] bytes) {
    try {
      TiffDirectory directory = read(bytes);
      TiffTags.Values offsets = directory.offsets();
      TiffTags.Values lengths = directory.lengths();
      for (int i = 0; i < Math.min(offsets.count(), lengths.count()); i++) {
        if (offsets.at(i) + lengths.at(i) > bytes.length) {
          return false;
        }
      }
      return true;
    } catch (RejectedImageException e) {
      return e.outcome().status() != ImageStatus.TRUNCATED;
    }
  }

  /** The EXIF orientation, 1 to 8; 1 where there is none. */
  int orientation() {
    return (int) value(TIFF.TAG_ORIENTATION, 1);
  }

  /** The ICC profile, or null. */
  byte @Nullable [] profile() {
    TiffTags.Values values = tags.values(page, TIFF.TAG_ICC_PROFILE);
    if (values.count() == 0 || values.count() > IccTransform.MAX_PROFILE) {
      return null;
    }
    byte[] profile = new byte[values.count()];
    for (int i = 0; i < profile.length; i++) {
      profile[i] = (byte) values.at(i);
    }
    return profile;
  }

  /** Whether integer samples are signed (sample format 2). */
  boolean isSigned() {
    return value(TIFF.TAG_SAMPLE_FORMAT, 1) == 2;
  }

  ImageHeader header() throws RejectedImageException {
    long width = value(TIFF.TAG_IMAGE_WIDTH, 0);
    long height = value(TIFF.TAG_IMAGE_HEIGHT, 0);
    long samples = value(TIFF.TAG_SAMPLES_PER_PIXEL, 1);
    long bits = bits();
    if (samples < 1 || samples > 64 || bits > 64) {
      throw new RejectedImageException(
          ImageStatus.CORRUPT,
          String.format(Locale.ROOT, "TIFF of %d samples a pixel, %d bits each", samples, bits));
    }
    long compression = value(TIFF.TAG_COMPRESSION, 1);
    String unread = UNREAD_COMPRESSIONS.get(compression);
    if (unread != null) {
      throw new RejectedImageException(
          ImageStatus.UNSUPPORTED_FORMAT,
          String.format(Locale.ROOT, "%s compressed TIFF; save it with LZW or Deflate", unread));
    }
    // A tile is decoded whole, however small the image is.
    long tileWidth = value(TIFF.TAG_TILE_WIDTH, 0);
    long tileHeight = value(TIFF.TAG_TILE_HEIGTH, 0);
    if (tileWidth < 0 || tileHeight < 0) {
      throw new RejectedImageException(
          ImageStatus.CORRUPT,
          String.format(Locale.ROOT, "TIFF of tiles of %d x %d", tileWidth, tileHeight));
    }
    long widest = Math.max(width, tileWidth);
    long highest = Math.max(height, tileHeight);
    if (holdsJpegs()) {
      // Their sizes are claims of their own.
      EmbeddedJpegs embedded = new EmbeddedJpegs();
      widest = Math.max(widest, embedded.widest);
      highest = Math.max(highest, embedded.highest);
    }
    boolean claimsNothing = width < 1 || height < 1;
    long heapBytesPerPixel = 2 * samples * ((bits + 7) / 8) + 4;
    return new ImageHeader(
        ImageFormat.TIFF,
        claimsNothing ? width : widest,
        claimsNothing ? height : highest,
        Math.max(1, tags.cost().pages()),
        ImageHeader.Decoder.IMAGE_IO,
        heapBytesPerPixel);
  }

  /** Heap for what ImageIO's reader parses before it decodes. */
  long heapBytes() {
    return tags.cost().heapBytes();
  }

  /** Nanoseconds to decode the first page, at most. */
  long work() {
    long width = value(TIFF.TAG_IMAGE_WIDTH, 0);
    long height = value(TIFF.TAG_IMAGE_HEIGHT, 0);
    long samples = value(TIFF.TAG_SAMPLES_PER_PIXEL, 1);
    boolean isPlanar = value(TIFF.TAG_PLANAR_CONFIGURATION, 1) == 2;
    long tileWidth = Math.max(1, value(TIFF.TAG_TILE_WIDTH, width));
    long tileHeight =
        value(TIFF.TAG_TILE_WIDTH, 0) > 0
            ? Math.max(1, value(TIFF.TAG_TILE_HEIGTH, height))
            : Math.max(1, Math.min(height, value(TIFF.TAG_ROWS_PER_STRIP, height)));
    double across = Math.ceil((double) width / tileWidth);
    double down = Math.ceil((double) height / tileHeight);
    double tiles = across * down * (isPlanar ? samples : 1);
    double pixels = across * down * (double) tileWidth * tileHeight;
    double work = tags.cost().work() + pixels * pixelWork(samples, isPlanar);
    if (holdsJpegs()) {
      work += tiles * JPEG_TILE + new EmbeddedJpegs().work;
    } else {
      work += tiles * TILE + codedBytes(pixels, samples) * codedByteWork();
    }
    return (long) Math.min(work, 1e18); // more than any limit
  }

  private double pixelWork(long samples, boolean isPlanar) {
    long bits = bits();
    double sample = bits <= 8 ? 4 : bits <= 16 ? 8 : 35;
    boolean isPredicted = value(TIFF.TAG_PREDICTOR, 1) > 1;
    sample += (isPredicted ? PREDICTED_SAMPLE : 0) + (isPlanar ? PLANAR_SAMPLE : 0);
    long compression = value(TIFF.TAG_COMPRESSION, 1);
    boolean isFax = compression >= 2 && compression <= 4;
    return PIXEL + samples * sample + (isFax ? FAX_PIXEL : 0);
  }

  private double codedByteWork() {
    return value(TIFF.TAG_COMPRESSION, 1) == LZW ? LZW_BYTE : CODED_BYTE;
  }

  /**
   * Bytes that are unpacked; tiles may share theirs, and none is read further than it is needed.
   */
  private double codedBytes(double pixels, long samples) {
    TiffTags.Values lengths = lengths();
    double coded = 0;
    for (int i = 0; i < lengths.count(); i++) {
      coded += Math.max(0, Math.min(bytes.length, lengths.at(i)));
    }
    long sampleBytes = (bits() + 7) / 8;
    return Math.min(coded, 2 * pixels * samples * sampleBytes + bytes.length);
  }

  private boolean holdsJpegs() {
    long compression = value(TIFF.TAG_COMPRESSION, 1);
    return compression == JPEG || compression == OLD_JPEG;
  }

  private long bits() {
    TiffTags.Values bits = tags.values(page, TIFF.TAG_BITS_PER_SAMPLE);
    long most = 8;
    for (int i = 0; i < Math.min(64, bits.count()); i++) {
      most = Math.max(most, bits.at(i));
    }
    return most;
  }

  private boolean isTiled() {
    return tags.values(page, TIFF.TAG_TILE_OFFSETS).count() > 0;
  }

  private TiffTags.Values offsets() {
    return tags.values(page, isTiled() ? TIFF.TAG_TILE_OFFSETS : TIFF.TAG_STRIP_OFFSETS);
  }

  private TiffTags.Values lengths() {
    return tags.values(page, isTiled() ? TIFF.TAG_TILE_BYTE_COUNTS : TIFF.TAG_STRIP_BYTE_COUNTS);
  }

  private long value(int tag, long otherwise) {
    TiffTags.Values values = tags.values(page, tag);
    return values.count() == 0 ? otherwise : values.at(0);
  }

  /** The JPEGs in the strips and tiles. Several tiles may be the same JPEG. */
  private final class EmbeddedJpegs {
    private final Map<Long, Double> known = new HashMap<>();
    private long widest;
    private long highest;
    private double work;

    EmbeddedJpegs() {
      add(offsets(), lengths());
      TiffTags.Values whole = tags.values(page, TIFF.TAG_JPEG_INTERCHANGE_FORMAT);
      add(whole, tags.values(page, TIFF.TAG_JPEG_INTERCHANGE_FORMAT_LENGTH));
    }

    private void add(TiffTags.Values offsets, TiffTags.Values lengths) {
      for (int i = 0; i < offsets.count() && work < MOST_WORK; i++) {
        long offset = offsets.at(i);
        long length = i < lengths.count() ? lengths.at(i) : bytes.length;
        long end = Math.min(bytes.length, offset + Math.max(0, length));
        boolean isJpeg =
            offset >= 0 && offset + 4 <= end && Bytes.u16be(bytes, (int) offset) == 0xffd8;
        if (isJpeg) {
          Double of = known.get(offset << 32 | end);
          work += of == null ? measure((int) offset, (int) end) : of;
        }
      }
    }

    private double measure(int offset, int end) {
      JpegScans jpeg = JpegScans.of(bytes, offset, end);
      widest = Math.max(widest, jpeg.width());
      highest = Math.max(highest, jpeg.height());
      double of = jpeg.work() + JPEG_SCAN_PIXEL * jpeg.scans() * jpeg.width() * jpeg.height();
      if (known.size() < 10_000) {
        known.put((long) offset << 32 | end, of);
      }
      return of;
    }
  }
}
