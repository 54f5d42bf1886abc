package io.mobilenetspark.image;

import java.util.Locale;

/**
 * What the first bytes of an image file claim. Only claims: nothing has been decoded.
 *
 * @param format the format
 * @param width width in pixels, as claimed; the largest of several claims
 * @param height height in pixels, as claimed; the largest of several claims
 * @param frames frames or pages, as far as they are marked in the file; at least 1
 * @param decoder what is to decode it
 * @param heapBytesPerPixel Java heap that {@link Decoder#IMAGE_IO} takes, in bytes a pixel
 */
record ImageHeader(
    ImageFormat format,
    long width,
    long height,
    long frames,
    Decoder decoder,
    long heapBytesPerPixel) {

  /** Chosen by what the header says, never by what another decoder made of the file. */
  enum Decoder {
    /** TensorFlow's own ops, whose pixels are the reference. */
    TENSORFLOW,
    /** A reader of Java's ImageIO, for what TensorFlow can't read. */
    IMAGE_IO
  }

  static ImageHeader read(ImageFormat format, byte[] bytes) throws RejectedImageException {
    return switch (format) {
      case JPEG -> JpegMarkers.header(bytes);
      case PNG -> PngChunks.header(bytes);
      case GIF -> GifBlocks.of(bytes).header();
      case BMP -> BmpHeader.header(bytes);
      case WEBP -> WebpChunks.header(bytes);
      case TIFF -> TiffDirectory.read(bytes).header();
      case PNM -> PnmHeader.header(bytes);
      case ICO -> IcoDirectory.largest(bytes).header();
      case TGA -> TgaHeader.header(bytes);
      case PSD -> PsdHeader.header(bytes);
      case PIXELS -> throw new IllegalArgumentException("no header reader: " + format);
    };
  }

  /**
   * Whether the file has its end: the reason behind a decoder's refusal of a file without one is
   * that it was cut off.
   */
  static boolean isComplete(ImageFormat format, byte[] bytes) {
    return switch (format) {
      case JPEG -> JpegMarkers.reachesEnd(bytes);
      case PNG -> PngChunks.find(bytes, PngChunks.IEND) >= 0;
      case GIF -> GifBlocks.reachesEnd(bytes);
      case BMP -> BmpHeader.reachesEnd(bytes);
      case WEBP -> WebpChunks.reachesEnd(bytes);
      case TIFF -> TiffDirectory.reachesEnd(bytes);
      case PNM -> PnmHeader.reachesEnd(bytes);
      case ICO -> IcoDirectory.reachesEnd(bytes);
      case TGA -> TgaHeader.reachesEnd(bytes);
      case PSD -> PsdHeader.reachesEnd(bytes);
      case PIXELS -> true;
    };
  }

  /** This header for {@link Decoder#IMAGE_IO}. */
  ImageHeader inHeap(long bytesPerPixel) {
    return new ImageHeader(format, width, height, frames, Decoder.IMAGE_IO, bytesPerPixel);
  }

  void check(ImageLimits limits) throws RejectedImageException {
    limits.checkSize(format, width, height);
    limits.checkFrames(format, frames);
  }

  /** What was seen, for messages. */
  String describe(int bytes) {
    return String.format(
        Locale.ROOT, "%s (%d x %d pixels, %d bytes)", format, width, height, bytes);
  }

  static void require(byte[] bytes, int length, String what) throws RejectedImageException {
    if (bytes.length < length) {
      throw new RejectedImageException(
          ImageStatus.TRUNCATED,
          String.format(
              Locale.ROOT, "%s needs %d bytes, the image has %d", what, length, bytes.length));
    }
  }
}
