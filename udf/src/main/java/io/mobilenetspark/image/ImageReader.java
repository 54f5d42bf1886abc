package io.mobilenetspark.image;

import static java.util.Objects.requireNonNull;

import io.mobilenetspark.common.ImageSize;
import java.util.HexFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Session;
import org.tensorflow.ndarray.buffer.ByteDataBuffer;

/**
 * Reads images into model input: bytes, RGB pixels, upright, cropped, resized to [height, width, 3]
 * float32 in [0, 1].
 *
 * <p>JPEG, PNG, GIF (first frame) and 24-bit BMP are decoded by TensorFlow's own ops with their
 * defaults, so the pixels are those of {@code tf.io.decode_image}: another decoder moves the
 * vectors. The others, and the variants that TensorFlow reads wrongly or not at all, are decoded by
 * ImageIO readers.
 *
 * <p>Borrows its session and does not close it. Safe for use by many threads at once; every call
 * runs in its caller's thread and frees all native memory that it takes.
 */
public final class ImageReader {

  /** Samples, converted samples and their buffers. */
  static final int CMYK_HEAP_BYTES = 16;

  private final TensorFlowDecoder decoder;
  private final ImageResizer resizer;

  /**
   * @param session a session on a graph that {@link ImageGraph} was added to; must outlive this
   */
  public ImageReader(Session session) {
    requireNonNull(session, "session");
    this.decoder = new TensorFlowDecoder(session);
    this.resizer = new ImageResizer(session);
  }

  /**
   * Reads one image.
   *
   * @param input the image
   * @param options what is done to it
   * @param target native-endian float32 values, written from its start: {@code
   *     options.size().rgbValues()} of them, row by row, RGB in [0, 1]. Undefined afterwards unless
   *     the outcome is {@link ImageOutcome.Read}
   * @return what became of it; bad input of any kind is an outcome, not an exception
   */
  public ImageOutcome read(ImageInput input, ImageOptions options, ByteDataBuffer target) {
    return read(input, options, target, () -> {});
  }

  /**
   * Reads one image.
   *
   * @param whileWaiting called ten times a second while other images of this JVM have the memory
   *     that this one needs; what it throws ends the wait, as the kill of a task has to
   * @throws java.util.concurrent.CancellationException if the thread is interrupted while it waits
   * @see #read(ImageInput, ImageOptions, ByteDataBuffer)
   */
  public ImageOutcome read(
      ImageInput input, ImageOptions options, ByteDataBuffer target, Runnable whileWaiting) {
    try {
      if (input instanceof ImageInput.Encoded encoded) {
        return readEncoded(encoded.bytes(), options, target, whileWaiting);
      } else if (input instanceof ImageInput.Pixels pixels) {
        return readPixels(pixels, options, target, whileWaiting);
      } else if (input instanceof ImageInput.Unreadable unreadable) {
        return new ImageOutcome.Rejected(ImageStatus.READ_ERROR, unreadable.reason());
      } else if (input instanceof ImageInput.Oversized oversized) {
        options.limits().checkBytes(oversized.bytes());
        return new ImageOutcome.Rejected(
            ImageStatus.TOO_LARGE,
            String.format(Locale.ROOT, "the image has %d bytes", oversized.bytes()));
      } else if (input instanceof ImageInput.Unaffordable file) {
        return new ImageOutcome.Rejected(
            ImageStatus.OUT_OF_MEMORY, FileBudget.describe(file.bytes()));
      } else if (input instanceof ImageInput.Crashing crashing) {
        return new ImageOutcome.Rejected(ImageStatus.DECODER_CRASH, crashing.reason());
      }
      return new ImageOutcome.Rejected(ImageStatus.NULL_INPUT, "the image is NULL");
    } catch (RejectedImageException e) {
      return e.outcome();
    }
  }

  private ImageOutcome readEncoded(
      byte[] bytes, ImageOptions options, ByteDataBuffer target, Runnable whileWaiting)
      throws RejectedImageException {
    ImageHeader header = header(bytes, options.limits());
    Orientation orientation =
        options.get(ImageSettings.EXIF_ORIENTATION) == ExifOrientation.APPLY
            ? Orientation.of(header.format(), bytes)
            : Orientation.UPRIGHT;
    DecodeWork.check(header, bytes, orientation, options);
    int scale = scale(header, orientation, options);
    MemoryBudget budget = MemoryBudget.ofThisJvm();
    return budget.run(
        DecodeMemory.of(header, bytes, orientation, options, scale, budget.nativeBytes()),
        header.describe(bytes.length),
        whileWaiting,
        () -> {
          try (DecodedImage image = decode(header, bytes, options, scale)) {
            resizer.resize(image, orientation, options, target);
            return read(header, image, orientation, scale, statistics(image, options));
          }
        });
  }

