package io.mobilenetspark.spark.train;

import io.mobilenetspark.train.Head;
import io.mobilenetspark.train.TrainingRow;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.Supplier;
import javax.imageio.ImageIO;
import org.apache.hadoop.util.ShutdownHookManager;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.ml.linalg.DenseVector;
import org.jspecify.annotations.Nullable;

/** The parts that an {@link Evaluation} is made of: of a task's rows, then of all. */
final class EvaluationSums implements Serializable {
  private static final long serialVersionUID = 1;

  /** Enough to see what goes wrong. */
  static final int MISTAKES = 24;

  /** Width and height of a picture, in pixels. */
  private static final int PICTURE = 112;

  // Plain fields and collections: Kryo, which may be Spark's serializer, can't write records.
  private final HashMap<Long, Long> images = new HashMap<>(); // by label * classes + prediction
  private final ArrayList<Judged> mistakes = new ArrayList<>();

  /** A row and what the network makes of it. */
  static final class Judged implements Serializable {
    private static final long serialVersionUID = 1;

    /** The largest loss first; rows of one loss in an order that does not change. */
    private static final Comparator<Judged> WORST_FIRST =
        Comparator.comparingDouble((Judged judged) -> -judged.loss)
            .thenComparing(judged -> judged.name)
            .thenComparingLong(judged -> judged.index);

    private final String name;
    private final long index;
    private final int label;
    private final int prediction;
    private final int classes;
    private final double probability;
    private final double loss;
    private transient @Nullable TrainingRow row;
    private String picture = "";

    private Judged(String name, long index, int label, double[] logits) {
      double[] probabilities = Head.softmax(logits);
      this.name = name;
      this.index = index;
      this.label = label;
      this.prediction = new DenseVector(logits).argmax();
      this.classes = logits.length;
      this.probability = probabilities[prediction];
      // Of the shifted logits: the logarithm of a probability that is too small would be infinite.
      double largest = logits[prediction];
      this.loss =
          largest
              + Math.log(Arrays.stream(logits).map(logit -> Math.exp(logit - largest)).sum())
              - logits[label];
    }

    static Judged of(String name, int label, double[] logits) {
      return new Judged(name, 0, label, logits);
    }

    /** One whose picture can be drawn, as long as it stays in this JVM. */
    static Judged of(TrainingRow row, double[] logits) {
      Judged judged = new Judged(row.name(), row.index(), row.label(), logits);
      judged.row = row;
      return judged;
    }

    private void draw() {
      TrainingRow pixels = row;
      row = null;
      if (pixels != null) {
        picture = jpeg(pixels.pixels());
      }
    }
  }

  /** Sums up; one job. */
  static EvaluationSums of(JavaRDD<Judged> rows) {
    return rows.mapPartitions(partition -> List.of(ofPartition(partition)).iterator())
        .treeReduce(EvaluationSums::plus);
  }

  /** The same for who has trained for hours, and is to keep the model whatever becomes of this. */
  static Optional<Evaluation> tried(
      Supplier<JavaRDD<Judged>> rows, List<String> labels, TrainingListener listener) {
    try {
      return Optional.of(of(rows.get()).evaluation(labels));
    } catch (Exception e) { // Spark throws checked exceptions out of methods without them
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      if (ShutdownHookManager.get().isShutdownInProgress()) { // who stops it wants no model
        throw e;
      }
      listener.onNotice(
          String.format(
              Locale.ROOT,
              "The model is trained, but the validation images were not evaluated class by class: %s",
              e.getMessage()));
      return Optional.empty();
    }
  }

  private static EvaluationSums ofPartition(Iterator<Judged> rows) {
    EvaluationSums sums = new EvaluationSums();
    PriorityQueue<Judged> worst = new PriorityQueue<>(Judged.WORST_FIRST.reversed());
    while (rows.hasNext()) {
      Judged row = rows.next();
      sums.images.merge((long) row.label * row.classes + row.prediction, 1L, Long::sum);
      if (row.label != row.prediction) {
        worst.add(row);
        if (worst.size() > MISTAKES) {
          worst.remove();
        }
      }
    }
    worst.forEach(Judged::draw);
    sums.mistakes.addAll(worst);
    return sums;
  }

  private EvaluationSums plus(EvaluationSums other) {
    EvaluationSums both = new EvaluationSums();
    both.images.putAll(images);
    other.images.forEach((pair, count) -> both.images.merge(pair, count, Long::sum));
    both.mistakes.addAll(mistakes);
    both.mistakes.addAll(other.mistakes);
    both.mistakes.sort(Judged.WORST_FIRST);
    both.mistakes.subList(Math.min(MISTAKES, both.mistakes.size()), both.mistakes.size()).clear();
    return both;
  }

  /** What they say. */
  Evaluation evaluation(List<String> labels) {
    int classes = labels.size();
    return new Evaluation(
        labels,
        images.entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(
                entry ->
                    new Evaluation.Confusion(
                        (int) (entry.getKey() / classes),
                        (int) (entry.getKey() % classes),
                        entry.getValue()))
            .toList(),
        mistakes.stream()
            .sorted(Judged.WORST_FIRST)
            .map(
                row ->
                    new Evaluation.Mistake(
                        row.name,
                        row.label,
                        row.prediction,
                        row.probability,
                        row.loss,
                        row.picture))
            .toList());
  }

  /** Pixels, [side, side, 3], as a small JPEG in base64; nothing if this JVM can't draw. */
  private static String jpeg(byte[] pixels) {
    try {
      return Base64.getEncoder().encodeToString(drawn(pixels));
    } catch (IOException | RuntimeException | LinkageError e) { // a JDK without its native graphics
      return "";
    }
  }

  private static byte[] drawn(byte[] pixels) throws IOException {
    int side = (int) Math.round(Math.sqrt(pixels.length / 3.0));
    BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < side * side; i++) {
      int rgb =
          ((pixels[3 * i] & 0xff) << 16)
              | ((pixels[3 * i + 1] & 0xff) << 8)
              | (pixels[3 * i + 2] & 0xff);
      image.setRGB(i % side, i / side, rgb);
    }
    BufferedImage small = new BufferedImage(PICTURE, PICTURE, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = small.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    graphics.drawImage(image, 0, 0, PICTURE, PICTURE, null);
    graphics.dispose();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(small, "jpg", bytes);
    return bytes.toByteArray();
  }
}
