package io.mobilenetspark.spark.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.model.MobileNetWeights;
import io.mobilenetspark.model.export.ExportFacts;
import io.mobilenetspark.testing.TinyNetwork;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.mllib.evaluation.MulticlassMetrics;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructField;
import org.junit.jupiter.api.Test;

/** A fitted model's evaluation, held to MLlib's evaluators of its own predictions. */
class EvaluatedModelTest {

  private static final List<String> LABELS = List.of("blue", "green", "red", "never");

  /** Takes all for one class or another: by the features' sum, which differs among colours. */
  private final MobileNetClassificationModel model = model();

  private final Dataset<Row> table =
      FineTunerFixture.table(
          23,
          List.of(
              FineTunerFixture.row(90, null, "green", 1, 1),
              FineTunerFixture.row(91, new byte[] {1}, "red", 2, 1)));

  private static MobileNetClassificationModel model(MobileNetWeights weights) {
    return new MobileNetClassificationModel(
            "fitted",
            new MobileNetClassificationModel.Fitted(
                weights, LABELS, new ExportFacts(ImageSize.square(32), 0.99, 4e-5)),
            Optional.empty())
        .setInputCol("content");
  }

  private static MobileNetClassificationModel model() {
    MobileNetWeights network = TinyNetwork.of(0.01, 4, 7);
    List<Row> rows = model(network).transform(FineTunerFixture.table(9)).collectAsList();
    int length = network.featureCount();
    double[] sums =
        rows.stream()
            .mapToDouble(row -> Arrays.stream(row.<Vector>getAs("features").toArray()).sum())
            .sorted()
            .toArray();
    float[] weights = new float[length * 4];
    for (int i = 0; i < length; i++) {
      weights[i * 4] = 1;
    }
    return model(network.withClassifier(weights, new float[] {0, (float) sums[4], -1e6f, -1e6f}));
  }

  @Test
  void metricsAreThoseOfMllib() {
    MobileNetClassificationSummary summary = model.evaluate(table, "SPECIES");
    Dataset<Row> readable = summary.predictions().filter("prediction IS NOT NULL").cache();
    MulticlassClassificationEvaluator evaluator =
        new MulticlassClassificationEvaluator().setLabelCol("number");

    assertThat(summary.images()).isEqualTo(23);
    assertThat(summary.unreadable()).isEqualTo(2);
    assertThat(summary.predictions().count()).isEqualTo(25);
    assertThat(summary.accuracy())
        .isEqualTo(evaluator.setMetricName("accuracy").evaluate(readable), within(1e-12))
        .isStrictlyBetween(0.0, 1.0);
    assertThat(summary.weightedPrecision())
        .isEqualTo(evaluator.setMetricName("weightedPrecision").evaluate(readable), within(1e-12));
    assertThat(summary.weightedRecall())
        .isEqualTo(evaluator.setMetricName("weightedRecall").evaluate(readable), within(1e-12));
    assertThat(summary.weightedFMeasure())
        .isEqualTo(evaluator.setMetricName("f1").evaluate(readable), within(1e-12));
    MulticlassMetrics metrics = new MulticlassMetrics(readable.select("prediction", "number"));
    for (int i = 0; i < 3; i++) {
      assertThat(summary.precisionByLabel()[i]).isEqualTo(metrics.precision(i), within(1e-12));
      assertThat(summary.recallByLabel()[i]).isEqualTo(metrics.recall(i), within(1e-12));
      assertThat(summary.fMeasureByLabel()[i]).isEqualTo(metrics.fMeasure(i), within(1e-12));
      for (int j = 0; j < 3; j++) {
        assertThat(summary.confusionMatrix().apply(i, j))
            .isEqualTo(metrics.confusionMatrix().apply(i, j));
      }
    }
    assertThat(summary.recallByLabel()).hasSize(4).endsWith(0.0);
    assertThat(summary.labels()).isEqualTo(LABELS);
    assertThat(model.evaluate(table, "number").confusionMatrix())
        .as("classes by their numbers")
        .isEqualTo(summary.confusionMatrix());
  }

