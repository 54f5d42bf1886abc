package io.mobilenetspark.spark.ml;

import static io.mobilenetspark.spark.ml.FineTunerFixture.SPARK;
import static io.mobilenetspark.spark.ml.FineTunerFixture.row;
import static io.mobilenetspark.spark.ml.FineTunerFixture.table;
import static io.mobilenetspark.spark.ml.FineTunerFixture.tuner;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobilenetspark.model.export.ExportFormat;
import io.mobilenetspark.model.export.ExportHead;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.attribute.Attribute;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.feature.IndexToString;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The estimator and its model, on small pictures whose colour is their class. */
class FineTunerTest {

  @TempDir Path directory;

  private static double accuracy(Dataset<Row> predictions, String label) {
    return new MulticlassClassificationEvaluator()
        .setMetricName("accuracy")
        .setLabelCol(label)
        .evaluate(predictions);
  }

  @Test
  void learnsAndPredictsByMllibsConventions() {
    Dataset<Row> table = table(48);
    MobileNetClassificationModel model = tuner().fit(table);
    Dataset<Row> predictions = model.transform(table).cache();

    assertThat(predictions.columns())
        .containsExactly(
            "id",
            "content",
            "species",
            "number",
            "count",
            "held",
            "features",
            "rawPrediction",
            "probability",
            "prediction");
    assertThat(model.transformSchema(table.schema()).fieldNames())
        .containsExactly(predictions.columns());
    assertThat(model.labels()).containsExactly("blue", "green", "red");
    assertThat(accuracy(predictions, "number")).isGreaterThan(0.9);
    Dataset<Row> named =
        new IndexToString().setInputCol("prediction").setOutputCol("name").transform(predictions);
    assertThat(named.filter("name = species").count())
        .isEqualTo(Math.round(48 * accuracy(predictions, "number")));
    Row first = predictions.select("features", "rawPrediction", "probability", "prediction").head();
    Vector raw = (Vector) first.get(1);
    Vector probability = (Vector) first.get(2);
    assertThat(((Vector) first.get(0)).size()).isEqualTo(768);
    assertThat(Arrays.stream(probability.toArray()).sum()).isCloseTo(1, within(1e-9));
    assertThat(first.getDouble(3)).isEqualTo(raw.argmax()).isEqualTo(probability.argmax());
    assertThat(probability.apply(0) / probability.apply(1) - Math.exp(raw.apply(0) - raw.apply(1)))
        .isCloseTo(0, within(1e-6 * Math.exp(raw.apply(0) - raw.apply(1))));
    NominalAttribute attribute =
        (NominalAttribute) Attribute.fromStructField(predictions.schema().apply("prediction"));
    assertThat(attribute.values().get()).containsExactly("blue", "green", "red");

    TrainingSummary summary = model.summary().orElseThrow();
    assertThat(summary.history()).hasSize(2);
    assertThat(summary.trainingRows()).isEqualTo(48);
    assertThat(summary.history().get(1).step()).isEqualTo(8);
    assertThat(summary.historyTable(SPARK).count()).isEqualTo(2);
    predictions.unpersist();
  }

  private static org.assertj.core.data.Offset<Double> within(double offset) {
    return org.assertj.core.data.Offset.offset(offset);
  }

  @Test
  void fineTuningMovesTheFeaturesAndTheSeedRepeatsIt() {
    Dataset<Row> table = table(24);
    double[] once = features(tuner().fit(table), table);
    double[] twice = features(tuner().fit(table.repartition(5)), table);
    double[] other = features(tuner().setSeed(43).fit(table), table);
    double[] head = features(tuner().setTrainable("head").fit(table), table);
    assertThat(twice).isEqualTo(once);
    assertThat(other).isNotEqualTo(once);
    assertThat(head).isNotEqualTo(once);
  }

  private static double[] features(MobileNetClassificationModel model, Dataset<Row> table) {
    Row row = model.transform(table.filter("id = 5")).select("features").head();
    return ((Vector) row.get(0)).toArray();
  }

