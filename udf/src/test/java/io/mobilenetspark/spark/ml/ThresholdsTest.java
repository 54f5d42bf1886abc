package io.mobilenetspark.spark.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.model.export.ExportFacts;
import io.mobilenetspark.spark.Decision;
import io.mobilenetspark.testing.TinyNetwork;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.ml.linalg.DenseMatrix;
import org.apache.spark.ml.linalg.Matrix;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** MLlib's thresholds, held to its own LogisticRegressionModel of the same logits. */
class ThresholdsTest {

  private static final List<String> LABELS = List.of("blue", "green", "red");
  private static final StructType LOGITS =
      new StructType().add("features", SQLDataTypes.VectorType());

  @TempDir private Path directory;

  /** Logits far apart have probabilities of 0, equal ones equal ratios. */
  private static double[] logits(Random random, int classes) {
    double scale = random.nextInt(4) == 0 ? 1000 : 2;
    double[] logits = random.doubles(classes, -scale, scale).toArray();
    if (random.nextInt(4) == 0) {
      logits[classes - 1] = logits[0];
    }
    return logits;
  }

  private static double[] thresholds(Random random, int classes) {
    double[] thresholds = random.doubles(classes, 0.01, 1).toArray();
    switch (random.nextInt(4)) {
      case 0 -> thresholds[random.nextInt(classes)] = 0;
      case 1 -> thresholds[random.nextInt(classes)] = Double.POSITIVE_INFINITY;
      case 2 -> thresholds[classes - 1] = thresholds[0];
      default -> {}
    }
    return thresholds;
  }

  private static LogisticRegressionModel regression(int classes) {
    double[] identity = new double[classes * classes];
    for (int i = 0; i < classes; i++) {
      identity[i * classes + i] = 1;
    }
    return new LogisticRegressionModel(
        "regression",
        new DenseMatrix(classes, classes, identity),
        Vectors.zeros(classes),
        classes,
        true);
  }

