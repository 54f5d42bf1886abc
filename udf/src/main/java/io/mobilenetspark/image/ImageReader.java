package io.mobilenetspark.image;

import static java.util.Objects.requireNonNull;

import io.mobilenetspark.image.ImageHeader.MalformedHeaderException;
import java.util.HexFormat;
import java.util.Locale;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TFInvalidArgumentException;
import org.tensorflow.exceptions.TFUnimplementedException;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.ByteDataBuffer;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.proto.RunOptions;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TString;
import org.tensorflow.types.TUint8;

/**
 * Reads images into model input: bytes, RGB pixels, resized to [height, width, 3] float32 in [0,
 * 1].
 *
 * <p>JPEG, PNG, BMP and GIF (first frame) are decoded by TensorFlow's own {@code DecodeImage} with
 * its defaults, so the pixels are those of {@code tf.io.decode_image}: another decoder moves the
 * vectors.
 *
 * <p>Borrows its session and does not close it. Safe for use by many threads at once; every call
 * runs in its caller's thread and frees all native memory that it takes.
 */
public final class ImageReader {

  /** Runs in the caller's thread: tasks of an executor don't queue behind one another. */
  private static final RunOptions IN_CALLERS_THREAD =
      RunOptions.newBuilder().setInterOpThreadPool(-1).build();

  private final Session session;

  /**
   * @param session a session on a graph that {@link ImageGraph} was added to; must outlive this
   */
  public ImageReader(Session session) {
    this.session = requireNonNull(session, "session");
  }

  /**
   * Reads one image.
   *
   * @param input the image
   * @param options limits, target size and resize method
   * @param target native-endian float32 values, written from its start: {@code
   *     options.size().rgbValues()} of them, row by row, RGB in [0, 1]. Undefined afterwards unless
   *     the outcome is {@link ImageOutcome.Read}
   * @return what became of it; bad input of any kind is an outcome, not an exception
   */
  public ImageOutcome read(ImageInput input, ImageOptions options, ByteDataBuffer target) {
    if (input instanceof ImageInput.Encoded encoded) {
      return readEncoded(encoded.bytes(), options, target);
    } else if (input instanceof ImageInput.Pixels pixels) {
      return readPixels(pixels, options, target);
    } else if (input instanceof ImageInput.Unreadable unreadable) {
      return new ImageOutcome.Rejected(ImageStatus.READ_ERROR, unreadable.reason());
    } else if (input instanceof ImageInput.Oversized oversized) {
      return tooLarge(oversized.bytes(), options.limits());
    }
    return new ImageOutcome.Rejected(ImageStatus.NULL_INPUT, "the image is NULL");
  }

  private ImageOutcome readEncoded(byte[] bytes, ImageOptions options, ByteDataBuffer target) {
    if (bytes.length == 0) {
      return new ImageOutcome.Rejected(ImageStatus.EMPTY, "the image has 0 bytes");
    }
    if (bytes.length > options.limits().maxBytes()) {
      return tooLarge(bytes.length, options.limits());
    }
    ImageFormat format = ImageFormat.sniff(bytes);
    if (format == null) {
      return new ImageOutcome.Rejected(
          ImageStatus.UNSUPPORTED_FORMAT,
          "not an image: %d bytes that begin with %s"
              .formatted(bytes.length, hex(bytes, Math.min(8, bytes.length))));
    }
    if (!format.isDecodable()) {
      return new ImageOutcome.Rejected(
          ImageStatus.UNSUPPORTED_FORMAT,
          "%s is not read; JPEG, PNG, BMP and GIF are".formatted(format));
    }
    ImageHeader header;
    try {
      header = ImageHeader.read(format, bytes);
    } catch (MalformedHeaderException e) {
      return new ImageOutcome.Rejected(e.status(), requireNonNull(e.getMessage()));
    }
    ImageOutcome.Rejected refusal =
        checkSize(format, header.width(), header.height(), options.limits());
    if (refusal != null) {
      return refusal;
    }
    try (TString content = TString.tensorOfBytes(NdArrays.scalarOfObject(bytes));
        Result decoded =
            run(session.runner().feed(ImageGraph.CONTENT, content), ImageGraph.DECODED)) {
      return resize(format, (TUint8) decoded.get(0), options, target);
    } catch (TFInvalidArgumentException | TFUnimplementedException e) {
      return undecodable(format, header, bytes, e);
    }
  }

