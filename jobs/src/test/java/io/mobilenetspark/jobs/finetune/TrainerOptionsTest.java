package io.mobilenetspark.jobs.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.image.AlphaMode;
import io.mobilenetspark.image.AspectMode;
import io.mobilenetspark.image.ColorProfile;
import io.mobilenetspark.image.Crop;
import io.mobilenetspark.image.DecodeScale;
import io.mobilenetspark.image.ExifOrientation;
import io.mobilenetspark.image.ImageLimits;
import io.mobilenetspark.image.ImageOptions;
import io.mobilenetspark.image.ResizeMethod;
import io.mobilenetspark.jobs.cli.ReadOptions;
import io.mobilenetspark.spark.ml.MobileNetFineTuner;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.ml.param.Param;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** The estimator's parameters, all of them, by the command's options. */
class TrainerOptionsTest {

  /** For each parameter an option, and a value that is not the default. */
  private static final Map<String, String> VALUES =
      Map.ofEntries(
          Map.entry("modelHandle", "--model=builtin"),
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
          Map.entry("validationIndicatorCol", "--validation-column=held"),
          Map.entry("featuresCol", "--features-column=f"),
          Map.entry("rawPredictionCol", "--raw-prediction-column=r"),
          Map.entry("probabilityCol", "--probability-column=p"),
          Map.entry("predictionCol", "--prediction-column=c"),
          Map.entry("errorCol", "--error-column=e"));

  private static final ImageOptions IMAGES =
      new ImageOptions(
          ImageSize.square(224),
          ResizeMethod.AREA,
          new ImageLimits(1, 2, 3, 4),
          ExifOrientation.IGNORE,
          AlphaMode.WHITE,
          new Crop(0.5),
          AspectMode.PAD,
          DecodeScale.FAST,
          ColorProfile.SRGB);

  private static FinetuneCommand parsed(List<String> options) {
    FinetuneCommand command = new FinetuneCommand();
    List<String> args = new ArrayList<>(options);
    args.add("--output=x");
    new CommandLine(command)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .parseArgs(args.toArray(String[]::new));
    return command;
  }

  @Test
  void everyParameterIsSet() {
    MobileNetFineTuner tuner =
        parsed(List.copyOf(VALUES.values()))
            .trainer()
            .tuner(IMAGES)
            .setInputCol("picture")
            .setModelSha256("0".repeat(64));
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
        assertThat(String.valueOf(tuner.getOrDefault(param)))
            .isEqualTo(option.substring(option.indexOf('=') + 1));
      }
    }
    assertThat(tuner.getResizeMethod()).isEqualTo("area");
    assertThat(tuner.getMaxSide()).isEqualTo(3);
    assertThat(tuner.getCropFraction()).isEqualTo(0.5);
  }

  @Test
  void defaultsAreTheEstimators() {
    MobileNetFineTuner tuner =
        parsed(List.of()).trainer().tuner(new ReadOptions().imageOptions(ImageSize.square(224)));
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
    MobileNetFineTuner tuner = parsed(List.of("--flip-probability=0.5")).trainer().tuner(IMAGES);
    assertThat(tuner.isSet(tuner.flipProbability())).isTrue();
    assertThat(tuner.isSet(tuner.minCropArea())).isFalse();
  }

  @Test
  void descriptionsAreOfOptions() {
    Map<String, String> descriptions = new TreeMap<>();
    for (OptionSpec option : new CommandLine(new FinetuneCommand()).getCommandSpec().options()) {
      descriptions.put(option.longestName(), String.join(" ", option.description()));
    }
    assertThat(descriptions.get("--batch-norm-momentum"))
        .isEqualTo(
            "Momentum of BatchNorm's moving statistics, in [0, 1); used if --batch-norm is training."
                + " Default: 0.99");
    assertThat(new TreeSet<>(descriptions.keySet())).doesNotContain("--input-col", "--max-bytes");
  }

  @Test
  void messagesAreOfOptions() {
    assertThat(
            TrainerOptions.inOptions(
                "Set validationFraction or validationIndicatorCol; batchNorm was frozen, the mode"
                    + " and the seed are words"))
        .isEqualTo(
            "Set --validation-fraction or --validation-column; --batch-norm was frozen, the mode"
                + " and the seed are words");
    assertThatThrownBy(() -> parsed(List.of("--epochs=0")))
        .isInstanceOf(CommandLine.ParameterException.class)
        .hasMessageContaining("can't be 0. It must be at least 1");
  }
}
