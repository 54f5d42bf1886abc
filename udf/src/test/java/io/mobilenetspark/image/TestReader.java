package io.mobilenetspark.image;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.runtime.NativeLibrary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/** An image reader in a session of its own, without a model. */
public final class TestReader implements AutoCloseable {

  private final Graph graph;
  private final Session session;
  private final ImageReader reader;

  public TestReader() {
    createTemporaryFolder();
    NativeLibrary.load();
    graph = new Graph();
    ImageGraph.addTo(graph);
    session = new Session(graph);
    reader = new ImageReader(session);
  }

  /** The build names a temporary folder; the WebP decoder unpacks its native library into it. */
  private static void createTemporaryFolder() {
    try {
      Files.createDirectories(Path.of(System.getProperty("java.io.tmpdir")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** An image of the default options but the size. */
  public static ImageOptions options(int height, int width) {
    return new ImageOptions(
        new ImageSize(height, width), ResizeMethod.BILINEAR, ImageLimits.DEFAULT);
  }

  public ImageOutcome outcome(ImageInput input, ImageOptions options) {
    try (TFloat32 target = target(options)) {
      return reader.read(input, options, target.asRawTensor().data());
    }
  }

  /** The reason why an image was rejected, after its status. */
  public String rejection(ImageInput input, ImageOptions options) {
    return outcome(input, options) instanceof ImageOutcome.Rejected rejected
        ? rejected.status() + ": " + rejected.reason()
        : "OK";
  }

  /** Model input, [height, width, 3] in [0, 1]; fails the test if the image is rejected. */
  public float[] pixels(ImageInput input, ImageOptions options) {
    try (TFloat32 target = target(options)) {
      ImageOutcome outcome = reader.read(input, options, target.asRawTensor().data());
      if (!(outcome instanceof ImageOutcome.Read)) {
        throw new AssertionError(outcome);
      }
      float[] values = new float[options.size().rgbValues()];
      target.asRawTensor().data().asFloats().read(values);
      return values;
    }
  }

  /** The image's own pixels, RGB; resizing to its own size leaves them as they are. */
  public byte[] decoded(ImageInput input, ImageOptions options) {
    ImageOutcome outcome = outcome(input, options);
    if (!(outcome instanceof ImageOutcome.Read read)) {
      throw new AssertionError(outcome);
    }
    ImageOptions ownSize =
        options
            .withSize(new ImageSize(read.height(), read.width()))
            .with(ImageSettings.RESIZE, ResizeMethod.BILINEAR);
    float[] values = pixels(input, ownSize);
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) Math.round(values[i] * 255);
    }
    return bytes;
  }

  public static String hex(byte[] digest) {
    return HexFormat.of().formatHex(digest);
  }

  public static ImageInput encoded(byte[] bytes) {
    return new ImageInput.Encoded(bytes);
  }

  static byte[] latin1(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static TFloat32 target(ImageOptions options) {
    return TFloat32.tensorOf(Shape.of(options.size().height(), options.size().width(), 3));
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
