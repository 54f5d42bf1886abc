package io.mobilenetspark.spark.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobilenetspark.image.ImageSettings;
import io.mobilenetspark.model.mobilenet.MobileNetV1;
import io.mobilenetspark.spark.train.TrainingListener;
import io.mobilenetspark.spark.train.TrainingSummary;
import io.mobilenetspark.testing.OneIn;
import io.mobilenetspark.testing.Pictures;
import io.mobilenetspark.testing.SparkTestSession;
import io.mobilenetspark.testing.TinyNetwork;
import io.mobilenetspark.testing.Witnesses;
import io.mobilenetspark.testing.Witnesses.Picture;
import io.mobilenetspark.testing.Witnesses.Witness;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.spark.ml.param.DoubleArrayParam;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every parameter reaches training: none could be left at its default without being missed. */
@Tag("slow")
class FineTunerWitnessTest {

  /** The images' parameters whose names are the stage's own. */
  private static final int ROWS = 12;

  @TempDir private static Path directory;
  private static List<Witness> witnesses;
  private static final Map<String, String> OUTCOMES = new HashMap<>();
  private static final AtomicInteger CHECKPOINTS = new AtomicInteger();

  @BeforeAll
  static void makeWitnesses() throws IOException {
    SparkTestSession.get();
    witnesses = new ArrayList<>();
    String other = StageFixtures.tinyCheckpoint(directory.resolve("other"), 2);
    StageFixtures.tinyCheckpoint(directory.resolve("start"), 1);
    column("labelCol", "other_label");
    column("weightCol", "weight");
    column("validationIndicatorCol", "held");
    column("inputCol", "other_image");
    for (String output : List.of("features", "rawPrediction", "probability", "prediction")) {
      column(output + "Col", "mine");
    }
    column("errorCol", "mine");

    trained("model", other);
    refused("modelSha256", "abc", "'abc' is not a SHA-256");
    trained("imageSize", "64");
    trained("trainable", "head");
    trained("trainable", "Conv2d_12_depthwise");
    trained("headInit", "fitted");
    trained("headRegParam", "10", "headInit", "fitted");
    trained("batchNorm", "training");
    trained("batchNormMomentum", "0.5", "batchNorm", "training");
    trained("l2", "1");
    trained("dropout", "0.5");
    trained("labelSmoothing", "0.5");
    trained("classWeights", "blue=3");
    refused("thresholds", "1,1,1", "numClasses=2, but thresholds has length 3");
    trained("flipProbability", "0");
    trained("minCropArea", "1");
    trained("colorJitter", "0");

    trained("optimizer", "adam");
    trained("optimizer", "adamw");
    trained("momentum", "0");
    trained("weightDecay", "10", "optimizer", "adamw");
    trained("learningRate", "0.005");
    trained("headLearningRateFactor", "3");
    trained("learningRateSchedule", "constant");
    trained("learningRateSchedule", "step", "decayEpochs", "0.5");
    trained("warmupEpochs", "0");
    trained("decayEpochs", "0.5", "learningRateSchedule", "step");
    trained("decayRate", "0.5", "learningRateSchedule", "step", "decayEpochs", "0.5");
    trained("maxGradientNorm", "0.001");
    trained("batchSize", "3");
    trained("epochs", "1");
    trained("syncEvery", "2", "numWorkers", "2");
    trained("numWorkers", "2", "syncEvery", "2");
    trained("seed", "7");
    trained("validationFraction", "0.3");
    // Steps too small to change a loss: no epoch is better than the first one.
    trained(
        "patience", "1", "learningRate", "1e-12", "epochs", "6", "validationIndicatorCol", "held");
    String kept = "checkpoints written";
    witnesses.add(new Witness("checkpointDir", "", Map.of(), Picture.PNG, kept));
    witnesses.add(
        new Witness(
            "checkpointInterval",
            "1",
            Map.of("checkpointDir", "", "batchSize", "3"),
            Picture.PNG,
            kept));
    witnesses.add(
        new Witness("mode", "FAILFAST", Map.of(), Picture.BROKEN, "1 image can't be read"));
    Set<String> ofImages = new TreeSet<>(Arrays.asList(imageParams()));
    for (Witness witness : Witnesses.all(directory.resolve("of-images"), TinyNetwork::export)) {
      String name = witness.setting();
      if (ofImages.contains(name)) {
        String expected = witness.expected().equals("OK") ? "trained" : witness.expected();
        witnesses.add(new Witness(name, witness.value(), Map.of(), witness.image(), expected));
      }
    }
  }