  private ImageOutcome readPixels(
      ImageInput.Pixels pixels, ImageOptions options, ByteDataBuffer target) {
    ImageOutcome.Rejected refusal = PixelData.check(pixels);
    if (refusal == null) {
      refusal = checkSize(ImageFormat.PIXELS, pixels.width(), pixels.height(), options.limits());
    }
    if (refusal != null) {
      return refusal;
    }
    byte[] rgb = PixelData.toRgb(pixels);
    Shape shape = Shape.of(pixels.height(), pixels.width(), 3);
    try (TUint8 image = TUint8.tensorOf(shape, DataBuffers.of(rgb, true, false))) {
      return resize(ImageFormat.PIXELS, image, options, target);
    }
  }

  private ImageOutcome resize(
      ImageFormat format, TUint8 image, ImageOptions options, ByteDataBuffer target) {
    int height = (int) image.shape().get(0);
    int width = (int) image.shape().get(1);
    ImageSize size = options.size();
    ResizeMethod method = options.resize();
    try (TInt32 targetSize = TInt32.vectorOf(size.height(), size.width());
        TFloat32 scale =
            TFloat32.vectorOf((float) size.height() / height, (float) size.width() / width)) {
      Session.Runner runner =
          session.runner().feed(ImageGraph.PIXELS, image).feed(ImageGraph.SIZE, targetSize);
      if (method == ResizeMethod.BILINEAR_ANTIALIAS) {
        runner.feed(ImageGraph.SCALE, scale);
      }
      try (Result resized = run(runner, ImageGraph.resized(method))) {
        resized.get(0).asRawTensor().data().copyTo(target, (long) size.rgbValues() * Float.BYTES);
      }
    }
    return new ImageOutcome.Read(format, width, height);
  }

  private static Result run(Session.Runner runner, String fetch) {
    return runner.fetch(fetch).setOptions(IN_CALLERS_THREAD).run();
  }

  private static ImageOutcome.@org.jspecify.annotations.Nullable Rejected checkSize(
      ImageFormat format, long width, long height, ImageLimits limits) {
    if (width < 1 || height < 1) {
      return new ImageOutcome.Rejected(
          ImageStatus.CORRUPT,
          "%s that claims a size of %d x %d pixels".formatted(format, width, height));
    }
    // The sides first: their product can't overflow after that.
    if (width > limits.maxSide() || height > limits.maxSide()) {
      return new ImageOutcome.Rejected(
          ImageStatus.TOO_MANY_PIXELS,
          "%s of %d x %d pixels, the longest side allowed is %d"
              .formatted(format, width, height, limits.maxSide()));
    }
    if (width * height > limits.maxPixels()) {
      return new ImageOutcome.Rejected(
          ImageStatus.TOO_MANY_PIXELS,
          "%s of %d x %d = %d pixels, the limit is %d"
              .formatted(format, width, height, width * height, limits.maxPixels()));
    }
    return null;
  }

  private static ImageOutcome.Rejected tooLarge(long bytes, ImageLimits limits) {
    return new ImageOutcome.Rejected(
        ImageStatus.TOO_LARGE,
        "the image has %d bytes, the limit is %d".formatted(bytes, limits.maxBytes()));
  }

  private static ImageOutcome.Rejected undecodable(
      ImageFormat format, ImageHeader header, byte[] bytes, RuntimeException e) {
    String size =
        "%d x %d pixels, %d bytes".formatted(header.width(), header.height(), bytes.length);
    if (!ImageHeader.isComplete(format, bytes)) {
      return new ImageOutcome.Rejected(
          ImageStatus.TRUNCATED, "%s (%s) that ends before the image does".formatted(format, size));
    }
    return new ImageOutcome.Rejected(
        ImageStatus.CORRUPT,
        "%s (%s) that can't be decoded: %s".formatted(format, size, firstLine(e)));
  }

  /** TensorFlow's message without the graph node's name that it adds below. */
  private static String firstLine(RuntimeException e) {
    String message = String.valueOf(e.getMessage()).strip();
    int end = message.indexOf('\n');
    String line = end < 0 ? message : message.substring(0, end);
    int node = line.indexOf("[[{{node");
    return (node < 0 ? line : line.substring(0, node)).strip();
  }

  private static String hex(byte[] bytes, int length) {
    return HexFormat.ofDelimiter(" ").formatHex(bytes, 0, length).toUpperCase(Locale.ROOT);
  }
}
