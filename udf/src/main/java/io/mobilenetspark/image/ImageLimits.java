package io.mobilenetspark.image;

import java.io.Serializable;

/**
 * What an image may cost. Checked against the header, before anything is decoded, so that a small
 * file that claims a huge image costs nothing.
 *
 * @param maxBytes most encoded bytes
 * @param maxPixels most pixels (width times height)
 * @param maxSide longest width or height, in pixels
 */
public record ImageLimits(long maxBytes, long maxPixels, int maxSide) implements Serializable {

  /** 256 MiB encoded. */
  public static final long DEFAULT_MAX_BYTES = 256L << 20;

  /** 89,478,485 pixels, 256 MiB as RGB: the limit at which Python's Pillow warns of a bomb. */
  public static final long DEFAULT_MAX_PIXELS = 89_478_485L;

  /** 65,535, the longest side that a JPEG can have. */
  public static final int DEFAULT_MAX_SIDE = 65_535;

  /** The defaults. */
  public static final ImageLimits DEFAULT =
      new ImageLimits(DEFAULT_MAX_BYTES, DEFAULT_MAX_PIXELS, DEFAULT_MAX_SIDE);

  public ImageLimits {
    if (maxBytes < 1 || maxPixels < 1 || maxSide < 1) {
      throw new IllegalArgumentException(
          "image limits must be positive: maxBytes=%d, maxPixels=%d, maxSide=%d"
              .formatted(maxBytes, maxPixels, maxSide));
    }
  }
}
