package io.mobilenetspark.image;

/**
 * What it takes to decode and resize an image, at most; told from its headers.
 *
 * @param heapBytes of the Java heap
 * @param nativeBytes of memory outside of it
 */
record DecodeMemory(long heapBytes, long nativeBytes) {

  /** A tensor's and a decoder's small change: tables, rows, the resized image. */
  private static final long SLACK = 4L << 20;

  /** A group's Huffman tables in libwebp. */
  private static final long HUFFMAN_GROUP = 13L << 10;

  /** A block that giflib keeps, with the allocator's overhead and the list that it is kept in. */
  private static final long GIF_SUB_BLOCK = 96;

  /**
   * Of a file.
   *
   * @param most what images may take beside the Java heap
   */
  static DecodeMemory of(
      ImageHeader header,
      byte[] bytes,
      Orientation orientation,
      ImageOptions options,
      int scale,
      long most) {
    long pixels = header.width() * header.height();
    long rgb = 3 * pixels / ((long) scale * scale);
    long decoder =
        switch (header.format()) {
          case JPEG -> bytes.length + JpegScans.of(bytes).coefficientBytes();
          case PNG ->
              bytes.length + (options.get(ImageSettings.ALPHA) == AlphaMode.DROP ? 0 : 4 * pixels);
          case GIF -> bytes.length + 4 * pixels + DecodeWork.subBlocks(bytes) * GIF_SUB_BLOCK;
          case WEBP -> bytes.length + 6 * pixels;
          case ICO -> 2L * bytes.length + 4 * pixels;
          case BMP, TIFF, PNM, TGA, PSD, PIXELS -> bytes.length;
        };
    // A copy of the file without what a decoder would stumble on, and rows that are turned.
    long heap = bytes.length + 256 * header.width();
    if (header.decoder() == ImageHeader.Decoder.IMAGE_IO) {
      heap += pixels * header.heapBytesPerPixel() + tagBytes(header, bytes);
    }
    IccTransform.Claim claim = IccTransform.claim(header, bytes, options);
    if (claim != IccTransform.Claim.NONE) {
      heap += 2L * Math.min(bytes.length, IccTransform.MAX_PROFILE) + SLACK;
      boolean isMoved = claim == IccTransform.Claim.INKS && header.format() == ImageFormat.JPEG;
      heap += isMoved ? pixels * ImageReader.CMYK_HEAP_BYTES : 0;
    }
    long both = Math.max(decoder, resizing(header, orientation, options, rgb));
    long known = rgb + both + SLACK;
    // Honest files have hundreds of groups, others have all that there is room for, and no header
    // tells them apart: such a file is not refused for them, but it may have to be alone.
    long groups =
        header.format() == ImageFormat.WEBP
            ? DecodeWork.huffmanGroups(header, bytes) * HUFFMAN_GROUP
            : 0;
    return new DecodeMemory(heap, known + Math.max(0, Math.min(groups, most - known)));
  }

  /** Of pixels that are decoded already. */
  static DecodeMemory of(ImageInput.Pixels pixels, ImageOptions options) {
    long width = pixels.width();
    long height = pixels.height();
    ImageHeader header =
        new ImageHeader(ImageFormat.PIXELS, width, height, 1, ImageHeader.Decoder.TENSORFLOW, 0);
    long rgb = 3 * width * height;
    return new DecodeMemory(
        4 * width, rgb + resizing(header, Orientation.UPRIGHT, options, rgb) + SLACK);
  }

  /** Beside the decoded image: the turned one, what is cropped of it, and the rows in floats. */
  private static long resizing(
      ImageHeader header, Orientation orientation, ImageOptions options, long rgb) {
    long turned = orientation == Orientation.UPRIGHT ? 0 : rgb;
    double part = options.crop().fraction();
    long cropped = part < 1 ? (long) (rgb * part * part) : 0;
    long longest = Math.max(header.width(), header.height());
    long rows =
        options.get(ImageSettings.RESIZE) == ResizeMethod.BILINEAR_ANTIALIAS
            ? 3L * Float.BYTES * longest * Math.max(options.size().height(), options.size().width())
            : 0;
    return turned + cropped + rows + 2L * options.size().rgbValues() * Float.BYTES;
  }

  private static long tagBytes(ImageHeader header, byte[] bytes) {
    if (header.format() != ImageFormat.TIFF) {
      return 0;
    }
    try {
      return TiffDirectory.read(bytes).heapBytes();
    } catch (RejectedImageException e) {
      throw new IllegalStateException("its header was read", e);
    }
  }
}
