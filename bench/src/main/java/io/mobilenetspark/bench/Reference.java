package io.mobilenetspark.bench;

import static java.util.Objects.requireNonNull;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.image.ImageInput;
import io.mobilenetspark.image.ImageLimits;
import io.mobilenetspark.image.ImageOptions;
import io.mobilenetspark.image.ImageOutcome;
import io.mobilenetspark.image.ResizeMethod;
import io.mobilenetspark.model.FrozenModel;
import io.mobilenetspark.runtime.FeatureExtractor;
import io.mobilenetspark.runtime.Precision;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.FloatDataBuffer;
import org.tensorflow.types.TFloat32;

/**
 * What the first photographs' features are, by this project in float32: what those of the others
 * are compared with. Other decoders and resizers move the features, how far is up to the weights:
 * those of the untrained network move as far as swapped channels move them, but not the same way.
 */
final class Reference {

  private static final int PHOTOGRAPHS = 64;

  /** Of the ONNX model's features, on the same pixels. */
  private static final double SAME = 1e-4;

  /** Of mean cosines; input of another range than [-1, 1] gives 0.9 with trained weights. */
  private static final double LEAST_COSINE = 0.95;

  private final Map<String, Vectors> photographs = new LinkedHashMap<>();

  /** Features of a photograph: as they should be, and with its red and blue swapped. */
  private static final class Vectors {
    private final float[] right;
    private final float[] swapped;

    Vectors(float[] right, float[] swapped) {
      this.right = right;
      this.swapped = swapped;
    }
  }

  /** How the features of a table differ. */
  record Difference(double largest, double meanCosine) {}

  private Reference() {}

  /**
   * Computes the reference, and checks that the ONNX model gives the same.
   *
   * @throws IllegalStateException if the ONNX model's features differ by more than 1e-4
   */
  static Reference of(List<Path> files, FrozenModel model, Path onnx) throws Exception {
    Reference reference = new Reference();
    try (FeatureExtractor extractor = FeatureExtractor.open(model, Precision.FLOAT32, 1);
        OnnxSession peer = new OnnxSession(onnx)) {
      double largest = 0;
      List<Path> first = files.subList(0, Math.min(PHOTOGRAPHS, files.size()));
      for (Path file : first) {
        float[] pixels = pixels(extractor, file);
        float[] vector = extract(extractor, pixels);
        float[] theirs = peer.run(planes(pixels), 1, model.imageHeight())[0];
        largest = Math.max(largest, largestDifference(vector, theirs));
        reference.photographs.put(
            file.getFileName().toString(),
            new Vectors(vector, extract(extractor, swapped(pixels))));
      }
      double swapped =
          reference.photographs.values().stream()
              .mapToDouble(vectors -> cosine(vectors.right, vectors.swapped))
              .average()
              .orElseThrow();
      System.out.printf(
          Locale.ROOT,
          "features: the ONNX model's differ by at most %.1e on the same pixels; with swapped"
              + " channels the mean cosine is %.4f%n",
          largest,
          swapped);
      if (!(largest <= SAME)) {
        throw new IllegalStateException(
            String.format(Locale.ROOT, "the ONNX model's features differ by %.1e", largest));
      }
    }
    return reference;
  }

  /** [side, side, 3] in [0, 1]. */
  private static float[] pixels(FeatureExtractor extractor, Path file) throws IOException {
    FrozenModel model = extractor.model();
    ImageSize size = new ImageSize(model.imageHeight(), model.imageWidth());
    ImageOptions options = new ImageOptions(size, ResizeMethod.BILINEAR, ImageLimits.DEFAULT);
    try (TFloat32 image = TFloat32.tensorOf(Shape.of(size.height(), size.width(), 3))) {
      ImageOutcome outcome =
          extractor
              .images()
              .read(
                  new ImageInput.Encoded(Files.readAllBytes(file)),
                  options,
                  image.asRawTensor().data());
      if (!(outcome instanceof ImageOutcome.Read)) {
        throw new IOException(file + ": " + outcome);
      }
      float[] pixels = new float[Math.toIntExact(size.rgbValues())];
      image.asRawTensor().data().asFloats().read(pixels);
      return pixels;
    }
  }