  private static @Nullable ImageStatistics statistics(DecodedImage image, ImageOptions options) {
    return options.get(ImageSettings.IMAGE_STATS) ? ImageStatistics.of(image) : null;
  }

  private static ImageOutcome read(
      ImageHeader header,
      DecodedImage image,
      Orientation orientation,
      int scale,
      @Nullable ImageStatistics statistics) {
    // A scaled image has lost its size; only JPEGs are scaled, and their headers tell it.
    int width = scale == 1 ? image.width() : (int) header.width();
    int height = scale == 1 ? image.height() : (int) header.height();
    return orientation.swapsSides()
        ? new ImageOutcome.Read(header.format(), height, width, statistics)
        : new ImageOutcome.Read(header.format(), width, height, statistics);
  }

  /** The header of a file within the limits. */
  static ImageHeader header(byte[] bytes, ImageLimits limits) throws RejectedImageException {
    if (bytes.length == 0) {
      throw new RejectedImageException(ImageStatus.EMPTY, "the image has 0 bytes");
    }
    limits.checkBytes(bytes.length);
    ImageFormat format = ImageFormat.sniff(bytes);
    if (format == null) {
      throw new RejectedImageException(
          ImageStatus.UNSUPPORTED_FORMAT,
          String.format(
              Locale.ROOT,
              "%s: %d bytes that begin with %s",
              ForeignFormat.describe(bytes),
              bytes.length,
              hex(bytes, Math.min(8, bytes.length))));
    }
    ImageHeader header = ImageHeader.read(format, bytes);
    header.check(limits);
    return header;
  }

  /** Decodes; the pixels are as stored, not turned. The caller closes the image. */
  DecodedImage decode(ImageHeader header, byte[] bytes, ImageOptions options, int scale)
      throws RejectedImageException {
    IccTransform transform =
        options.get(ImageSettings.COLOR_PROFILE) == ColorProfile.SRGB
            ? IccTransform.of(header.format(), bytes)
            : null;
    if (transform != null && transform.components() == 4) {
      // Inks can't be told from RGB any more: the reader of CMYK applies the profile.
      return header.format() == ImageFormat.JPEG
          ? ImageIoDecoder.decode(header.inHeap(CMYK_HEAP_BYTES), bytes, options)
          : ImageIoDecoder.decode(header, bytes, options);
    }
    DecodedImage image =
        switch (header.decoder()) {
          case TENSORFLOW -> decoder.decode(header, bytes, options.get(ImageSettings.ALPHA), scale);
          case IMAGE_IO -> ImageIoDecoder.decode(header, bytes, options);
        };
    if (transform != null) {
      transform.apply(image);
    }
    return image;
  }

  /** The largest of 8, 4, 2 and 1 that leaves as many pixels as the model takes. */
  private static int scale(ImageHeader header, Orientation orientation, ImageOptions options) {
    boolean isScalable =
        options.get(ImageSettings.DECODE_SCALE) == DecodeScale.FAST
            && header.format() == ImageFormat.JPEG
            && header.decoder() == ImageHeader.Decoder.TENSORFLOW;
    if (!isScalable) {
      return 1;
    }
    ImageSize size = options.size();
    int needsWidth = orientation.swapsSides() ? size.height() : size.width();
    int needsHeight = orientation.swapsSides() ? size.width() : size.height();
    int scale = 8;
    while (scale > 1
        && (options.crop().length((int) header.width() / scale) < needsWidth
            || options.crop().length((int) header.height() / scale) < needsHeight)) {
      scale /= 2;
    }
    return scale;
  }

  private ImageOutcome readPixels(
      ImageInput.Pixels pixels, ImageOptions options, ByteDataBuffer target, Runnable whileWaiting)
      throws RejectedImageException {
    PixelData.check(pixels);
    options.limits().checkSize(ImageFormat.PIXELS, pixels.width(), pixels.height());
    return MemoryBudget.ofThisJvm()
        .run(
            DecodeMemory.of(pixels, options),
            String.format(
                Locale.ROOT, "an image struct of %d x %d pixels", pixels.width(), pixels.height()),
            whileWaiting,
            () -> {
              try (DecodedImage image = PixelData.toRgb(pixels, options.get(ImageSettings.ALPHA))) {
                resizer.resize(image, Orientation.UPRIGHT, options, target);
                return new ImageOutcome.Read(
                    ImageFormat.PIXELS,
                    pixels.width(),
                    pixels.height(),
                    statistics(image, options));
              }
            });
  }

  private static String hex(byte[] bytes, int length) {
    return HexFormat.ofDelimiter(" ").formatHex(bytes, 0, length).toUpperCase(Locale.ROOT);
  }
}