  @Test
  void theHeadAloneIsALogisticRegressionOnTheModulesFeatures() {
    Dataset<Row> table = table(36);
    MobileNetClassificationModel model =
        tuner()
            .setTrainable("head")
            .setFlipProbability(0) // asks for nothing that a regression can't do
            .setValidationIndicatorCol("held")
            .fit(table);
    TrainingSummary summary = model.summary().orElseThrow();
    assertThat(summary.trainingRows()).isEqualTo(27);
    assertThat(summary.validationRows()).isEqualTo(9);
    assertThat(summary.history()).hasSize(1);
    assertThat(summary.history().get(0).validationAccuracy()).isGreaterThan(0.8);
    assertThat(accuracy(model.transform(table), "number")).isGreaterThan(0.9);
  }

  @Test
  void unreadableImagesAreLeftOutAndCountedAndPredictedAsNull() {
    Row broken = row(100, new byte[] {1, 2, 3}, "red", 2, 1);
    Row missing = row(101, null, "red", 2, 1);
    Dataset<Row> table = table(24, List.of(broken, missing));
    for (String part : List.of("head", "all")) {
      MobileNetClassificationModel model = tuner().setTrainable(part).setErrorCol("why").fit(table);
      TrainingSummary summary = model.summary().orElseThrow();
      assertThat(summary.unreadable()).isEqualTo(2);
      assertThat(summary.firstProblem()).isNotEmpty();
      assertThat(summary.trainingRows()).isEqualTo(24);
      List<Row> rows = model.transform(table).filter("id >= 100").orderBy("id").collectAsList();
      assertThat(rows).hasSize(2);
      for (Row row : rows) {
        assertThat(row.isNullAt(row.fieldIndex("prediction"))).isTrue();
        assertThat(row.isNullAt(row.fieldIndex("probability"))).isTrue();
        assertThat(row.isNullAt(row.fieldIndex("features"))).isTrue();
      }
      assertThat(rows.get(0).<String>getAs("why")).contains("UNSUPPORTED_FORMAT");
    }
    assertThatThrownBy(() -> tuner().setMode("FAILFAST").fit(table))
        .hasMessageContaining("2 images can't be read")
        .hasMessageContaining("PERMISSIVE");
  }

