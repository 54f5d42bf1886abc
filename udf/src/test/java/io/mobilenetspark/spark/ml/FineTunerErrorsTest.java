package io.mobilenetspark.spark.ml;

import static io.mobilenetspark.spark.ml.FineTunerFixture.row;
import static io.mobilenetspark.spark.ml.FineTunerFixture.table;
import static io.mobilenetspark.spark.ml.FineTunerFixture.tuner;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobilenetspark.spark.ClassicSpark;
import io.mobilenetspark.train.TrainingDivergedException;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is wrong with a table, a parameter or a run, in words. */
class FineTunerErrorsTest {

  @Test
  void saysWhatIsWrong() {
    Dataset<Row> table = table(12);
    Map<String, MobileNetFineTuner> cases =
        Map.of(
            "There is no column 'kind', which labelCol names", tuner().setLabelCol("kind"),
            "There is no column 'picture'", tuner().setInputCol("picture"),
            "Column 'number' holds no images", tuner().setInputCol("number"),
            "Column 'held' holds no labels", tuner().setLabelCol("held"),
            "The batch size is 13, but the training set has 12 rows", tuner().setBatchSize(13),
            "patience is 3, but no rows are kept", tuner().setPatience(3),
            "'pink=2' is not such a pair", tuner().setClassWeights("pink=2"),
            "Column 'id', which predictionCol names, exists already",
                tuner().setPredictionCol("id"));
    cases.forEach(
        (message, tuner) ->
            assertThatThrownBy(() -> tuner.fit(table)).as(message).hasMessageContaining(message));
  }

  @Test
  void valuesThatCantBeUsedAreRefusedWhereTheyAreSet() {
    assertThatThrownBy(() -> tuner().setTrainable("Conv2d_99"))
        .hasMessageContaining("unknown layer 'Conv2d_99'; did you mean 'Conv2d_0'?");
    assertThatThrownBy(() -> tuner().setOptimizer("lion")).hasMessageContaining("sgd, adam, adamw");
    assertThatThrownBy(() -> tuner().setDropout(1)).hasMessageContaining("below 1, not 1.0");
    assertThatThrownBy(() -> tuner().setLearningRate(Double.NaN)).hasMessageContaining("above 0");
    assertThatThrownBy(() -> tuner().setBatchSize(0)).hasMessageContaining("at least 1");
    assertThat(tuner().explainParams()).contains("batchNormMomentum: ", "(default: 0.99)");
  }

  /** Columns are found by the rule of the session that the table is of. */
  @Test
  @Tag("slow")
  void columnsAreFoundInAnyCaseAndPredictionsCanBeLeftOut() {
    Dataset<Row> table = table(24);
    MobileNetClassificationModel model =
        tuner()
            .setTrainable("head")
            .setInputCol("CONTENT")
            .setLabelCol("SPECIES")
            .setRawPredictionCol("")
            .setProbabilityCol("")
            .fit(table);
    assertThat(model.transform(table).columns())
        .contains("prediction")
        .doesNotContain("rawPrediction", "probability", "");
    SparkSession other = table.sparkSession().newSession();
    other.conf().set("spark.sql.caseSensitive", "true");
    assertThatThrownBy(
            () ->
                ClassicSpark.within(
                    other, () -> tuner().setLabelCol("SPECIES").fit(of(other, table))))
        .hasMessageContaining("There is no column 'SPECIES', which labelCol names");
  }

  private static Dataset<Row> of(SparkSession session, Dataset<Row> table) {
    return session.createDataFrame(table.collectAsList(), table.schema());
  }

  @Test
  void saysWhatIsWrongWithTheRows() {
    assertThatThrownBy(() -> tuner().fit(table(12, List.of(row(50, new byte[0], null, 0, 1)))))
        .hasMessageContaining("Column 'species' has no label (it is NULL) in 1 row.");
    assertThatThrownBy(() -> tuner().fit(table(24).filter("species = 'red'")))
        .hasMessageContaining("All rows have one label, red");
    assertThatThrownBy(() -> tuner().fit(table(12).filter("id < 0")))
        .hasMessageContaining("the table has no rows");
    assertThatThrownBy(
            () ->
                tuner()
                    .setWeightCol("count")
                    .fit(table(12, List.of(row(50, new byte[0], "red", 2, -1)))))
        .hasMessageContaining(
            "Column 'count' has a weight that is NULL, negative or not finite (as a float) in 1 row.");
    assertThatThrownBy(
            () ->
                tuner()
                    .setWeightCol("count")
                    .fit(table(12, List.of(row(50, new byte[0], "red", 2, 1e39)))))
        .hasMessageContaining("negative or not finite (as a float) in 1 row.");
    assertThatThrownBy(
            () ->
                tuner()
                    .setWeightCol("count")
                    .fit(table(12).withColumn("count", functions.lit(1e-46))))
        .hasMessageContaining("All 12 rows have the weight 0 in column 'count'");
    assertThatThrownBy(
            () ->
                tuner()
                    .setLabelCol("number")
                    .fit(
                        table(12)
                            .withColumn("number", functions.lit(0.5).plus(functions.col("id")))))
        .hasMessageContaining("has the label 0.5");
    Dataset<Row> allBroken = table(12).withColumn("content", functions.lit(new byte[] {9, 9}));
    assertThatThrownBy(() -> tuner().fit(allBroken))
        .hasMessageContaining("There is nothing to train on: 12 images can't be read");
    assertThatThrownBy(() -> tuner().setTrainable("head").fit(allBroken))
        .hasMessageContaining("There is nothing to train on: 12 images can't be read");
  }

  @Tag("slow")
  @Test
  void aClassWithoutAReadableImageIsNone() {
    Dataset<Row> table = table(24, List.of(row(102, new byte[] {1}, "yellow", 3, 1)));
    for (String part : List.of("head", "all")) {
      assertThatThrownBy(() -> tuner().setTrainable(part).fit(table))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(
              "Class 'yellow' has no image to train on: 1 can't be read, 0 are kept for validation.");
    }
    Dataset<Row> held = table(24, List.of(row(103, new byte[] {1}, "red", 2, 1)));
    assertThatThrownBy(
            () ->
                tuner()
                    .setValidationIndicatorCol("held")
                    .fit(held.withColumn("held", functions.expr("species = 'red'"))))
        .hasMessageContaining(
            "Class 'red' has no image to train on: 1 can't be read, 8 are kept for validation.");
  }

  @Test
  @Tag("slow")
  void aDivergedRunNamesTheStepTheRateAndTheCure() {
    assertThatThrownBy(
            () -> tuner().setLearningRate(1e25).setWarmupEpochs(0).setEpochs(5).fit(table(24)))
        .isInstanceOf(TrainingDivergedException.class)
        .hasMessageContaining("Training diverged at step")
        .hasMessageContaining("at a learning rate of 9.04")
        .hasMessageContaining("Lower the learning rate");
    assertThatThrownBy(
            () ->
                tuner()
                    .setLearningRate(1e25)
                    .setWarmupEpochs(0)
                    .setEpochs(5)
                    .setSyncEvery(2)
                    .fit(table(24)))
        .isInstanceOf(TrainingDivergedException.class)
        .hasMessageContaining("Training diverged at step");
  }
}
