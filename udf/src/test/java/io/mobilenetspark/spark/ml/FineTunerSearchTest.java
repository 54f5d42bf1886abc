package io.mobilenetspark.spark.ml;

import static io.mobilenetspark.spark.ml.FineTunerFixture.table;
import static io.mobilenetspark.spark.ml.FineTunerFixture.tuner;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import io.mobilenetspark.train.TrainingSessions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.spark.ml.Estimator;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.tuning.CrossValidator;
import org.apache.spark.ml.tuning.CrossValidatorModel;
import org.apache.spark.ml.tuning.ParamGridBuilder;
import org.apache.spark.ml.tuning.TrainValidationSplit;
import org.apache.spark.ml.tuning.TrainValidationSplitModel;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Spark's own search over settings, with one folder for the checkpoints of all its fits. */
class FineTunerSearchTest {

  @TempDir private Path directory;

  private final Dataset<Row> table = table(48);

  private MobileNetFineTuner keptTuner() {
    return tuner()
        .setLabelCol("number")
        .setNumWorkers(2)
        .setCheckpointDir(directory.resolve("runs").toString());
  }

  private static ParamMap[] rates(MobileNetFineTuner tuner) {
    return new ParamGridBuilder().addGrid(tuner.learningRate(), new double[] {1e-3, 3e-3}).build();
  }

  private static MulticlassClassificationEvaluator evaluator() {
    return new MulticlassClassificationEvaluator().setMetricName("logLoss").setLabelCol("number");
  }

  /** The evaluator adds up partitions as they come; weights that differ make more of it. */
  private static void assertSame(double[] actual, double[] expected) {
    assertThat(actual).containsExactly(expected, offset(1e-12));
  }

  @Tag("slow")
  @Test
  void foldsAndValuesHaveCheckpointsOfTheirOwnAndASecondSearchLoadsThem() throws IOException {
    CrossValidatorModel once = crossValidation(keptTuner()).fit(table);
    Map<String, Long> written = checkpoints();
    // 2 folds of 2 values, and the best value on all rows; two checkpoints of each are kept.
    assertThat(written).hasSize(5 * 2);

    CrossValidatorModel again = crossValidation(keptTuner()).fit(table);
    assertSame(again.avgMetrics(), once.avgMetrics());
    assertThat(checkpoints()).isEqualTo(written);
  }

  /** Fits at once use up no more sessions than one after the other, and end alike. */
  @Tag("slow")
  @Test
  void twoFitsAtOnceEndAsOneAfterTheOther() {
    MobileNetFineTuner tuner = keptTuner();
    tuner.clear(tuner.checkpointDir());
    double[] expected = crossValidation(tuner).fit(table).avgMetrics();
    long before = TrainingSessions.ofThisJvm().opened();
    assertSame(crossValidation(tuner).setParallelism(2).fit(table).avgMetrics(), expected);
    // 5 fits of 2 workers each.
    assertThat(TrainingSessions.ofThisJvm().opened() - before).isLessThanOrEqualTo(5 * 2);
  }

  /** As when a scheduler takes a driver for dead that isn't. */
  @Test
  @Tag("slow")
  void twoDriversOfOneRunDontMeet() throws Exception {
    MobileNetFineTuner tuner = keptTuner().setCheckpointInterval(1).setEpochs(4);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    List<Future<MobileNetClassificationModel>> fits = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      fits.add(threads.submit(() -> tuner.fit(table)));
    }
    String first = fits.get(0).get().weights().classifierFingerprint();
    assertThat(fits.get(1).get().weights().classifierFingerprint()).isEqualTo(first);
    threads.shutdown();
    Map<String, Long> written = checkpoints();
    assertThat(tuner.fit(table).weights().classifierFingerprint()).isEqualTo(first);
    assertThat(checkpoints()).isEqualTo(written);
  }

  private static CrossValidator crossValidation(MobileNetFineTuner tuner) {
    return new CrossValidator()
        .setEstimator((Estimator<?>) tuner)
        .setEstimatorParamMaps(rates(tuner))
        .setEvaluator(evaluator())
        .setNumFolds(2)
        .setSeed(3);
  }

  @Tag("slow")
  @Test
  void aSplitLikewise() throws IOException {
    TrainValidationSplitModel once = split().fit(table);
    Map<String, Long> written = checkpoints();
    assertThat(written).hasSize(3 * 2);
    TrainValidationSplitModel again = split().fit(table);
    assertSame(again.validationMetrics(), once.validationMetrics());
    assertThat(checkpoints()).isEqualTo(written);
  }

  private TrainValidationSplit split() {
    MobileNetFineTuner tuner = keptTuner();
    return new TrainValidationSplit()
        .setEstimator((Estimator<?>) tuner)
        .setEstimatorParamMaps(rates(tuner))
        .setEvaluator(evaluator())
        .setTrainRatio(0.75)
        .setSeed(3);
  }

  /** The folders of checkpoints, and when each was finished. */
  private Map<String, Long> checkpoints() throws IOException {
    Map<String, Long> finished = new TreeMap<>();
    try (Stream<Path> files = Files.walk(directory.resolve("runs"))) {
      for (Path marker : files.filter(file -> file.endsWith("checkpoint.json")).toList()) {
        finished.put(
            directory.relativize(marker).toString(), Files.getLastModifiedTime(marker).toMillis());
      }
    }
    return finished;
  }
}
