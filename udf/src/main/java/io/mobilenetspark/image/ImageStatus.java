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
  /** Unsupported format, or an unsupported variant of a supported one. */
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
  /**
   * By its headers it takes longer to decode and resize than an image may: 2 s of one core, and as
   * much more as more pixels are allowed than by default; not decoded. Few honest files do; what
   * does is mostly made to keep a decoder busy.
   */
  TOO_MUCH_WORK,
  /** Within the limits, but it takes more memory than images may have in this JVM, even alone. */
  OUT_OF_MEMORY,
  /** Decoding it crashes the process; found in a process of its own, after an executor was lost. */
  DECODER_CRASH;

  /**
   * Whether the row is malformed in the sense of Spark's read modes. A NULL image is missing data,
   * not malformed data, as in Spark's own readers.
   */
  public boolean isMalformed() {
    return this != OK && this != NULL_INPUT;
  }
}
