package io.mobilenetspark.jobs.finetune;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobilenetspark.jobs.cli.OptionWords;
import io.mobilenetspark.options.SettingValues;
import io.mobilenetspark.spark.ml.MobileNetFineTuner;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.ml.param.Param;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** The estimator's parameters, all of them, by the command's options. */
class TunerSettingsTest {

  /** For each parameter an option, and a value that is not the default. */
  private static final Map<String, String> VALUES =
      Map.ofEntries(
          Map.entry("model", "--model=builtin"),
          Map.entry("imageSize", "--image-size=96"),
          Map.entry("trainable", "--trainable=Conv2d_12_depthwise"),
          Map.entry("headInit", "--head-init=zero"),
          Map.entry("headRegParam", "--head-reg-param=0.5"),
          Map.entry("batchNorm", "--batch-norm=training"),
          Map.entry("batchNormMomentum", "--batch-norm-momentum=0.997"),
          Map.entry("l2", "--l2=0.125"),
          Map.entry("dropout", "--dropout=0.25"),
          Map.entry("labelSmoothing", "--label-smoothing=0.1"),
          Map.entry("classWeights", "--class-weights=balanced"),
          Map.entry("flipProbability", "--flip-probability=0.75"),
          Map.entry("minCropArea", "--min-crop-area=0.5"),
          Map.entry("colorJitter", "--color-jitter=0.2"),
          Map.entry("mode", "--mode=FAILFAST"),
          Map.entry("optimizer", "--optimizer=adamw"),
          Map.entry("momentum", "--momentum=0.8"),
          Map.entry("weightDecay", "--weight-decay=0.02"),
          Map.entry("learningRate", "--learning-rate=0.5"),
          Map.entry("headLearningRateFactor", "--head-learning-rate-factor=10.0"),
          Map.entry("learningRateSchedule", "--learning-rate-schedule=step"),
          Map.entry("warmupEpochs", "--warmup-epochs=0.5"),
          Map.entry("decayEpochs", "--decay-epochs=3.0"),
          Map.entry("decayRate", "--decay-rate=0.3"),
          Map.entry("maxGradientNorm", "--max-gradient-norm=1.0"),
          Map.entry("batchSize", "--batch-size=7"),
          Map.entry("epochs", "--epochs=3"),
          Map.entry("syncEvery", "--sync-every=8"),
          Map.entry("numWorkers", "--num-workers=5"),
          Map.entry("seed", "--seed=12345678901"),
          Map.entry("validationFraction", "--validation-fraction=0.2"),
          Map.entry("patience", "--patience=4"),
          Map.entry("checkpointDir", "--checkpoint-dir=there"),
          Map.entry("checkpointInterval", "--checkpoint-interval=100"),
          Map.entry("labelCol", "--label-column=species"),
          Map.entry("weightCol", "--weight-column=worth"),
          Map.entry("validationIndicatorCol", "--validation-indicator-column=held"),
          Map.entry("featuresCol", "--features-column=f"),
          Map.entry("rawPredictionCol", "--raw-prediction-column=r"),
          Map.entry("probabilityCol", "--probability-column=p"),
          Map.entry("predictionCol", "--prediction-column=c"),
          Map.entry("errorCol", "--error-column=e"),
          Map.entry("thresholds", "--thresholds=0.5,2.0"),
          Map.entry("modelSha256", "--model-sha256=" + "0".repeat(64)),
          Map.entry("resize", "--resize=area"),
          Map.entry("exifOrientation", "--exif-orientation=ignore"),
          Map.entry("alpha", "--alpha=white"),
          Map.entry("cropFraction", "--crop-fraction=0.5"),
          Map.entry("aspect", "--aspect=pad"),
          Map.entry("decodeScale", "--decode-scale=fast"),
          Map.entry("colorProfile", "--color-profile=srgb"),
          Map.entry("maxImageBytes", "--max-image-bytes=1"),
          Map.entry("maxPixels", "--max-pixels=2"),
          Map.entry("maxSide", "--max-side=3"),
          Map.entry("maxFrames", "--max-frames=4"),
          Map.entry("maxDecodeSeconds", "--max-decode-seconds=0.5"));

