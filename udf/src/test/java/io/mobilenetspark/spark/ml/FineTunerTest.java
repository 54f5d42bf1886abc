package io.mobilenetspark.spark.ml;

import static io.mobilenetspark.spark.ml.FineTunerFixture.SPARK;
import static io.mobilenetspark.spark.ml.FineTunerFixture.features;
import static io.mobilenetspark.spark.ml.FineTunerFixture.noticesTo;
import static io.mobilenetspark.spark.ml.FineTunerFixture.row;
import static io.mobilenetspark.spark.ml.FineTunerFixture.table;
import static io.mobilenetspark.spark.ml.FineTunerFixture.tuner;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.mobilenetspark.model.export.ExportFormat;
import io.mobilenetspark.model.export.ExportHead;
import io.mobilenetspark.options.Setting;
import io.mobilenetspark.options.SettingValues;
import io.mobilenetspark.spark.train.ClassImages;
import io.mobilenetspark.spark.train.EpochMetrics;
import io.mobilenetspark.spark.train.Evaluation;
import io.mobilenetspark.spark.train.TrainingListener;
import io.mobilenetspark.spark.train.TrainingSummary;
import io.mobilenetspark.testing.Colours;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.attribute.Attribute;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.feature.IndexToString;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The estimator and its model, on small pictures whose colour is their class. */
class FineTunerTest {

  @TempDir private Path directory;

  private static double accuracy(Dataset<Row> predictions, String label) {
    return new MulticlassClassificationEvaluator()
        .setMetricName("accuracy")
        .setLabelCol(label)
        .evaluate(predictions);
  }

  @Test
  void learnsAndPredictsByMllibsConventions() {
    Dataset<Row> table = table(48);
    MobileNetClassificationModel model =
        tuner().setModel("builtin").setHeadInit("fitted").fit(table);
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
    assertThat(summary.history()).extracting(EpochMetrics::epoch).containsExactly(0, 1, 2);
    assertThat(summary.trainingRows()).isEqualTo(48);
    assertThat(summary.history().get(2).step()).isEqualTo(8);
    assertThat(summary.historyTable(SPARK).count()).isEqualTo(3);
    assertThat(summary.bestEpoch()).isEqualTo(2); // without validation rows, the last
    assertThat(summary.classes())
        .containsExactly(
            new ClassImages("blue", 16, 0, 0),
            new ClassImages("green", 16, 0, 0),
            new ClassImages("red", 16, 0, 0));
    predictions.unpersist();
  }

  @Test
  @Tag("slow")
  void fineTuningMovesTheFeaturesAndTheSeedRepeatsIt() {
    Dataset<Row> table = table(24);
    MobileNetClassificationModel model = tuner().fit(table);
    double[] once = features(model, table);
    Map<String, String> settings = model.summary().orElseThrow().settings();
    double[] twice = features(rebuilt(settings).fit(table.repartition(5)), table);
    double[] other = features(tuner().setSeed(43).fit(table), table);
    double[] head = features(tuner().setTrainable("head").fit(table), table);
    assertThat(twice).isEqualTo(once);
    assertThat(other).isNotEqualTo(once);
    assertThat(head).isNotEqualTo(once);
  }

  /** Of nothing but what a summary says. */
  private static MobileNetFineTuner rebuilt(Map<String, String> settings) {
    assertThat(settings)
        .containsKeys("numWorkers", "learningRate")
        .containsEntry("optimizer", "sgd");
    MobileNetFineTuner tuner = new MobileNetFineTuner();
    SettingValues values = SettingValues.none();
    for (Setting<?> setting : tuner.settingParams().all()) {
      values = with(values, setting, settings.get(setting.name()));
    }
    return tuner.set(values);
  }

  private static <T> SettingValues with(
      SettingValues values, Setting<T> setting, @Nullable String text) {
    return text == null ? values : values.with(setting, setting.type().parse(text));
  }

