package io.mobilenetspark.spark.ml;

import io.mobilenetspark.train.Augmentation;
import io.mobilenetspark.train.BatchNorm;
import io.mobilenetspark.train.LearningRate;
import io.mobilenetspark.train.NetworkSpec;
import io.mobilenetspark.train.Optimizer;
import io.mobilenetspark.train.TrainedPart;
import io.mobilenetspark.train.UpdateRule;
import java.util.Locale;

/** What an estimator's parameters mean to the trainer. */
final class Recipe {

  private Recipe() {}

  /** What is trained, on which loss. */
  static NetworkSpec network(MobileNetFineTuner tuner, int classes, int imageSide) {
    return new NetworkSpec(
        classes,
        imageSide,
        TrainedPart.fromOption(tuner.getTrainable()),
        lower(tuner.getBatchNorm()).equals("training")
            ? new BatchNorm.Training(tuner.getBatchNormMomentum())
            : new BatchNorm.Frozen(),
        tuner.getLabelSmoothing(),
        tuner.getDropout(),
        new Augmentation(
            tuner.getFlipProbability(), tuner.getMinCropArea(), tuner.getColorJitter()));
  }

  /**
   * Whether a logistic regression is all there is to do: the head alone is trained, and nothing is
   * asked for that MLlib can't do.
   */
  static boolean isFittedByMllib(MobileNetFineTuner tuner) {
    // The defaults are for who trains more than the head; a value of one's own is meant.
    boolean asksForAugmentation =
        (tuner.isSet(tuner.flipProbability()) && tuner.getFlipProbability() > 0)
            || (tuner.isSet(tuner.minCropArea()) && tuner.getMinCropArea() < 1)
            || (tuner.isSet(tuner.colorJitter()) && tuner.getColorJitter() > 0);
    return TrainedPart.fromOption(tuner.getTrainable()) instanceof TrainedPart.HeadOnly
        && tuner.getDropout() == 0
        && tuner.getLabelSmoothing() == 0
        && !asksForAugmentation;
  }

  /** How a gradient moves the parameters. */
  static UpdateRule rule(MobileNetFineTuner tuner, long stepsPerEpoch) {
    return new UpdateRule(
        optimizer(tuner),
        rate(tuner, stepsPerEpoch),
        tuner.getHeadLearningRateFactor(),
        tuner.getL2(),
        (Double) StageParams.orElse(tuner, tuner.maxGradientNorm(), Double.POSITIVE_INFINITY));
  }

  private static Optimizer optimizer(MobileNetFineTuner tuner) {
    return switch (lower(tuner.getOptimizer())) {
      case "adam" -> Optimizer.Adam.DEFAULT;
      case "adamw" -> new Optimizer.AdamW(Optimizer.Adam.DEFAULT, tuner.getWeightDecay());
      default -> new Optimizer.Sgd(tuner.getMomentum());
    };
  }

  private static LearningRate rate(MobileNetFineTuner tuner, long stepsPerEpoch) {
    long warmup = Math.round(tuner.getWarmupEpochs() * stepsPerEpoch);
    LearningRate.Decay decay =
        switch (lower(tuner.getLearningRateSchedule())) {
          case "constant" -> new LearningRate.Constant();
          case "step" ->
              new LearningRate.Staircase(
                  Math.max(1, Math.round(tuner.getDecayEpochs() * stepsPerEpoch)),
                  tuner.getDecayRate());
          default ->
              new LearningRate.Cosine(Math.max(1, tuner.getEpochs() * stepsPerEpoch - warmup));
        };
    return new LearningRate(tuner.getLearningRate(), warmup, decay);
  }

  private static String lower(String word) {
    return word.toLowerCase(Locale.ROOT);
  }
}
