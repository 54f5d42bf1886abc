package io.mobilenetspark.bench;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.image.DecodeScale;
import io.mobilenetspark.image.ImageGraph;
import io.mobilenetspark.image.ImageInput;
import io.mobilenetspark.image.ImageLimits;
import io.mobilenetspark.image.ImageOptions;
import io.mobilenetspark.image.ImageOutcome;
import io.mobilenetspark.image.ImageReader;
import io.mobilenetspark.image.ImageSettings;
import io.mobilenetspark.image.ResizeMethod;
import io.mobilenetspark.runtime.NativeLibrary;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat32;

/**
 * An encoded photograph to model input, [224, 224, 3] floats, on one thread: ours against {@code
 * ImageIO.read} and AWT's bilinear scaling. One photograph in all formats, so that rows compare.
 * README.md beside this module has the command and the figures.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ImageReadBenchmark {

  private static final int SIDE = 224;

  /**
   * How the photograph is encoded; {@code large-jpg} has 1800 x 1200 pixels, the rest 672 x 512.
   */
  @Param({"jpg", "png", "bmp", "gif", "webp", "tiff", "large-jpg"})
  public String format = "jpg";

  private byte[] file = {};
  private Graph graph = new Graph();
  private Session session = new Session(graph);
  private ImageReader reader = new ImageReader(session);
  private TFloat32 target = TFloat32.scalarOf(0);
  private ImageOptions exact =
      new ImageOptions(ImageSize.square(SIDE), ResizeMethod.BILINEAR, ImageLimits.DEFAULT);
  private ImageOptions fast = exact.with(ImageSettings.DECODE_SCALE, DecodeScale.FAST);

  /** Encodes the photograph and opens a session. */
  @Setup(Level.Trial)
  public void open() throws IOException {
    file =
        format.equals("large-jpg")
            ? resource("/exif/Landscape_1.jpg")
            : encode(resource("/jpeg/exif-rgb-thumbnail-sony-d700.jpg"), format);
    NativeLibrary.load();
    close();
    graph = new Graph();
    ImageGraph.addTo(graph);
    session =
        new Session(
            graph,
            ConfigProto.newBuilder()
                .setIntraOpParallelismThreads(1)
                .setInterOpParallelismThreads(1)
                .build());
    reader = new ImageReader(session);
    target = TFloat32.tensorOf(Shape.of(SIDE, SIDE, 3));
  }

  /** Frees native memory. */
  @TearDown(Level.Trial)
  public void close() {
    target.close();
    session.close();
    graph.close();
  }

  /** This project, exact decoding. */
  @Benchmark
  public ImageOutcome ours() {
    return read(exact);
  }

  /** This project, with the decoder scaling large JPEGs down. */
  @Benchmark
  public ImageOutcome oursFast() {
    return read(fast);
  }

  private ImageOutcome read(ImageOptions options) {
    ImageOutcome outcome =
        reader.read(new ImageInput.Encoded(file), options, target.asRawTensor().data());
    if (!(outcome instanceof ImageOutcome.Read)) {
      throw new IllegalStateException(outcome.toString());
    }
    return outcome;
  }

  /** ImageIO, with the plugins that are on the class path, and AWT. */
  @Benchmark
  public float[] imageIoAndAwt() throws IOException {
    BufferedImage image =
        Objects.requireNonNull(ImageIO.read(new ByteArrayInputStream(file)), "no reader");
    BufferedImage scaled = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = scaled.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    graphics.drawImage(image, 0, 0, SIDE, SIDE, null);
    graphics.dispose();
    int[] rgb = scaled.getRGB(0, 0, SIDE, SIDE, null, 0, SIDE);
    float[] values = new float[3 * rgb.length];
    for (int i = 0; i < rgb.length; i++) {
      values[3 * i] = ((rgb[i] >> 16) & 0xff) / 255f;
      values[3 * i + 1] = ((rgb[i] >> 8) & 0xff) / 255f;
      values[3 * i + 2] = (rgb[i] & 0xff) / 255f;
    }
    return values;
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(ImageReadBenchmark.class.getResourceAsStream(name), name)) {
      return in.readAllBytes();
    }
  }

  private static byte[] encode(byte[] jpeg, String format) throws IOException {
    BufferedImage image = Objects.requireNonNull(ImageIO.read(new ByteArrayInputStream(jpeg)));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    if (!ImageIO.write(image, format, out)) {
      throw new IllegalStateException("no writer for " + format);
    }
    return out.toByteArray();
  }
}