  private static String[] imageParams() {
    return Arrays.stream(new MobileNetFineTuner().params())
        .map(Param::name)
        .filter(name -> ImageSettings.ALL.stream().anyMatch(setting -> setting.name().equals(name)))
        .toArray(String[]::new);
  }

  private static void column(String name, String value) {
    witnesses.add(new Witness(name, value, Map.of(), Picture.PNG, "trained"));
  }

  private static void trained(String name, String value, String... others) {
    Map<String, String> settings = new LinkedHashMap<>();
    for (int i = 0; i < others.length; i += 2) {
      settings.put(others[i], others[i + 1]);
    }
    witnesses.add(new Witness(name, value, settings, Picture.PNG, "trained"));
  }

  private static void refused(String name, String value, String message) {
    witnesses.add(new Witness(name, value, Map.of(), Picture.PNG, message));
  }

  static List<Witness> witnesses() {
    return witnesses;
  }

  /** Words mean the same in any case: "failfast" once left out what can't be read. */
  @ParameterizedTest
  @CsvSource({
    "mode, FAILFAST, failfast, all, BROKEN",
    "mode, FAILFAST, FailFast, head, BROKEN",
    "mode, PERMISSIVE, permissive, head, BROKEN",
    "trainable, head, HEAD, head, PNG",
    "trainable, all, All, all, PNG",
    "optimizer, adam, Adam, all, PNG",
    "learningRateSchedule, step, STEP, all, PNG",
    "batchNorm, training, Training, all, PNG",
    "headInit, fitted, FITTED, all, PNG",
    "classWeights, balanced, Balanced, all, PNG",
  })
  void wordsAreOfAnyCase(String name, String word, String other, String part, Picture picture) {
    Map<String, String> settings = new TreeMap<>(Map.of("trainable", part));
    settings.put(name, word);
    String expected = outcome(settings, picture);
    settings.put(name, other);
    String actual = outcome(settings, picture);
    if (word.equals("FAILFAST")) { // Spark's errors number their tasks
      assertThat(List.of(expected, actual)).allMatch(text -> text.contains("can't be read"));
    } else {
      assertThat(expected).startsWith("trained");
      assertThat(actual).isEqualTo(expected);
    }
  }

  private static MobileNetFineTuner tuner(Map<String, String> settings) {
    MobileNetFineTuner tuner =
        new MobileNetFineTuner()
            .setModel(directory.resolve("start").toString())
            .setImageSize(StageFixtures.SIDE)
            .setHeadInit("zero")
            .setOptimizer("sgd")
            .setBatchSize(6)
            .setEpochs(2)
            .setNumWorkers(1)
            .setLearningRate(1e-3);
    settings.forEach(
        (name, value) -> {
          Param<?> param = tuner.getParam(name);
          tuner.set(param.name(), typed(param, value));
        });
    return tuner;
  }

  private static Object typed(Param<?> param, String value) {
    if (param instanceof IntParam) {
      return Integer.valueOf(value);
    }
    if (param instanceof LongParam) {
      return Long.valueOf(value);
    }
    if (param instanceof DoubleParam) {
      return Double.valueOf(value);
    }
    if (param instanceof DoubleArrayParam) {
      return Arrays.stream(value.split(",", -1)).mapToDouble(Double::parseDouble).toArray();
    }
    return param.name().equals("checkpointDir")
        ? directory.resolve("checkpoints-" + CHECKPOINTS.incrementAndGet()).toString()
        : value;
  }

