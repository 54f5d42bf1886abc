package io.mobilenetspark.spark.ml;

import static java.util.stream.Collectors.joining;

import io.mobilenetspark.train.BatchNormMode;
import io.mobilenetspark.train.HeadInit;
import io.mobilenetspark.train.OptimizerKind;
import io.mobilenetspark.train.Schedule;
import io.mobilenetspark.train.TrainedPart;
import io.mobilenetspark.train.TrainingNetwork;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.ml.param.Param;

/**
 * What makes a run this one: the images and labels, the module, and each setting that its numbers
 * follow from, by the parameter's name. A setting that has no effect beside the others is not among
 * them. Neither is the number of workers: it may change with the cluster, and the history says what
 * it was.
 *
 * @param values texts by name; equal ones make equal runs
 */
record RunIdentity(SortedMap<String, String> values) {

  private static final int DIGEST_BYTES = 8;
  private static final String UNSET = "not set";

  RunIdentity {
    values = new TreeMap<>(values);
  }

  /** That of a fit. */
  static RunIdentity of(
      MobileNetFineTuner tuner, TrainingNetwork network, TrainingSet set, List<String> labels) {
    TreeMap<String, String> values = new TreeMap<>();
    values.put(
        "labels", labels.stream().map(label -> label.replace(",", "\\,")).collect(joining(", ")));
    values.put("images and labels", Long.toHexString(set.fingerprint()));
    values.put("images", String.valueOf(set.trainingRows() + set.validationRows()));
    values.put("model", network.startFingerprint());
    values.put("imageSize", String.valueOf(network.spec().imageSide()));
    values.put("trainable", trainable(tuner));
    for (Param<?> param : settings(tuner)) {
      values.put(
          param.name(),
          tuner.isDefined(param)
              ? String.valueOf(tuner.getOrDefault(param)).toLowerCase(Locale.ROOT)
              : UNSET);
    }
    return new RunIdentity(values);
  }

  /** The words in any case, names of layers as they are. */
  private static String trainable(MobileNetFineTuner tuner) {
    TrainedPart part = TrainedPart.fromOption(tuner.getTrainable());
    return part instanceof TrainedPart.FromLayer
        ? tuner.getTrainable()
        : tuner.getTrainable().toLowerCase(Locale.ROOT);
  }

  private static List<Param<?>> settings(MobileNetFineTuner tuner) {
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

  /** Names the run among others: 16 hexadecimal digits. */
  String digest() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      values.forEach(
          (name, value) ->
              digest.update(
                  String.format(Locale.ROOT, "%s\0%d\0%s", name, value.length(), value)
                      .getBytes(StandardCharsets.UTF_8)));
      return HexFormat.of().formatHex(digest.digest(), 0, DIGEST_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** Such as {@code learningRate was 0.01, is 0.02}: what differs from a run before. */
  List<String> differencesFrom(RunIdentity before) {
    TreeSet<String> names = new TreeSet<>(before.values.keySet());
    names.addAll(values.keySet());
    List<String> differences = new ArrayList<>();
    for (String name : names) {
      String was = before.values.getOrDefault(name, UNSET);
      String is = values.getOrDefault(name, UNSET);
      if (!was.equals(is)) {
        differences.add(String.format(Locale.ROOT, "%s was %s, is %s", name, was, is));
      }
    }
    return differences;
  }
}
