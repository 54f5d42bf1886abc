package io.mobilenetspark.spark.ml;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.spark.TaskEmbedder;
import io.mobilenetspark.testing.Modules;
import io.mobilenetspark.testing.SharedData;
import io.mobilenetspark.testing.SparkTestSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.evaluation.BinaryClassificationEvaluator;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.tuning.CrossValidator;
import org.apache.spark.ml.tuning.CrossValidatorModel;
import org.apache.spark.ml.tuning.ParamGridBuilder;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scala.collection.Iterable;
import scala.jdk.javaapi.CollectionConverters;

/** The stage before MLlib's own: what it is there for. */
class FlowersPipelineTest {

  /** scikit-learn on the vectors of TensorFlow's Python gets 0.845 to 0.85. */
  private static final double LEAST_ACCURACY = 0.84;

  /** To convergence; the time goes into the images. */
  private static final int ITERATIONS = 300;

  private static final int TRAINING = 600;
  private static final int TEST = 200;

  @TempDir private Path directory;

  private static Dataset<Row> flowers(Path folder) {
    return SparkTestSession.get()
        .read()
        .format("binaryFile")
        .option("recursiveFileLookup", "true")
        .option("pathGlobFilter", "*.jpg")
        .load(folder.toString())
        .withColumn("flower", functions.element_at(functions.split(functions.col("path"), "/"), -2))
        .select("path", "flower", "content")
        .repartition(4);
  }

  @Tag("slow")
  @Test
  void trainedNetworkTellsFlowersApart() throws IOException {
    Path flowers = SharedData.directory().resolve("flower_photos");
    MobileNetFeaturizer featurizer =
        new MobileNetFeaturizer()
            .setModel(Modules.handle("slim"))
            .setInputCol("content")
            .setOutputCol("features")
            .setOutputMode("vector")
            .setMode("FAILFAST");
    Pipeline pipeline =
        new Pipeline()
            .setStages(
                new PipelineStage[] {
                  new StringIndexer().setInputCol("flower").setOutputCol("label"),
                  featurizer,
                  new LogisticRegression().setMaxIter(ITERATIONS).setRegParam(0.01)
                });
    Dataset<Row> training = flowers(flowers.resolve("train"));
    assertThat(training.count()).isEqualTo(TRAINING);

    long images = TaskEmbedder.imagesOfThisJvm();
    PipelineModel model = pipeline.fit(training);
    assertThat(TaskEmbedder.imagesOfThisJvm() - images)
        .as("images of a fit; docs/mllib.md says that LogisticRegression reads its table twice")
        .isEqualTo(2 * TRAINING);
    model.save(directory.resolve("flowers").toString());
    Dataset<Row> predictions =
        PipelineModel.load(directory.resolve("flowers").toString())
            .transform(flowers(flowers.resolve("test")))
            .select("label", "prediction")
            .cache();

    assertThat(predictions.count()).isEqualTo(TEST);
    double accuracy =
        new MulticlassClassificationEvaluator().setMetricName("accuracy").evaluate(predictions);
    System.out.printf(Locale.ROOT, "Accuracy on %d test photographs: %.4f%n", TEST, accuracy);
    assertThat(accuracy).isBetween(LEAST_ACCURACY, 1.0);
  }

  /** An untrained network on drawn pictures: it need only run, on folds, with its model gone. */
  @Tag("slow")
  @Test
  void crossValidationLoadsTheModelOnce() throws IOException {
    Dataset<Row> pictures = StageFixtures.pictures(24);
    Path source = directory.resolve("model");
    MobileNetFeaturizer featurizer =
        StageFixtures.stage(StageFixtures.tinyCheckpoint(source, 6)).setOutputMode("vector");
    featurizer.transform(pictures).count();
    FileUtils.deleteDirectory(source.toFile());
    LogisticRegression regression = new LogisticRegression().setMaxIter(5);
    ParamMap[] grid =
        new ParamGridBuilder()
            .addGrid(featurizer.resize(), scala(List.of("bilinear", "area")))
            .addGrid(regression.regParam(), new double[] {0.01, 0.1})
            .build();
    CrossValidator validator =
        new CrossValidator()
            .setEstimator(new Pipeline().setStages(new PipelineStage[] {featurizer, regression}))
            .setEstimatorParamMaps(grid)
            .setEvaluator(new BinaryClassificationEvaluator())
            .setNumFolds(2)
            .setParallelism(2)
            .setSeed(1);

    CrossValidatorModel model = validator.fit(pictures);
    assertThat(model.avgMetrics()).hasSize(4);
    for (double metric : model.avgMetrics()) {
      assertThat(metric).isBetween(0.0, 1.0);
    }
    model.save(directory.resolve("validated").toString());
    Dataset<Row> predictions =
        CrossValidatorModel.load(directory.resolve("validated").toString()).transform(pictures);
    assertThat(predictions.where("prediction IN (0, 1)").count()).isEqualTo(24);
    try (Stream<Path> files = Files.walk(directory.resolve("validated"))) {
      assertThat(files.filter(file -> file.endsWith("frozen_graph.pb"))).isNotEmpty();
    }
  }

  private static <T> Iterable<T> scala(List<T> values) {
    return CollectionConverters.asScala(values);
  }

  @Test
  void builtinNetworkRunsInAPipeline() {
    Dataset<Row> pictures = StageFixtures.pictures(12);
    PipelineModel model =
        new Pipeline()
            .setStages(
                new PipelineStage[] {
                  StageFixtures.stage("builtin").setOutputMode("vector"),
                  new LogisticRegression().setMaxIter(5)
                })
            .fit(pictures);
    assertThat(model.transform(pictures).where("prediction IN (0, 1)").count()).isEqualTo(12);
  }
}
