package io.mobilenetspark.image;

import com.drew.imaging.tiff.TiffProcessingException;
import com.drew.imaging.tiff.TiffReader;
import com.drew.lang.ByteArrayReader;
import com.drew.metadata.Metadata;
import com.drew.metadata.exif.ExifDirectoryBase;
import com.drew.metadata.exif.ExifIFD0Directory;
import com.drew.metadata.exif.ExifTiffHandler;
import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How stored pixels must be turned to be upright: the eight values of EXIF tag 274, in their order.
 * The names say what is done to the stored pixels.
 */
enum Orientation {
  UPRIGHT,
  FLIP_LEFT_RIGHT,
  ROTATE_180,
  FLIP_UP_DOWN,
  TRANSPOSE,
  ROTATE_RIGHT,
  TRANSVERSE,
  ROTATE_LEFT;

  private static final Orientation[] BY_TAG = values();

  /** Whether rows become columns. */
  boolean swapsSides() {
    return switch (this) {
      case UPRIGHT, FLIP_LEFT_RIGHT, ROTATE_180, FLIP_UP_DOWN -> false;
      case TRANSPOSE, ROTATE_RIGHT, TRANSVERSE, ROTATE_LEFT -> true;
    };
  }

  /** The orientation of a tag's value; upright for a value that EXIF does not know. */
  static Orientation ofTag(int value) {
    return value < 1 || value > BY_TAG.length ? UPRIGHT : BY_TAG[value - 1];
  }

  /**
   * The orientation that a file's metadata asks for. Metadata is often broken where the image is
   * not: what can't be read of it is upright.
   */
  static Orientation of(ImageFormat format, byte[] bytes) throws RejectedImageException {
    return switch (format) {
      case JPEG -> ofExif(JpegMarkers.exif(bytes));
      case PNG -> ofExif(PngChunks.exif(bytes));
      case WEBP -> ofExif(WebpChunks.exif(bytes));
      case TIFF -> ofTag(TiffDirectory.read(bytes).orientation());
      // A TGA's rows may be stored from any corner, which its reader sees to.
      case BMP, GIF, PNM, ICO, TGA, PSD, PIXELS -> UPRIGHT;
    };
  }

  private static Orientation ofExif(byte @Nullable [] block) {
    if (block == null) {
      return UPRIGHT;
    }
    Metadata metadata = new Metadata();
    try {
      new TiffReader().processTiff(new ByteArrayReader(block), new FirstDirectoryOnly(metadata), 0);
    } catch (IOException | TiffProcessingException | RuntimeException e) {
      // The directory holds what was read before the break, if anything.
      return ofDirectory(metadata.getFirstDirectoryOfType(ExifIFD0Directory.class));
    }
    return ofDirectory(metadata.getFirstDirectoryOfType(ExifIFD0Directory.class));
  }

  private static Orientation ofDirectory(@Nullable ExifIFD0Directory directory) {
    Integer value =
        directory == null ? null : directory.getInteger(ExifDirectoryBase.TAG_ORIENTATION);
    return value == null ? UPRIGHT : ofTag(value);
  }

  /**
   * Passes over the camera makers' notes, thumbnails and embedded files: nothing is asked of them.
   */
  private static final class FirstDirectoryOnly extends ExifTiffHandler {
    private static final int MOST_VALUE_BYTES = 8;

    FirstDirectoryOnly(Metadata metadata) {
      super(metadata, null, 0);
    }

    @Override
    public boolean tryEnterSubIfd(int tagId) {
      return false;
    }

    @Override
    public boolean hasFollowerIfd() {
      return false;
    }

    @Override
    public boolean customProcessTag(
        int tagOffset,
        Set<Integer> processedIfdOffsets,
        int tiffHeaderOffset,
        com.drew.lang.RandomAccessReader reader,
        int tagId,
        int byteCount) {
      // Others are passed over: each may name the whole block as its value.
      return tagId != ExifDirectoryBase.TAG_ORIENTATION || byteCount > MOST_VALUE_BYTES;
    }
  }
}