  @Test
  void savedModelsAndPipelinesGiveTheSameBits() throws Exception {
    Dataset<Row> table = table(24);
    MobileNetFineTuner tuner = tuner().setEpochs(1);
    tuner.write().overwrite().save(directory.resolve("tuner").toString());
    MobileNetFineTuner readTuner = MobileNetFineTuner.load(directory.resolve("tuner").toString());
    assertThat(readTuner.extractParamMap().toString())
        .isEqualTo(tuner.extractParamMap().toString());

    PipelineModel pipeline = new Pipeline().setStages(new PipelineStage[] {tuner}).fit(table);
    MobileNetClassificationModel model = (MobileNetClassificationModel) pipeline.stages()[0];
    model.write().save(directory.resolve("model").toString());
    pipeline.write().save(directory.resolve("pipeline").toString());
    MobileNetClassificationModel read =
        MobileNetClassificationModel.load(directory.resolve("model").toString());
    assertThat(read.labels()).isEqualTo(model.labels());
    assertThat(read.getInputCol()).isEqualTo("content");
    List<Row> expected = rows(model.transform(table));
    assertThat(rows(read.transform(table))).isEqualTo(expected);
    assertThat(rows(PipelineModel.load(directory.resolve("pipeline").toString()).transform(table)))
        .isEqualTo(expected);
    assertThatThrownBy(() -> MobileNetClassificationModel.load(directory.resolve("x").toString()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("There is no whole MobileNetClassificationModel");
  }

  private static List<Row> rows(Dataset<Row> table) {
    return table.orderBy("id").select("features", "probability", "prediction").collectAsList();
  }

  @Test
  void resumesBitForBitAndRefusesAnotherRun() throws Exception {
    Dataset<Row> table = table(48);
    MobileNetFineTuner tuner =
        tuner()
            .setEpochs(4)
            .setValidationFraction(0.25)
            .setSyncEvery(2)
            .setOptimizer("adam")
            .setLearningRate(1e-4)
            .setBatchNorm("training")
            .setDropout(0.1);
    double[] whole = features(tuner.fit(table), table);

    String checkpoints = directory.resolve("run").toString();
    MobileNetFineTuner kept =
        tuner
            .copy(org.apache.spark.ml.param.ParamMap.empty())
            .setCheckpointDir(checkpoints)
            .setCheckpointInterval(2);
    assertThatThrownBy(() -> kept.fit(table, new StopsAfter(5))).hasMessage("the driver dies here");
    List<String> notices = new ArrayList<>();
    MobileNetClassificationModel resumed =
        kept.fit(
            table.repartition(4),
            new TrainingListener() {
              @Override
              public void onNotice(String text) {
                notices.add(text);
              }
            });
    assertThat(notices).singleElement().asString().contains("Resuming after step 3 (epoch 1)");
    assertThat(features(resumed, table)).isEqualTo(whole);
    assertThat(resumed.summary().orElseThrow().history()).hasSize(4);

    assertThatThrownBy(() -> kept.setLearningRate(2e-4).fit(table))
        .hasMessageContaining("is of another run")
        .hasMessageContaining("rule was");
    kept.setLearningRate(1e-4);
    Dataset<Row> renamed =
        table.withColumn(
            "species",
            functions
                .when(functions.col("species").equalTo("red"), "crimson")
                .otherwise(functions.col("species")));
    assertThatThrownBy(() -> kept.fit(renamed))
        .hasMessageContaining("labels was blue, green, red and is now blue, crimson, green");
  }

  private static final class StopsAfter implements TrainingListener {
    private final long step;

    StopsAfter(long step) {
      this.step = step;
    }

    @Override
    public void onStep(StepProgress progress) {
      if (progress.step() >= step) {
        throw new IllegalStateException("the driver dies here");
      }
    }
  }

  @Test
  void stopsEarlyAndKeepsTheBestEpoch() {
    // The rows for validation are labelled wrongly: the better the fit, the worse their loss.
    Dataset<Row> table =
        table(48)
            .withColumn(
                "species",
                functions
                    .when(functions.expr("held AND species = 'red'"), "green")
                    .when(functions.expr("held AND species = 'green'"), "blue")
                    .when(functions.expr("held AND species = 'blue'"), "red")
                    .otherwise(functions.col("species")));
    MobileNetClassificationModel model =
        tuner()
            .setEpochs(12)
            .setValidationIndicatorCol("held")
            .setHeadInit("zero")
            .setLearningRate(0.01)
            .setPatience(2)
            .fit(table);
    TrainingSummary summary = model.summary().orElseThrow();
    int best = summary.bestEpoch();
    assertThat(summary.history().size()).isEqualTo(best + 2).isLessThan(12);
    double least = requireNonNull(summary.history().get(best - 1).validationLoss());
    summary.history().forEach(e -> assertThat(e.validationLoss()).isGreaterThanOrEqualTo(least));
  }

  @Test
  void weightsOfRowsAndClassesCount() {
    Dataset<Row> table = table(24);
    Dataset<Row> doubled = table.union(table.filter("species = 'red'"));
    double[] repeated = head(tuner().setTrainable("head").fit(doubled));
    double[] weighted = head(tuner().setTrainable("head").setClassWeights("red=2").fit(table));
    double[] byRow =
        head(
            tuner()
                .setTrainable("head")
                .setWeightCol("count")
                .fit(
                    table.withColumn(
                        "count",
                        functions
                            .when(functions.col("species").equalTo("red"), 2.0)
                            .otherwise(1.0))));
    double[] plain = head(tuner().setTrainable("head").fit(table));
    assertThat(byRow).isEqualTo(weighted);
    assertThat(distance(weighted, repeated)).isLessThan(0.01 * distance(weighted, plain));
  }

  private static double[] head(MobileNetClassificationModel model) {
    float[] values =
        model.weights().get(io.mobilenetspark.model.MobileNetV1.LOGITS_WEIGHTS).values();
    double[] wide = new double[values.length];
    Arrays.setAll(wide, i -> values[i]);
    return wide;
  }

  private static double distance(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (a[i] - b[i]) * (a[i] - b[i]);
    }
    return Math.sqrt(sum);
  }

  @Test
  void exportsAsAModuleThatGivesTheSameFeatures() {
    Dataset<Row> table = table(12);
    MobileNetClassificationModel model = tuner().setEpochs(1).fit(table);
    for (ExportFormat format : ExportFormat.values()) {
      String output = directory.resolve(format.optionName()).toString();
      model.export(format, ExportHead.FEATURES, output);
      MobileNetClassificationModel again =
          tuner().setModelHandle(output).setTrainable("head").fit(table);
      assertThat(features(again, table)).isEqualTo(features(model, table));
    }
  }
}
