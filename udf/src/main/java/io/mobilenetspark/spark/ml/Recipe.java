package io.mobilenetspark.spark.ml;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.image.ImageOptions;
import io.mobilenetspark.options.SettingValues;
import io.mobilenetspark.options.Surface;
import io.mobilenetspark.spark.EmbedSettings;
import io.mobilenetspark.spark.train.FineTunePlan;
import io.mobilenetspark.spark.train.LabelledImages;
import io.mobilenetspark.train.Augmentation;
import io.mobilenetspark.train.BatchNorm;
import io.mobilenetspark.train.Optimizer;
import io.mobilenetspark.train.TrainSettings;
import io.mobilenetspark.train.TrainedPart;
import java.util.OptionalInt;

/** What an estimator's parameters mean to the training engine, which knows no stage. */
final class Recipe {

  private Recipe() {}

  /** The columns to read. */
  static LabelledImages.Columns columns(MobileNetFineTuner tuner) {
    SettingValues values = tuner.settingParams().values(tuner);
    return new LabelledImages.Columns(
        tuner.getInputCol(),
        tuner.getLabelCol(),
        values.find(StageSettings.WEIGHT_COL),
        values.find(StageSettings.VALIDATION_INDICATOR_COL),
        values.get(TrainSettings.CLASS_WEIGHTS));
  }

  /**
   * The run to do.
   *
   * @param imageSide height and width of the network's input, in pixels
   * @param surface whose names of settings people are told
   */
  static FineTunePlan plan(MobileNetFineTuner tuner, int imageSide, Surface surface) {
    SettingValues values = tuner.settingParams().values(tuner);
    return new FineTunePlan(
        tuner.uid(),
        surface,
        ImageOptions.of(ImageSize.square(imageSide), values),
        values.get(EmbedSettings.MODE_OF_TRAINING),
        network(values),
        new FineTunePlan.HeadPlan(headMode(values), values.get(TrainSettings.HEAD_REG_PARAM)),
        rule(values),
        new FineTunePlan.Batches(
            values.get(TrainSettings.BATCH_SIZE),
            values.get(TrainSettings.SEED),
            values.get(TrainSettings.VALIDATION_FRACTION),
            values
                .find(TrainSettings.NUM_WORKERS)
                .map(OptionalInt::of)
                .orElse(OptionalInt.empty())),
        new FineTunePlan.Course(
            values.get(TrainSettings.EPOCHS),
            values.get(TrainSettings.PATIENCE),
            values.get(TrainSettings.SYNC_EVERY),
            values.find(TrainSettings.CHECKPOINT_DIR),
            values.get(TrainSettings.CHECKPOINT_INTERVAL),
            RunSettings.of(values)));
  }

  private static FineTunePlan.Network network(SettingValues values) {
    return new FineTunePlan.Network(
        TrainedPart.fromOption(values.get(TrainSettings.TRAINABLE)),
        switch (values.get(TrainSettings.BATCH_NORM)) {
          case FROZEN -> new BatchNorm.Frozen();
          case TRAINING -> new BatchNorm.Training(values.get(TrainSettings.BATCH_NORM_MOMENTUM));
        },
        values.get(TrainSettings.LABEL_SMOOTHING),
        values.get(TrainSettings.DROPOUT),
        new Augmentation(
            values.get(TrainSettings.FLIP_PROBABILITY),
            values.get(TrainSettings.MIN_CROP_AREA),
            values.get(TrainSettings.COLOR_JITTER)));
  }

  private static FineTunePlan.HeadMode headMode(SettingValues values) {
    if (isFittedByMllib(values)) {
      return FineTunePlan.HeadMode.FITTED_ALONE;
    }
    return switch (values.get(TrainSettings.HEAD_INIT)) {
      case ZERO -> FineTunePlan.HeadMode.ZERO;
      case FITTED -> FineTunePlan.HeadMode.FITTED;
    };
  }

  /**
   * Whether a logistic regression is all there is to do: the head alone is trained, and nothing is
   * asked for that MLlib can't do.
   */
  private static boolean isFittedByMllib(SettingValues values) {
    // The defaults are for who trains more than the head; a value of one's own is meant.
    boolean asksForAugmentation =
        (values.has(TrainSettings.FLIP_PROBABILITY)
                && values.get(TrainSettings.FLIP_PROBABILITY) > 0)
            || (values.has(TrainSettings.MIN_CROP_AREA)
                && values.get(TrainSettings.MIN_CROP_AREA) < 1)
            || (values.has(TrainSettings.COLOR_JITTER)
                && values.get(TrainSettings.COLOR_JITTER) > 0);
    return TrainedPart.fromOption(values.get(TrainSettings.TRAINABLE))
            instanceof TrainedPart.HeadOnly
        && values.get(TrainSettings.DROPOUT) == 0
        && values.get(TrainSettings.LABEL_SMOOTHING) == 0
        && !asksForAugmentation;
  }

  private static FineTunePlan.Rule rule(SettingValues values) {
    return new FineTunePlan.Rule(
        switch (values.get(TrainSettings.OPTIMIZER)) {
          case SGD -> new Optimizer.Sgd(values.get(TrainSettings.MOMENTUM));
          case ADAM -> Optimizer.Adam.DEFAULT;
          case ADAMW ->
              new Optimizer.AdamW(Optimizer.Adam.DEFAULT, values.get(TrainSettings.WEIGHT_DECAY));
        },
        new FineTunePlan.Rate(
            values.get(TrainSettings.LEARNING_RATE),
            values.get(TrainSettings.WARMUP_EPOCHS),
            values.get(TrainSettings.LEARNING_RATE_SCHEDULE),
            values.get(TrainSettings.DECAY_EPOCHS),
            values.get(TrainSettings.DECAY_RATE)),
        values.get(TrainSettings.HEAD_LEARNING_RATE_FACTOR),
        values.get(TrainSettings.L2),
        values.find(TrainSettings.MAX_GRADIENT_NORM).orElse(Double.POSITIVE_INFINITY));
  }
}
