package io.mobilenetspark.spark.ml;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.spark.MalformedMode;
import io.mobilenetspark.spark.train.FineTunePlan;
import io.mobilenetspark.spark.train.LabelledImages;
import io.mobilenetspark.train.Augmentation;
import io.mobilenetspark.train.BatchNorm;
import io.mobilenetspark.train.BatchNormMode;
import io.mobilenetspark.train.HeadInit;
import io.mobilenetspark.train.Optimizer;
import io.mobilenetspark.train.OptimizerKind;
import io.mobilenetspark.train.Schedule;
import io.mobilenetspark.train.TrainedPart;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.spark.ml.param.Param;

/** What an estimator's parameters mean to the training engine, which knows no stage. */
final class Recipe {

  private Recipe() {}

  /** The columns to read. */
  static LabelledImages.Columns columns(MobileNetFineTuner tuner) {
    return new LabelledImages.Columns(
        tuner.getInputCol(),
        tuner.getLabelCol(),
        defined(tuner, tuner.weightCol()),
        defined(tuner, tuner.validationIndicatorCol()),
        tuner.getClassWeights());
  }

  /**
   * The run to do.
   *
   * @param imageSide height and width of the network's input, in pixels
   */
  static FineTunePlan plan(MobileNetFineTuner tuner, int imageSide) {
    return new FineTunePlan(
        tuner.uid(),
        tuner.imageParams().options(tuner, ImageSize.square(imageSide)),
        MalformedMode.CHOICES.parse(tuner.getMode()),
        network(tuner),
        new FineTunePlan.HeadPlan(headMode(tuner), tuner.getHeadRegParam()),
        rule(tuner),
        new FineTunePlan.Batches(
            tuner.getBatchSize(),
            tuner.getSeed(),
            tuner.getValidationFraction(),
            tuner.isDefined(tuner.numWorkers())
                ? OptionalInt.of(tuner.getNumWorkers())
                : OptionalInt.empty()),
        new FineTunePlan.Course(
            tuner.getEpochs(),
            tuner.getPatience(),
            tuner.getSyncEvery(),
            defined(tuner, tuner.checkpointDir()),
            tuner.getCheckpointInterval(),
            RunSettings.of(tuner)));
  }

  private static Optional<String> defined(MobileNetFineTuner tuner, Param<String> param) {
    return tuner.isDefined(param) ? Optional.of(tuner.getOrDefault(param)) : Optional.empty();
  }

  private static FineTunePlan.Network network(MobileNetFineTuner tuner) {
    return new FineTunePlan.Network(
        TrainedPart.fromOption(tuner.getTrainable()),
        batchNorm(tuner),
        tuner.getLabelSmoothing(),
        tuner.getDropout(),
        new Augmentation(
            tuner.getFlipProbability(), tuner.getMinCropArea(), tuner.getColorJitter()));
  }

  private static BatchNorm batchNorm(MobileNetFineTuner tuner) {
    return switch (BatchNormMode.CHOICES.parse(tuner.getBatchNorm())) {
      case FROZEN -> new BatchNorm.Frozen();
      case TRAINING -> new BatchNorm.Training(tuner.getBatchNormMomentum());
    };
  }

  private static FineTunePlan.HeadMode headMode(MobileNetFineTuner tuner) {
    if (isFittedByMllib(tuner)) {
      return FineTunePlan.HeadMode.FITTED_ALONE;
    }
    return switch (HeadInit.CHOICES.parse(tuner.getHeadInit())) {
      case ZERO -> FineTunePlan.HeadMode.ZERO;
      case FITTED -> FineTunePlan.HeadMode.FITTED;
    };
  }

  /**
   * Whether a logistic regression is all there is to do: the head alone is trained, and nothing is
   * asked for that MLlib can't do.
   */
  private static boolean isFittedByMllib(MobileNetFineTuner tuner) {
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

  private static FineTunePlan.Rule rule(MobileNetFineTuner tuner) {
    return new FineTunePlan.Rule(
        optimizer(tuner),
        new FineTunePlan.Rate(
            tuner.getLearningRate(),
            tuner.getWarmupEpochs(),
            Schedule.CHOICES.parse(tuner.getLearningRateSchedule()),
            tuner.getDecayEpochs(),
            tuner.getDecayRate()),
        tuner.getHeadLearningRateFactor(),
        tuner.getL2(),
        (Double) StageParams.orElse(tuner, tuner.maxGradientNorm(), Double.POSITIVE_INFINITY));
  }

  private static Optimizer optimizer(MobileNetFineTuner tuner) {
    return switch (OptimizerKind.CHOICES.parse(tuner.getOptimizer())) {
      case SGD -> new Optimizer.Sgd(tuner.getMomentum());
      case ADAM -> Optimizer.Adam.DEFAULT;
      case ADAMW -> new Optimizer.AdamW(Optimizer.Adam.DEFAULT, tuner.getWeightDecay());
    };
  }
}
