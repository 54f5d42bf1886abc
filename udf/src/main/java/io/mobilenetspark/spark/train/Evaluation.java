package io.mobilenetspark.spark.train;

import io.mobilenetspark.common.PublicApi;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/**
 * What a model makes of the validation images, class by class.
 *
 * @param labels the classes' names, in the classes' order
 * @param confusions images by label and prediction, in the classes' order; pairs that did not occur
 *     are left out
 * @param mistakes the images furthest from their label, the one with the largest loss first; at
 *     most {@value EvaluationSums#MISTAKES}
 */
@PublicApi
public record Evaluation(List<String> labels, List<Confusion> confusions, List<Mistake> mistakes) {

  public Evaluation {
    labels = List.copyOf(labels);
    confusions = List.copyOf(confusions);
    mistakes = List.copyOf(mistakes);
  }

  /**
   * Images of one label with one prediction; right ones if the two are the same.
   *
   * @param label the class they are labelled with, from 0
   * @param prediction the class that they are taken for, from 0
   * @param images how many
   */
  @PublicApi
  public record Confusion(int label, int prediction, long images) {}

  /**
   * A wrong prediction.
   *
   * @param name the image's file; empty if the table has bytes and no names
   * @param label the class it is labelled with, from 0
   * @param prediction the class it is taken for, from 0
   * @param probability of the prediction
   * @param loss cross-entropy, minus the logarithm of the label's probability
   * @param picture a small JPEG in base64, of what the network saw; empty if only the head was
   *     trained, which keeps no pixels
   */
  @PublicApi
  public record Mistake(
      String name, int label, int prediction, double probability, double loss, String picture) {}

  /**
   * How well a class is told. Ratios of nothing are 0, as those of MLlib's {@code
   * MulticlassMetrics}.
   *
   * @param label its name
   * @param images how many have the label
   * @param precision share of the images taken for this class that have its label
   * @param recall share of the images with the label that are taken for this class
   * @param f1 harmonic mean of the two
   */
  @PublicApi
  public record ClassMetrics(
      String label, long images, double precision, double recall, double f1) {}

  /** Number of images. */
  public long images() {
    return confusions.stream().mapToLong(Confusion::images).sum();
  }

  /** Share of the images that are classified as labelled; NaN of none. */
  public double accuracy() {
    return (double) right().sum() / images();
  }

  private LongStream right() {
    return confusions.stream()
        .filter(confusion -> confusion.label == confusion.prediction)
        .mapToLong(Confusion::images);
  }

  /** Of all classes, in their order. */
  public List<ClassMetrics> classes() {
    long[] labelled = new long[labels.size()];
    long[] predicted = new long[labels.size()];
    long[] both = new long[labels.size()];
    for (Confusion confusion : confusions) {
      labelled[confusion.label] += confusion.images;
      predicted[confusion.prediction] += confusion.images;
      both[confusion.label] += confusion.label == confusion.prediction ? confusion.images : 0;
    }
    List<ClassMetrics> classes = new ArrayList<>();
    for (int i = 0; i < labelled.length; i++) {
      classes.add(
          new ClassMetrics(
              labels.get(i),
              labelled[i],
              ratio(both[i], predicted[i]),
              ratio(both[i], labelled[i]),
              ratio(2 * both[i], predicted[i] + labelled[i])));
    }
    return classes;
  }

  private static double ratio(long part, long whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }
}
