package io.mobilenetspark.spark.ml;

import io.mobilenetspark.train.Augmentation;
import io.mobilenetspark.train.BatchNorm;
import io.mobilenetspark.train.BatchNormMode;
import io.mobilenetspark.train.LearningRate;
import io.mobilenetspark.train.NetworkSpec;
import io.mobilenetspark.train.Optimizer;
import io.mobilenetspark.train.OptimizerKind;
import io.mobilenetspark.train.Schedule;
import io.mobilenetspark.train.TrainedPart;
import io.mobilenetspark.train.UpdateRule;

/** What an estimator's parameters mean to the trainer. */
final class Recipe {

  private Recipe() {}

  /** What is trained, on which loss. */
  static NetworkSpec network(MobileNetFineTuner tuner, int classes, int imageSide) {
    return new NetworkSpec(
        classes,
        imageSide,
        TrainedPart.fromOption(tuner.getTrainable()),
        batchNorm(tuner),
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

  private static BatchNorm batchNorm(MobileNetFineTuner tuner) {
    return switch (BatchNormMode.CHOICES.parse(tuner.getBatchNorm())) {
      case FROZEN -> new BatchNorm.Frozen();
      case TRAINING -> new BatchNorm.Training(tuner.getBatchNormMomentum());
    };
  }

  private static Optimizer optimizer(MobileNetFineTuner tuner) {
    return switch (OptimizerKind.CHOICES.parse(tuner.getOptimizer())) {
      case SGD -> new Optimizer.Sgd(tuner.getMomentum());
      case ADAM -> Optimizer.Adam.DEFAULT;
      case ADAMW -> new Optimizer.AdamW(Optimizer.Adam.DEFAULT, tuner.getWeightDecay());
    };
  }

  private static LearningRate rate(MobileNetFineTuner tuner, long stepsPerEpoch) {
    long warmup = Math.round(tuner.getWarmupEpochs() * stepsPerEpoch);
    LearningRate.Decay decay =
        switch (Schedule.CHOICES.parse(tuner.getLearningRateSchedule())) {
          case CONSTANT -> new LearningRate.Constant();
          case COSINE ->
              new LearningRate.Cosine(Math.max(1, tuner.getEpochs() * stepsPerEpoch - warmup));
          case STEP ->
              new LearningRate.Staircase(
                  Math.max(1, Math.round(tuner.getDecayEpochs() * stepsPerEpoch)),
                  tuner.getDecayRate());
        };
    return new LearningRate(tuner.getLearningRate(), warmup, decay);
  }
}
