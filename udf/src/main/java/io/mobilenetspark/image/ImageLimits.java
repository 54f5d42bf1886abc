package io.mobilenetspark.image;

import java.io.Serializable;
import java.util.Locale;

/**
 * What an image may cost. Checked against the header, before anything is decoded, so that a small
 * file that claims a huge image costs nothing.
 *
 * @param maxBytes most encoded bytes
 * @param maxPixels most pixels (width times height)
 * @param maxSide longest width or height, in pixels
 * @param maxFrames most frames of an animation or pages of a document; only the first is decoded
 */
public record ImageLimits(long maxBytes, long maxPixels, int maxSide, int maxFrames)
    implements Serializable {

  /** 256 MiB encoded. */
  public static final long DEFAULT_MAX_BYTES = 256L << 20;

  /** 89,478,485 pixels, 256 MiB as RGB: the limit at which Python's Pillow warns of a bomb. */
  public static final long DEFAULT_MAX_PIXELS = 89_478_485L;

  /** 65,535, the longest side that a JPEG can have. */
  public static final int DEFAULT_MAX_SIDE = 65_535;

  /** 10,000: several minutes of animation, or a long document. */
  public static final int DEFAULT_MAX_FRAMES = 10_000;

  /** The defaults. */
  public static final ImageLimits DEFAULT =
      new ImageLimits(DEFAULT_MAX_BYTES, DEFAULT_MAX_PIXELS, DEFAULT_MAX_SIDE);

  public ImageLimits {
    if (maxBytes < 1 || maxPixels < 1 || maxSide < 1 || maxFrames < 1) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "image limits must be positive: maxBytes=%d, maxPixels=%d, maxSide=%d, maxFrames=%d",
              maxBytes,
              maxPixels,
              maxSide,
              maxFrames));
    }
  }

  /** Limits with {@link #DEFAULT_MAX_FRAMES}. */
  public ImageLimits(long maxBytes, long maxPixels, int maxSide) {
    this(maxBytes, maxPixels, maxSide, DEFAULT_MAX_FRAMES);
  }

  /** How many times as many pixels are allowed as by default; at least 1. */
  double pixelRatio() {
    return Math.max(1, maxPixels / (double) DEFAULT_MAX_PIXELS);
  }

  void checkBytes(long bytes) throws RejectedImageException {
    if (bytes > maxBytes) {
      throw new RejectedImageException(
          ImageStatus.TOO_LARGE,
          String.format(Locale.ROOT, "the image has %d bytes, the limit is %d", bytes, maxBytes));
    }
  }

  void checkSize(ImageFormat format, long width, long height) throws RejectedImageException {
    if (width < 1 || height < 1) {
      throw new RejectedImageException(
          ImageStatus.CORRUPT,
          String.format(
              Locale.ROOT, "%s that claims a size of %d x %d pixels", format, width, height));
    }
    // The sides first: their product can't overflow after that.
    if (width > maxSide || height > maxSide) {
      throw new RejectedImageException(
          ImageStatus.TOO_MANY_PIXELS,
          String.format(
              Locale.ROOT,
              "%s of %d x %d pixels, the longest side allowed is %d",
              format,
              width,
              height,
              maxSide));
    }
    if (width * height > maxPixels) {
      throw new RejectedImageException(
          ImageStatus.TOO_MANY_PIXELS,
          String.format(
              Locale.ROOT,
              "%s of %d x %d = %d pixels, the limit is %d",
              format,
              width,
              height,
              width * height,
              maxPixels));
    }
  }

  void checkFrames(ImageFormat format, long frames) throws RejectedImageException {
    if (frames > maxFrames) {
      throw new RejectedImageException(
          ImageStatus.TOO_MANY_FRAMES,
          String.format(
              Locale.ROOT, "%s of %d frames or pages, the limit is %d", format, frames, maxFrames));
    }
  }
}