  /** The images are of one kind, so that the picture, which is in it too, is one of many. */
  private static Dataset<Row> table(Picture picture) {
    List<Row> rows = new ArrayList<>();
    List<String> labels = List.of("blue", "green");
    for (int i = 0; i < ROWS; i++) {
      rows.add(
          RowFactory.create(
              i,
              i == 0 ? picture.bytes() : Pictures.png(i),
              Pictures.png(i + 100),
              labels.get(i % 2),
              labels.get(i / 2 % 2),
              1.0 + i,
              i % 4 == 3));
    }
    return SparkTestSession.get()
        .createDataFrame(
            rows,
            StructType.fromDDL(
                "id INT, image BINARY, other_image BINARY, label STRING, other_label STRING,"
                    + " weight DOUBLE, held BOOLEAN"));
  }

  private static String outcome(Map<String, String> settings, Picture picture) {
    return OUTCOMES.computeIfAbsent(settings + " " + picture, ignored -> fit(settings, picture));
  }

  private static String fit(Map<String, String> settings, Picture picture) {
    Dataset<Row> table = table(picture);
    if (settings.containsKey("batchSize") && settings.containsKey("checkpointDir")) {
      return checkpointsOfAStoppedRun(tuner(settings), table);
    }
    try {
      MobileNetFineTuner tuner = tuner(settings);
      MobileNetClassificationModel model = tuner.fit(table);
      TrainingSummary summary = model.summary().orElseThrow();
      return String.join(
          " ",
          "trained",
          Arrays.toString(model.weights().get(MobileNetV1.LOGITS_WEIGHTS).values()),
          model.weights().featureTensors().values().stream()
              .map(tensor -> Arrays.hashCode(tensor.values()))
              .toList()
              .toString(),
          summary.history().size() + " epochs",
          summary.trainingRows() + " rows",
          summary.validationRows() + " kept",
          summary.firstProblem(),
          Arrays.toString(model.transformSchema(table.schema()).fieldNames()),
          settings.containsKey("checkpointDir") ? checkpoints(tuner) : "");
    } catch (Exception e) { // Spark's are checked, and not declared
      return Witnesses.outcome(e);
    }
  }

  /** At an epoch's end, which is not reached, one is written in any case. */
  private static String checkpointsOfAStoppedRun(MobileNetFineTuner tuner, Dataset<Row> table) {
    assertThatThrownBy(() -> tuner.fit(table, new StopsInAnEpoch()))
        .hasMessage("the driver dies here");
    return checkpoints(tuner);
  }

  private static String checkpoints(MobileNetFineTuner tuner) {
    Path folder = Path.of(tuner.getCheckpointDir());
    try (Stream<Path> files = Files.exists(folder) ? Files.walk(folder) : Stream.empty()) {
      return files.anyMatch(Files::isRegularFile) ? "checkpoints written" : "none";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class StopsInAnEpoch implements TrainingListener {
    @Override
    public void onStep(StepProgress progress) {
      if (progress.step() < 3) {
        return;
      }
      throw new IllegalStateException("the driver dies here");
    }
  }

  @OneIn(value = 12, share = 4)
  @ParameterizedTest
  @MethodSource("witnesses")
  void changes(Witness witness) {
    String without = outcome(witness.others(), witness.image());
    String with = outcome(witness.with(), witness.image());

    assertThat(with).isNotEqualTo(without).contains(witness.expected());
  }

  @Test
  void everyParameterHasOne() {
    Set<String> names = new TreeSet<>();
    witnesses.forEach(witness -> names.add(witness.setting()));
    assertThat(Arrays.stream(new MobileNetFineTuner().params()).map(Param::name))
        .containsExactlyInAnyOrderElementsOf(names);
  }

  @Test
  void theSameSettingsGiveTheSameOutcome() {
    // Else a witness would show nothing.
    assertThat(fit(Map.of(), Picture.PNG)).isEqualTo(outcome(Map.of(), Picture.PNG));
  }
}
