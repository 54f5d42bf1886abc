package io.mobilenetspark.image;

import com.twelvemonkeys.imageio.metadata.CompoundDirectory;
import com.twelvemonkeys.imageio.metadata.Directory;
import com.twelvemonkeys.imageio.metadata.Entry;
import com.twelvemonkeys.imageio.metadata.tiff.TIFF;
import com.twelvemonkeys.imageio.metadata.tiff.TIFFReader;
import com.twelvemonkeys.imageio.stream.ByteArrayImageInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.lang.reflect.Array;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import javax.imageio.stream.ImageInputStream;
import org.jspecify.annotations.Nullable;

/** The first page's directory of a TIFF or BigTIFF (TIFF 6.0), read without decoding. */
final class TiffDirectory {

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

  private final byte[] bytes;
  private final Directory page;
  private final long pages;

  private TiffDirectory(byte[] bytes, Directory page, long pages) {
    this.bytes = bytes;
    this.page = page;
    this.pages = pages;
  }

  static TiffDirectory read(byte[] bytes) throws RejectedImageException {
    ImageHeader.require(bytes, 8, "TIFF header");
    try (ImageInputStream in = new ByteArrayImageInputStream(bytes)) {
      Directory directory = new TIFFReader().read(in);
      if (directory instanceof CompoundDirectory compound && compound.directoryCount() > 0) {
        return new TiffDirectory(bytes, compound.getDirectory(0), compound.directoryCount());
      }
      // The parser's answer to an offset behind the end, which is where writers put the directory.
      throw endsEarly(bytes);
    } catch (EOFException e) {
      throw endsEarly(bytes);
    } catch (IOException | RuntimeException e) { // the parser's ways to refuse what is broken
      throw new RejectedImageException(
          ImageStatus.CORRUPT, "TIFF whose directory can't be read: " + e.getMessage());
    }
  }

  private static RejectedImageException endsEarly(byte[] bytes) {
    return new RejectedImageException(
        ImageStatus.TRUNCATED,
        String.format(
            Locale.ROOT, "TIFF of %d bytes that ends before its directory", bytes.length));
  }

  /** Whether all that the directory points to lies within the file. */
  static boolean reachesEnd(byte[] bytes) {
    try {
      TiffDirectory directory = read(bytes);
      boolean isTiled = directory.value(TIFF.TAG_TILE_OFFSETS, -1) >= 0;
      long[] offsets = directory.values(isTiled ? TIFF.TAG_TILE_OFFSETS : TIFF.TAG_STRIP_OFFSETS);
      long[] lengths =
          directory.values(isTiled ? TIFF.TAG_TILE_BYTE_COUNTS : TIFF.TAG_STRIP_BYTE_COUNTS);
      for (int i = 0; i < Math.min(offsets.length, lengths.length); i++) {
        if (offsets[i] + lengths[i] > bytes.length) {
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
    Entry entry = page.getEntryById(TIFF.TAG_ICC_PROFILE);
    return entry != null && entry.getValue() instanceof byte[] profile ? profile : null;
  }

  /** Whether integer samples are signed (sample format 2). */
  boolean isSigned() {
    return value(TIFF.TAG_SAMPLE_FORMAT, 1) == 2;
  }

  ImageHeader header() throws RejectedImageException {
    long width = value(TIFF.TAG_IMAGE_WIDTH, 0);
    long height = value(TIFF.TAG_IMAGE_HEIGHT, 0);
    long samples = value(TIFF.TAG_SAMPLES_PER_PIXEL, 1);
    long bits = Math.max(8, Arrays.stream(values(TIFF.TAG_BITS_PER_SAMPLE)).max().orElse(8));
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
    if (compression == JPEG || compression == OLD_JPEG) {
      ImageHeader embedded = largestEmbeddedJpeg();
      widest = Math.max(widest, embedded.width());
      highest = Math.max(highest, embedded.height());
    }
    boolean claimsNothing = width < 1 || height < 1;
    long heapBytesPerPixel = 2 * samples * ((bits + 7) / 8) + 4;
    return new ImageHeader(
        ImageFormat.TIFF,
        claimsNothing ? width : widest,
        claimsNothing ? height : highest,
        pages,
        ImageHeader.Decoder.IMAGE_IO,
        heapBytesPerPixel);
  }

  /** The strips and tiles may hold whole JPEGs, whose sizes are claims of their own. */
  private ImageHeader largestEmbeddedJpeg() {
    ImageHeader largest =
        new ImageHeader(ImageFormat.JPEG, 0, 0, 1, ImageHeader.Decoder.IMAGE_IO, 0);
    for (int tag :
        new int[] {
          TIFF.TAG_STRIP_OFFSETS, TIFF.TAG_TILE_OFFSETS, TIFF.TAG_JPEG_INTERCHANGE_FORMAT
        }) {
      for (long offset : values(tag)) {
        ImageHeader jpeg = embeddedJpeg(offset);
        if (jpeg != null && jpeg.width() * jpeg.height() > largest.width() * largest.height()) {
          largest = jpeg;
        }
      }
    }
    return largest;
  }

  /** The header of the JPEG at a place in the file; null if there is none that can be read. */
  private @Nullable ImageHeader embeddedJpeg(long offset) {
    if (offset < 0 || offset + 4 > bytes.length) {
      return null;
    }
    int end = (int) Math.min(bytes.length, offset + (1 << 16));
    try {
      return JpegMarkers.header(Arrays.copyOfRange(bytes, (int) offset, end));
    } catch (RejectedImageException e) {
      return null; // the decoder will find out what it is
    }
  }

  private long value(int tag, long otherwise) {
    long[] values = values(tag);
    return values.length == 0 ? otherwise : values[0];
  }

  private long[] values(int tag) {
    Entry entry = page.getEntryById(tag);
    Object value = entry == null ? null : entry.getValue();
    if (value instanceof Number number) {
      return new long[] {number.longValue()};
    } else if (value == null || !value.getClass().isArray()) {
      return new long[0];
    }
    long[] values = new long[Array.getLength(value)];
    for (int i = 0; i < values.length; i++) {
      values[i] = Array.get(value, i) instanceof Number number ? number.longValue() : 0;
    }
    return values;
  }
}