  private static float[] extract(FeatureExtractor extractor, float[] pixels) {
    FrozenModel model = extractor.model();
    Shape shape = Shape.of(1, model.imageHeight(), model.imageWidth(), 3);
    try (TFloat32 batch = TFloat32.tensorOf(shape)) {
      FloatDataBuffer data = batch.asRawTensor().data().asFloats();
      data.write(pixels);
      return extractor.extract(batch);
    }
  }

  private static float[] swapped(float[] pixels) {
    float[] swapped = pixels.clone();
    for (int i = 0; i < pixels.length; i += 3) {
      swapped[i] = pixels[i + 2];
      swapped[i + 2] = pixels[i];
    }
    return swapped;
  }

  /** As the ONNX model takes them: channel by channel, in [-1, 1]. */
  private static FloatBuffer planes(float[] pixels) {
    int plane = pixels.length / 3;
    FloatBuffer planes =
        ByteBuffer.allocateDirect(pixels.length * Float.BYTES)
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer();
    for (int i = 0; i < pixels.length; i++) {
      planes.put(i % 3 * plane + i / 3, 2 * pixels[i] - 1);
    }
    return planes;
  }

  /**
   * Compares a table's features with these.
   *
   * @param table with {@code path} and {@code features} of all photographs
   * @param rows how many it must have
   * @throws IllegalStateException if rows are missing, or the features are far from these, or
   *     nearer to those of swapped channels
   */
  Difference compare(SparkSession spark, Path table, long rows) {
    double largest = 0;
    double cosines = 0;
    double swappedCosines = 0;
    int compared = 0;
    List<Row> found =
        spark
            .read()
            .parquet(table.toString())
            .selectExpr("path", "CAST(features AS ARRAY<FLOAT>) AS features")
            .collectAsList();
    if (found.size() != rows) {
      throw new IllegalStateException(
          String.format(Locale.ROOT, "its table has %d rows, not %d", found.size(), rows));
    }
    for (Row row : found) {
      String path = row.getString(0);
      Vectors expected = photographs.get(path.substring(path.lastIndexOf('/') + 1));
      if (expected != null) {
        float[] vector = floats(row.getList(1));
        largest = Math.max(largest, largestDifference(expected.right, vector));
        cosines += cosine(expected.right, vector);
        swappedCosines += cosine(expected.swapped, vector);
        compared++;
      }
    }
    if (compared != photographs.size()) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT, "its table has %d of %d photographs", compared, photographs.size()));
    }
    double mean = cosines / compared;
    double swapped = swappedCosines / compared;
    if (!(mean >= LEAST_COSINE && mean > swapped)) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "its features are others: mean cosine %.4f, and %.4f to those of swapped channels",
              mean,
              swapped));
    }
    return new Difference(largest, mean);
  }

  private static float[] floats(List<Float> values) {
    float[] floats = new float[values.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = requireNonNull(values.get(i), "a NULL among the features");
    }
    return floats;
  }

  private static double largestDifference(float[] one, float[] other) {
    if (one.length != other.length) {
      throw new IllegalStateException(
          String.format(Locale.ROOT, "%d features, not %d", other.length, one.length));
    }
    double largest = 0;
    for (int i = 0; i < one.length; i++) {
      double difference = Math.abs((double) one[i] - other[i]);
      largest = difference <= largest ? largest : difference; // NaN is kept
    }
    return largest;
  }

  private static double cosine(float[] one, float[] other) {
    double product = 0;
    double squares = 0;
    double otherSquares = 0;
    for (int i = 0; i < one.length; i++) {
      product += (double) one[i] * other[i];
      squares += (double) one[i] * one[i];
      otherSquares += (double) other[i] * other[i];
    }
    return product / Math.sqrt(squares * otherSquares);
  }
}