  private static MobileNetFineTuner tuner(List<String> options) {
    FinetuneCommand command = new FinetuneCommand();
    List<String> args = new ArrayList<>(options);
    args.add("--output=x");
    CommandLine line = new CommandLine(command);
    OptionWords.register(line);
    line.parseArgs(args.toArray(String[]::new));
    return new MobileNetFineTuner().set(command.settings().values());
  }

  @Test
  void everyParameterIsSet() {
    MobileNetFineTuner tuner = tuner(List.copyOf(VALUES.values())).setInputCol("picture");
    MobileNetFineTuner untouched = new MobileNetFineTuner();
    for (Param<?> param : tuner.params()) {
      assertThat(tuner.isSet(param)).as(param.name()).isTrue();
      Param<?> original = untouched.getParam(param.name());
      if (untouched.hasDefault(original)) {
        assertThat(tuner.getOrDefault(param))
            .as(param.name())
            .isNotEqualTo(untouched.getDefault(original).get());
      }
      String option = VALUES.get(param.name());
      if (option != null) {
        Object value = tuner.getOrDefault(param);
        assertThat(
                value instanceof double[] numbers
                    ? Arrays.stream(numbers).mapToObj(String::valueOf).collect(joining(","))
                    : String.valueOf(value))
            .isEqualTo(option.substring(option.indexOf('=') + 1));
      }
    }
  }

  @Test
  void defaultsAreTheEstimators() {
    MobileNetFineTuner tuner = tuner(List.of());
    MobileNetFineTuner untouched = new MobileNetFineTuner();
    for (Param<?> param : tuner.params()) {
      Param<?> original = untouched.getParam(param.name());
      assertThat(tuner.isDefined(param)).as(param.name()).isEqualTo(untouched.isDefined(original));
      if (untouched.isDefined(original)) {
        assertThat(tuner.getOrDefault(param))
            .as(param.name())
            .isEqualTo(untouched.getOrDefault(original));
      }
    }
  }

  /**
   * A head alone is not fitted by regression if an augmentation is asked for, be it the default.
   */
  @Test
  void defaultsCanBeAskedFor() {
    MobileNetFineTuner tuner = tuner(List.of("--flip-probability=0.5"));
    assertThat(tuner.isSet(tuner.flipProbability())).isTrue();
    assertThat(tuner.isSet(tuner.minCropArea())).isFalse();
  }

  @Test
  void theReportHasNoSecrets() {
    assertThat(
            TunerSettings.described(
                tuner(
                    List.of(
                        "--model=https://me:SECRET@host/m?sig=SECRET",
                        "--checkpoint-dir=s3a://KEY:SECRET@b/x y?"))))
        .containsEntry("model", "https://host/m?sig=***")
        .containsEntry("checkpoint_dir", "s3a://b/x y?");
  }

  @Test
  void descriptionsAreOfOptions() {
    Map<String, String> descriptions = new TreeMap<>();
    for (OptionSpec option : new CommandLine(new FinetuneCommand()).getCommandSpec().options()) {
      descriptions.put(option.longestName(), String.join(" ", option.description()));
    }
    assertThat(descriptions.get("--batch-norm-momentum"))
        .isEqualTo(
            "Momentum of BatchNorm's moving statistics while they are trained, in [0, 1). Default:"
                + " 0.99");
    assertThat(new TreeSet<>(descriptions.keySet())).doesNotContain("--input-col", "--max-bytes");
  }

  @Test
  void wrongValuesAreRefused() {
    assertThatThrownBy(() -> tuner(List.of("--epochs=0")))
        .isInstanceOf(CommandLine.ParameterException.class)
        .hasMessageContaining("it must be at least 1, not 0");
  }

  /** A command line that is parsed again has what it was given last. */
  @Test
  void valuesOfAnEarlierCommandLineAreGone() {
    FinetuneCommand command = new FinetuneCommand();
    CommandLine line = new CommandLine(command);
    OptionWords.register(line);
    line.parseArgs("--output=x", "--epochs=3", "--offline");
    line.parseArgs("--output=x");
    assertThat(command.settings().values()).isEqualTo(SettingValues.none());
  }
}