  @Tag("slow")
  @Test
  void theHeadAloneIsALogisticRegressionOnTheModulesFeatures() {
    Dataset<Row> table = table(36);
    MobileNetClassificationModel model =
        tuner()
            .setModel("builtin")
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

  @Tag("slow")
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

  @Tag("slow")
  @Test
  void savedModelsAndPipelinesGiveTheSameBits() throws Exception {
    Dataset<Row> table = table(24);
    MobileNetFineTuner tuner = tuner().setEpochs(1).setThresholds(new double[] {1, 2, 3});
    tuner.write().overwrite().save(directory.resolve("tuner").toString());
    MobileNetFineTuner readTuner = MobileNetFineTuner.load(directory.resolve("tuner").toString());
    assertThat(readTuner.getThresholds()).containsExactly(1, 2, 3);
    assertThat(withoutArrays(readTuner)).isEqualTo(withoutArrays(tuner));

    PipelineModel pipeline = new Pipeline().setStages(new PipelineStage[] {tuner}).fit(table);
    MobileNetClassificationModel model = (MobileNetClassificationModel) pipeline.stages()[0];
    model.write().save(directory.resolve("model").toString());
    pipeline.write().save(directory.resolve("pipeline").toString());
    MobileNetClassificationModel read =
        MobileNetClassificationModel.load(directory.resolve("model").toString());
    assertThat(read.labels()).isEqualTo(model.labels());
    assertThat(read.getInputCol()).isEqualTo("content");
    assertThat(read.getThresholds()).containsExactly(1, 2, 3);
    List<Row> expected = rows(model.transform(table));
    assertThat(rows(read.transform(table))).isEqualTo(expected);
    assertThat(rows(PipelineModel.load(directory.resolve("pipeline").toString()).transform(table)))
        .isEqualTo(expected);
    assertThatThrownBy(() -> MobileNetClassificationModel.load(directory.resolve("x").toString()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("There is no whole MobileNetClassificationModel");
  }

  /** An array's text is not that of another. */
  private static String withoutArrays(MobileNetFineTuner tuner) {
    return tuner.copy(ParamMap.empty()).clear(tuner.thresholds()).extractParamMap().toString();
  }

  private static List<Row> rows(Dataset<Row> table) {
    return table.orderBy("id").select("features", "probability", "prediction").collectAsList();
  }

  /** The model, asked again by MLlib's way, says the same of the validation images. */
  @Tag("slow")
  @ParameterizedTest
  @ValueSource(strings = {"head", "all"})
  void validationImagesAreEvaluatedByClass(String trainable) {
    Dataset<Row> table = table(48);
    MobileNetClassificationModel model =
        tuner().setTrainable(trainable).setEpochs(1).setValidationIndicatorCol("held").fit(table);
    TrainingSummary summary = model.summary().orElseThrow();
    Evaluation evaluation = summary.evaluation().orElseThrow();
    assertThat(evaluation.images()).isEqualTo(summary.validationRows()).isEqualTo(12);
    assertThat(evaluation.accuracy()).isEqualTo(summary.best().validationAccuracy());
    Dataset<Row> counts =
        model.transform(table.filter("held")).groupBy("species", "prediction").count();
    assertThat(
            counts.collectAsList().stream()
                .map(
                    row ->
                        new Evaluation.Confusion(
                            model.labels().indexOf(row.getString(0)),
                            (int) row.getDouble(1),
                            row.getLong(2))))
        .containsExactlyInAnyOrderElementsOf(evaluation.confusions());
    assertThat(evaluation.mistakes())
        .hasSize(
            (int)
                evaluation.confusions().stream()
                    .filter(confusion -> confusion.label() != confusion.prediction())
                    .mapToLong(Evaluation.Confusion::images)
                    .sum())
        .allMatch(mistake -> mistake.picture().isEmpty() == trainable.equals("head"));
    assertThat(tuner().setEpochs(1).fit(table).summary().orElseThrow().evaluation()).isEmpty();
  }

  @Tag("slow")
  @Test
  void classesOfFewImagesAreToldOf() {
    Dataset<Row> table = table(24, List.of(row(100, Colours.png(0, 100), "rare", 3, 1)));
    for (String part : List.of("head", "all")) {
      List<String> phases = new ArrayList<>();
      List<String> notices = new ArrayList<>();
      tuner()
          .setHeadInit("fitted")
          .setTrainable(part)
          .fit(
              table,
              new TrainingListener() {
                @Override
                public void onNotice(String text) {
                  notices.add(text);
                }

                @Override
                public void onPhase(String text) {
                  phases.add(text);
                }
              });
      assertThat(notices)
          .containsExactly(
              "1 class has fewer than 5 images to train on, too few to learn from: rare 1.");
      assertThat(phases.get(0)).startsWith("Decoding the images");
      assertThat(phases.get(1)).isEqualTo("Images to train on: rare 1, blue 8, green 8, red 8.");
      assertThat(String.join(" ", phases)).contains("Fitting the head");
    }
  }

  @Tag("slow")
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

  /** They fill no batch, and a class of none but them is no class. */
  @Tag("slow")
  @Test
  void rowsOfWeight0AreLeftOut() {
    Dataset<Row> table =
        table(48)
            .withColumn("count", functions.expr("CASE WHEN id % 8 = 0 THEN 1 ELSE 0 END"))
            .filter("id < 24 OR count = 1");
    Dataset<Row> counting = table.filter("count = 1");
    for (MobileNetFineTuner tuner :
        List.of(tuner().setTrainable("head"), tuner().setSyncEvery(1), tuner().setSyncEvery(2))) {
      tuner.setBatchSize(2).setNumWorkers(2).setWeightCol("count");
      List<String> notices = new ArrayList<>();
      MobileNetClassificationModel model = tuner.fit(table, noticesTo(notices));
      assertThat(notices).contains("21 rows of weight 0 left out.");
      assertThat(model.summary().orElseThrow().trainingRows()).isEqualTo(6);
      assertThat(head(model)).isEqualTo(head(tuner.fit(counting)));
    }
  }

  @Tag("slow")
  @Test
  void aClassOfWeight0IsNoClass() {
    Dataset<Row> table = table(24);
    Dataset<Row> two = table.filter("species <> 'green'");
    MobileNetFineTuner tuner = tuner().setBatchSize(4);
    MobileNetClassificationModel expected = tuner.fit(two);
    MobileNetClassificationModel model = tuner.setClassWeights("green=0").fit(table);
    assertThat(model.labels()).containsExactly("blue", "red");
    assertThat(model.summary().orElseThrow().trainingRows()).isEqualTo(16);
    assertThat(head(model)).isEqualTo(head(expected));

    MobileNetClassificationModel numbered =
        tuner.setLabelCol("number").setClassWeights("1=0").fit(table);
    assertThat(numbered.labels()).containsExactly("0", "1", "2");
    assertThat(numbered.summary().orElseThrow().trainingRows()).isEqualTo(16);
    assertThatThrownBy(() -> tuner.setClassWeights("0=0,2=0").fit(table))
        .hasMessageContaining("All rows have one label, 1");
  }

  private static double[] head(MobileNetClassificationModel model) {
    float[] values =
        model.weights().get(io.mobilenetspark.model.mobilenet.MobileNetV1.LOGITS_WEIGHTS).values();
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

  @Tag("slow")
  @Test
  void exportsAsAModuleThatGivesTheSameFeatures() {
    Dataset<Row> table = table(12);
    MobileNetClassificationModel model = tuner().setEpochs(1).fit(table);
    for (ExportFormat format : ExportFormat.values()) {
      String output = directory.resolve(format.optionName()).toString();
      model.export(format, ExportHead.FEATURES, output);
      MobileNetClassificationModel again = tuner().setModel(output).setTrainable("head").fit(table);
      assertThat(features(again, table)).isEqualTo(features(model, table));
    }
  }
}