  @Test
  void ofNoReadableImageThereIsNoAccuracy() {
    MobileNetClassificationSummary summary = model.evaluate(table.filter("id >= 90"), "species");
    assertThat(summary.images()).isZero();
    assertThat(summary.unreadable()).isEqualTo(2);
    assertThat(summary.accuracy()).isNaN();
    assertThat(summary.weightedFMeasure()).isNaN();
  }

  @Test
  void numbersWithNamesAreTakenByTheirNames() {
    Metadata names =
        NominalAttribute.defaultAttr()
            .withName("number")
            .withValues(new String[] {"red", "green", "blue", "grey"})
            .toMetadata();
    Column turned = functions.col("number").multiply(-1).plus(2);
    Dataset<Row> named = table.withColumn("number", turned.as("number", names));
    assertThat(model.evaluate(named, "number").confusionMatrix())
        .isEqualTo(model.evaluate(table, "species").confusionMatrix());
    assertThatThrownBy(
            () ->
                model.evaluate(
                    table.withColumn("number", functions.lit(3.0).as("number", names)), "number"))
        .hasMessageContaining("has the label '3.0', which the model does not know");
  }

  @Test
  void numbersThatMayBeNamesAreRefused() {
    StructField numbers = new StructField("number", DataTypes.IntegerType, true, Metadata.empty());
    assertThatThrownBy(() -> new KnownLabels(numbers, List.of("1", "2", "10")))
        .hasMessageContaining("'number' may be the names of the model's classes or their positions")
        .hasMessageContaining("from number 0: 1, 2, 10. Cast the column to STRING");
    assertThat(new KnownLabels(numbers, List.of("0", "1")).classOf(1.0)).isEqualTo(1);
    assertThat(new KnownLabels(numbers, List.of("7", "x")).classOf(1.0)).isEqualTo(1);
    StructField text = new StructField("t", DataTypes.StringType, true, Metadata.empty());
    assertThat(new KnownLabels(text, List.of("7", "9")).classOf("9")).isEqualTo(1);
  }

  @Test
  void tooManyClassesForAMatrix() {
    assertThat(MobileNetClassificationSummary.cells(46_340)).isEqualTo(46_340 * 46_340);
    assertThatThrownBy(() -> MobileNetClassificationSummary.cells(46_341))
        .hasMessageContaining("46,341 classes has 2,147,488,281 cells")
        .hasMessageContaining("Count predictions() by label and prediction instead");
  }

  @Test
  void labelsThatDontFit() {
    assertThatThrownBy(() -> model.evaluate(table, "kind"))
        .hasMessageContaining("There is no column 'kind' with the labels. The columns are: ");
    assertThatThrownBy(() -> model.evaluate(table, "held"))
        .hasMessageContaining("Column 'held' holds no labels: its type is boolean");
    assertThatThrownBy(() -> model.evaluate(table.withColumn("number", functions.lit(4)), "number"))
        .hasMessageContaining("has the label '4.0', which the model does not know")
        .hasMessageContaining("from number 0: blue, green, red, never");
    assertThatThrownBy(
            () -> model.evaluate(table.withColumn("species", functions.lit("Blue")), "species"))
        .hasMessageContaining("has the label 'Blue', which the model does not know");
    assertThatThrownBy(
            () ->
                model.evaluate(
                    table.withColumn("species", functions.expr("CAST(NULL AS STRING)")), "species"))
        .hasMessageContaining("Column 'species' has no label (it is NULL)");
    assertThatThrownBy(
            () ->
                new MobileNetClassificationModel("f", model.fitted(), Optional.empty())
                    .setInputCol("content")
                    .setPredictionCol("")
                    .evaluate(table, "species"))
        .hasMessageContaining("set predictionCol, which is empty");
  }
}