  private static List<Double> ofMllib(List<double[]> logits, LogisticRegressionModel model) {
    List<Row> rows =
        logits.stream().map(values -> RowFactory.create(Vectors.dense(values))).toList();
    return model
        .transform(FineTunerFixture.SPARK.createDataFrame(rows, LOGITS).coalesce(1))
        .select("prediction")
        .collectAsList()
        .stream()
        .map(row -> row.getDouble(0))
        .toList();
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 7})
  void decideAsMllibs(int classes) {
    Random random = new Random(classes);
    List<double[]> logits =
        IntStream.range(0, 200).mapToObj(any -> logits(random, classes)).toList();
    List<String> labels = IntStream.range(0, classes).mapToObj(String::valueOf).toList();
    LogisticRegressionModel mllib = regression(classes);
    assertThat(logits.stream().map(row -> (double) Decision.MOST_PROBABLE.of(row)).toList())
        .isEqualTo(ofMllib(logits, mllib));
    for (int round = 0; round < 4; round++) {
      double[] thresholds = thresholds(random, classes);
      Decision decision = Decision.by(thresholds, labels);
      assertThat(logits.stream().map(row -> (double) decision.of(row)).toList())
          .isEqualTo(ofMllib(logits, mllib.setThresholds(thresholds)));
    }
  }

  @Test
  void areRefusedInMllibsWords() {
    for (double[] refused :
        List.of(
            new double[] {-0.1, 1, 1}, new double[] {0, 0.5, 0}, new double[] {Double.NaN, 1, 1})) {
      String words =
          catchThrowable(() -> new LogisticRegression("stage").setThresholds(refused)).getMessage();
      assertThat(words).contains("parameter thresholds given invalid value [");
      assertThatThrownBy(() -> new MobileNetFineTuner("stage").setThresholds(refused))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(words);
      assertThatThrownBy(() -> Decision.by(refused, LABELS))
          .hasMessageContaining("at least 0, of which at most one is 0");
    }
    MobileNetFineTuner tuner = new MobileNetFineTuner();
    assertThatThrownBy(() -> tuner.set(tuner.thresholds(), null))
        .hasMessageContaining("Parameter thresholds: it must be an array, not null");
  }

  @Test
  void areOnePerClass() {
    Dataset<Row> table = FineTunerFixture.table(3);
    double[] two = {0.5, 0.5};
    String mllibs =
        catchThrowable(() -> ofMllib(List.of(new double[3]), regression(3).setThresholds(two)))
            .getMessage();
    String words = "numClasses=3, but thresholds has length 2";
    assertThat(mllibs).contains("non-matching numClasses and thresholds.length. " + words);
    assertThatThrownBy(() -> model().setThresholds(two).transform(table))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("non-matching numClasses and thresholds.length. " + words)
        .hasMessageContaining("in this order: blue, green, red");
    assertThatThrownBy(() -> FineTunerFixture.tuner().setThresholds(two).fit(table))
        .as("before an image is decoded")
        .hasMessageContaining(words);
  }

  @Test
  void chooseThePredictionAndNothingElse() throws Exception {
    Dataset<Row> table = FineTunerFixture.table(9);
    double[] thresholds = {1, 1e-3, Double.POSITIVE_INFINITY};
    MobileNetClassificationModel model = model();
    List<Row> plain = rows(model, table);
    model.setThresholds(thresholds).write().save(directory.resolve("model").toString());
    MobileNetClassificationModel read =
        MobileNetClassificationModel.load(directory.resolve("model").toString());

    assertThat(read.getThresholds()).isEqualTo(thresholds);
    List<Row> rows = rows(read, table);
    assertThat(rows).isEqualTo(rows(model, table)).isNotEqualTo(plain);
    List<double[]> logits =
        rows.stream().map(row -> row.<Vector>getAs("rawPrediction").toArray()).toList();
    assertThat(rows.stream().map(row -> row.getDouble(2)).toList())
        .isEqualTo(ofMllib(logits, regression(3).setThresholds(thresholds)));
    for (int i = 0; i < rows.size(); i++) {
      assertThat(rows.get(i).get(0)).isEqualTo(plain.get(i).get(0));
      assertThat(rows.get(i).get(1)).isEqualTo(plain.get(i).get(1));
    }
    Matrix confusions = read.evaluate(table, "species").confusionMatrix();
    for (int label = 0; label < 3; label++) {
      for (int predicted = 0; predicted < 3; predicted++) {
        assertThat(confusions.apply(label, predicted))
            .isEqualTo((double) count(rows, label, predicted));
      }
    }
    read.clear(read.thresholds());
    assertThat(rows(read, table)).as("cleared").isEqualTo(plain);
  }

  private static long count(List<Row> rows, double label, double predicted) {
    return rows.stream()
        .filter(row -> row.getDouble(2) == predicted && row.getDouble(3) == label)
        .count();
  }

  private static List<Row> rows(MobileNetClassificationModel model, Dataset<Row> table) {
    return model
        .transform(table)
        .orderBy("id")
        .select("rawPrediction", "probability", "prediction", "number")
        .collectAsList();
  }

  @Test
  void areReadFromTheCommandLine() {
    assertThat(StageSettings.THRESHOLDS.type().parse(" 0.5, 1e-3,Infinity"))
        .containsExactly(0.5, 1e-3, Double.POSITIVE_INFINITY);
    assertThat(StageSettings.THRESHOLDS.type().text(List.of(0.5, 2.0))).isEqualTo("0.5,2.0");
    for (String refused : List.of("", "0.5,,1", "a,b", "0,0")) {
      assertThatThrownBy(() -> StageSettings.THRESHOLDS.type().parse(refused))
          .as(String.format(Locale.ROOT, "'%s'", refused))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  private static MobileNetClassificationModel model() {
    return new MobileNetClassificationModel(
            "fitted",
            new MobileNetClassificationModel.Fitted(
                TinyNetwork.of(0.01, 3, 7),
                LABELS,
                new ExportFacts(ImageSize.square(32), 0.99, 4e-5)),
            Optional.empty())
        .setInputCol("content");
  }
}
