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
  /** The bytes are of no image format that is read here. */
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
  READ_ERROR;

  /**
   * Whether the row is malformed in the sense of Spark's read modes. A NULL image is missing data,
   * not malformed data, as in Spark's own readers.
   */
  public boolean isMalformed() {
    return this != OK && this != NULL_INPUT;
  }
}
