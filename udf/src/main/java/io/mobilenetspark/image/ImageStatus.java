package io.mobilenetspark.image;

/**
 * What became of one image. The names are written to tables and are stable: one is never renamed
 * and never reused.
 */
public enum ImageStatus {
  /** Decoded; the row has a vector. */
  OK,
  /** The image column is NULL. */
  NULL_INPUT,
  /** No bytes at all, or Spark's {@code image} struct of a file that Spark could not decode. */
  EMPTY,
  /** The bytes are of no image format, or of a variant of one, that is read here. */
  UNSUPPORTED_FORMAT,
  /** A known format whose content breaks the format's rules. */
  CORRUPT,
  /** A known format whose bytes end before the image does. */
  TRUNCATED,
  /** More encoded bytes than {@link ImageLimits#maxBytes()}; not decoded. */
  TOO_LARGE,
  /** More pixels, or a longer side, than {@link ImageLimits} allows; not decoded. */
  TOO_MANY_PIXELS,
  /** The file that the row names could not be read. */
  READ_ERROR,
  /** More frames or pages than {@link ImageLimits#maxFrames()}; not decoded. */
  TOO_MANY_FRAMES,
  /** A JPEG of so many scans that it can only be meant to keep a decoder busy; not decoded. */
  TOO_MANY_SCANS,
  /** Within the limits, but decoding it takes more memory than this JVM has. */
  OUT_OF_MEMORY;

  /**
   * Whether the row is malformed in the sense of Spark's read modes. A NULL image is missing data,
   * not malformed data, as in Spark's own readers.
   */
  public boolean isMalformed() {
    return this != OK && this != NULL_INPUT;
  }
}
