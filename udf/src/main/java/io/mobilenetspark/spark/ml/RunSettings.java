package io.mobilenetspark.spark.ml;

import io.mobilenetspark.spark.train.FineTunePlan;
import io.mobilenetspark.train.BatchNormMode;
import io.mobilenetspark.train.HeadInit;
import io.mobilenetspark.train.OptimizerKind;
import io.mobilenetspark.train.Schedule;
import io.mobilenetspark.train.TrainedPart;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.ml.param.Param;

/**
 * The settings that a run's numbers follow from, which a checkpoint's run is known by. A setting
 * that has no effect beside the others is not among them. Neither is the number of workers: it may
 * change with the cluster, and the history says what it was.
 */
final class RunSettings {

  private RunSettings() {}

  /** Their texts, by the parameters' names. */
  static SortedMap<String, String> of(MobileNetFineTuner tuner) {
    TreeMap<String, String> values = new TreeMap<>();
    values.put("trainable", trainable(tuner));
    for (Param<?> param : params(tuner)) {
      values.put(
          param.name(),
          tuner.isDefined(param)
              ? String.valueOf(tuner.getOrDefault(param)).toLowerCase(Locale.ROOT)
              : FineTunePlan.UNSET);
    }
    return values;
  }

  /** The words in any case, names of layers as they are. */
  private static String trainable(MobileNetFineTuner tuner) {
    TrainedPart part = TrainedPart.fromOption(tuner.getTrainable());
    return part instanceof TrainedPart.FromLayer
        ? tuner.getTrainable()
        : tuner.getTrainable().toLowerCase(Locale.ROOT);
  }

  private static List<Param<?>> params(MobileNetFineTuner tuner) {
    List<Param<?>> settings =
        new ArrayList<>(
            List.of(
                tuner.batchNorm(),
                tuner.labelSmoothing(),
                tuner.dropout(),
                tuner.flipProbability(),
                tuner.minCropArea(),
                tuner.colorJitter(),
                tuner.headInit(),
                tuner.optimizer(),
                tuner.learningRate(),
                tuner.headLearningRateFactor(),
                tuner.learningRateSchedule(),
                tuner.warmupEpochs(),
                tuner.maxGradientNorm(),
                tuner.l2(),
                tuner.batchSize(),
                tuner.syncEvery(),
                tuner.seed(),
                tuner.validationFraction()));
    ImageParams images = tuner.imageParams();
    settings.addAll(
        List.of(
            images.resizeMethod,
            images.exifOrientation,
            images.alpha,
            images.cropFraction,
            images.aspect,
            images.decodeScale,
            images.colorProfile));
    if (BatchNormMode.CHOICES.parse(tuner.getBatchNorm()) == BatchNormMode.TRAINING) {
      settings.add(tuner.batchNormMomentum());
    }
    if (HeadInit.CHOICES.parse(tuner.getHeadInit()) == HeadInit.FITTED) {
      settings.add(tuner.headRegParam());
    }
    switch (OptimizerKind.CHOICES.parse(tuner.getOptimizer())) {
      case SGD -> settings.add(tuner.momentum());
      case ADAM -> {} // has none that can be set
      case ADAMW -> settings.add(tuner.weightDecay());
    }
    switch (Schedule.CHOICES.parse(tuner.getLearningRateSchedule())) {
      case CONSTANT -> {} // goes on as long as one likes
      case COSINE -> settings.add(tuner.epochs());
      case STEP -> settings.addAll(List.of(tuner.decayEpochs(), tuner.decayRate()));
    }
    return settings;
  }
}
