package io.mobilenetspark.spark.train;

import io.mobilenetspark.common.Quantity;
import io.mobilenetspark.train.TrainSettings;
import java.io.Serializable;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.apache.spark.api.java.JavaPairRDD;
import scala.Tuple2;

/**
 * Which images are kept from training, besides those that are marked: those whose draw lies below
 * their class's threshold. A draw, from 0 to 1, follows from the run's seed and from what the image
 * is, so that a split depends neither on the order of the rows nor on how they are partitioned. Of
 * the default tenth, equal images are on one side of it, whatever their labels and weights: those
 * that one class would keep and another one train on are trained on. Immutable.
 */
final class ValidationSplit implements Serializable {
  private static final long serialVersionUID = 1;

  /** One in so many; classes of fewer images keep them all for training. */
  private static final int ONE_IN = 10;

  /** More would not be read by anybody. */
  private static final int LISTED = 20;

  private static final int KEPT = 1;
  private static final int TRAINED_ON = 2;

  private final boolean isTenth;
  private final HashMap<Integer, Double> thresholds; // by class
  private final double otherwise;
  private final HashSet<Double> torn; // draws that are below the threshold of some of their classes

  private ValidationSplit(
      boolean isTenth, Map<Integer, Double> thresholds, double otherwise, List<Double> torn) {
    this.isTenth = isTenth;
    this.thresholds = new HashMap<>(thresholds);
    this.otherwise = otherwise;
    this.torn = new HashSet<>(torn);
  }

  /**
   * That of a run.
   *
   * @param share of all images, whatever their class; empty for a tenth of each class
   * @param draws classes and draws of the images that can be read and are not marked; asked for a
   *     tenth alone
   */
  static ValidationSplit of(Optional<Double> share, Supplier<JavaPairRDD<Integer, Double>> draws) {
    if (share.isPresent()) {
      return new ValidationSplit(false, Map.of(), share.get(), List.of());
    }
    JavaPairRDD<Integer, Double> ofClasses = draws.get();
    Map<Integer, Double> thresholds =
        ofClasses.groupByKey().mapValues(ValidationSplit::threshold).collectAsMap();
    ValidationSplit byClass = new ValidationSplit(true, thresholds, 0, List.of());
    double highest = thresholds.values().stream().mapToDouble(Double::doubleValue).max().orElse(0);
    List<Double> torn =
        ofClasses
            .filter(one -> one._2() < highest) // the others are kept by no class
            .mapToPair(
                one ->
                    new Tuple2<>(one._2(), byClass.keeps(one._1(), one._2()) ? KEPT : TRAINED_ON))
            .reduceByKey((one, other) -> one | other)
            .filter(one -> one._2() == (KEPT | TRAINED_ON))
            .keys()
            .collect();
    return new ValidationSplit(true, thresholds, 0, torn);
  }

  /**
   * Which hash an image's draw follows from.
   *
   * @param image of the image alone
   * @param row of the image with its label and weight: the draws of an explicit share are those of
   *     version 0.1.0, whose runs go on
   */
  long drawnFrom(long image, long row) {
    return isTenth ? image : row;
  }

  /** As many draws lie below it as are to be kept; fewer if some are equal to it. */
  static double threshold(Iterable<Double> draws) {
    double[] sorted =
        StreamSupport.stream(draws.spliterator(), false)
            .mapToDouble(Double::doubleValue)
            .sorted()
            .toArray();
    return sorted[sorted.length / ONE_IN];
  }

  /** Whether an image is kept from training. */
  boolean keeps(int label, double draw) {
    return draw < thresholds.getOrDefault(label, otherwise) && !torn.contains(draw);
  }

  /** Tells who has not chosen what is kept, and of which classes nothing is. */
  static void tell(FineTunePlan plan, List<ClassImages> classes, TrainingListener listener) {
    if (plan.values().find(TrainSettings.VALIDATION_FRACTION).isPresent()) {
      return;
    }
    long kept = classes.stream().mapToLong(ClassImages::validation).sum();
    long training = classes.stream().mapToLong(ClassImages::training).sum();
    listener.onPhase(
        String.format(
            Locale.ROOT,
            "%,d of %s kept for validation, a tenth of each class; %s 0 keeps none.",
            kept,
            Quantity.of(kept + training, "image is", "images are"),
            TrainSettings.VALIDATION_FRACTION.on(plan.surface())));
    List<ClassImages> without =
        classes.stream().filter(one -> one.validation() == 0 && one.training() > 0).toList();
    if (!without.isEmpty()) {
      listener.onNotice(
          String.format(
              Locale.ROOT,
              "%s without images for validation, which takes at least %d different ones: %s%s.",
              Quantity.of(without.size(), "class", "classes"),
              ONE_IN,
              without.stream()
                  .limit(LISTED)
                  .map(ClassImages::label)
                  .collect(Collectors.joining(", ")),
              without.size() > LISTED ? ", ..." : ""));
    }
  }
}
