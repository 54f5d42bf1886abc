package io.mobilenetspark.spark.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.model.MobileNetWeights;
import io.mobilenetspark.model.export.ExportFacts;
import io.mobilenetspark.spark.MalformedImageException;
import io.mobilenetspark.spark.SavedClassifier;
import io.mobilenetspark.spark.sql.MobileNetExtensions;
import io.mobilenetspark.testing.Colours;
import io.mobilenetspark.testing.SparkTestSession;
import io.mobilenetspark.testing.TinyNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.commons.io.FileUtils;
import org.apache.spark.ml.feature.IndexToString;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.Trigger;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code mobilenet_classify}, held to what the saved stage makes of the same rows. */
class ClassifyFunctionTest {

  private static final StructType SCHEMA = StructType.fromDDL("id INT, image BINARY");
  private static final String ALL =
      "SELECT id, c.* FROM (SELECT id, mobilenet_classify(image) c FROM photos)";

  @TempDir private static Path shared;
  @TempDir private Path directory;
  private SparkSession spark;
  private Path run;

  @BeforeAll
  static void saveClassifier() throws IOException {
    model().write().save(shared.resolve("mllib").toString()); // where finetune has it
  }

  @BeforeEach
  void useClassifier() throws IOException {
    spark = MobileNetExtensions.register(SparkTestSession.get().newSession());
    run = directory.resolve("flowers");
    FileUtils.copyDirectory(shared.toFile(), run.toFile());
    spark.conf().set("spark.mobilenet.classifier", run.toString());
    photos(spark).createOrReplaceTempView("photos");
  }

  private static MobileNetClassificationModel model(MobileNetWeights network) {
    return new MobileNetClassificationModel(
            "flowers",
            new MobileNetClassificationModel.Fitted(
                network,
                List.of("daisy", "tulip, \"red\"", "İris"),
                new ExportFacts(ImageSize.square(StageFixtures.SIDE), 0.99, 4e-5)),
            Optional.empty())
        .setInputCol("image")
        .setErrorCol("why")
        .setResize("area")
        .setCropFraction(0.75);
  }

  /** One whose head takes an image for the colour whose features are the nearest. */
  private static MobileNetClassificationModel model() {
    MobileNetWeights network = TinyNetwork.of(0.01, 3, 7);
    List<Row> rows =
        model(network)
            .transform(photos(SparkTestSession.get()))
            .filter("id < 3")
            .orderBy("id")
            .collectAsList();
    int length = network.featureCount();
    float[] weights = new float[length * 3];
    float[] biases = new float[3];
    for (int label = 0; label < 3; label++) {
      double[] mean = rows.get(label).<Vector>getAs("features").toArray();
      for (int i = 0; i < length; i++) {
        weights[i * 3 + label] = (float) mean[i];
        biases[label] -= (float) (mean[i] * mean[i] / 2);
      }
    }
    return model(network.withClassifier(weights, biases));
  }

  private static Dataset<Row> photos(SparkSession spark) {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      rows.add(RowFactory.create(i, Colours.png(i % 3, i)));
    }
    rows.add(RowFactory.create(20, null));
    rows.add(RowFactory.create(21, new byte[] {1, 2, 3}));
    rows.add(RowFactory.create(22, new byte[0]));
    return spark.createDataFrame(rows, SCHEMA).repartition(3);
  }

  private List<Row> sql(String query) {
    return spark.sql(query).collectAsList();
  }

  /** The stage's columns as the function has them. */
  private List<Row> ofStage() {
    return ofStage(MobileNetClassificationModel.load(run.resolve("mllib").toString()));
  }

  private List<Row> ofStage(MobileNetClassificationModel stage) {
    List<Row> rows = new ArrayList<>();
    for (Row row : stage.transform(spark.table("photos")).orderBy("id").collectAsList()) {
      Double prediction = row.getAs("prediction");
      Vector probability = row.getAs("probability");
      String why = row.getAs("why");
      rows.add(
          prediction == null
              ? RowFactory.create(
                  row.getAs("id"),
                  null,
                  null,
                  null,
                  null,
                  why.substring(0, why.indexOf(": ")),
                  why.substring(why.indexOf(": ") + 2))
              : RowFactory.create(
                  row.getAs("id"),
                  prediction,
                  stage.labels().get(prediction.intValue()),
                  probability.apply(prediction.intValue()),
                  list(probability),
                  "OK",
                  why));
    }
    return rows;
  }

  private static Object list(Vector vector) {
    return scala.jdk.javaapi.CollectionConverters.asScala(
            Arrays.stream(vector.toArray()).boxed().toList())
        .toSeq();
  }

  @Test
  void numbersAndReasonsAreThoseOfTheStage() {
    spark.conf().set("spark.mobilenet.resize", "bilinear"); // the classifier was trained otherwise
    spark.conf().set("spark.mobilenet.imageSize", "64");
    spark.conf().set("spark.mobilenet.model", "builtin");
    List<Row> expected = ofStage();

    assertThat(sql(ALL + " ORDER BY id")).isEqualTo(expected);
    assertThat(expected.stream().map(row -> row.get(2)).distinct())
        .containsExactlyInAnyOrder("daisy", "tulip, \"red\"", "İris", null);
    assertThat(expected)
        .extracting(row -> row.getString(5))
        .contains("NULL_INPUT", "UNSUPPORTED_FORMAT", "EMPTY");
    assertThat(sql("SELECT mobilenet_classify(NULL).status, mobilenet_classify(NULL).label"))
        .containsExactly(RowFactory.create("NULL_INPUT", null));
  }

  @Test
  void oneOperatorAnswersAllCallsOfAnImage() {
    String plan =
        sql("EXPLAIN SELECT mobilenet_classify(image).label, mobilenet_classify(image).confidence"
                + " FROM photos WHERE mobilenet_classify(image).prediction >= 0"
                + " ORDER BY mobilenet_classify(image).confidence")
            .get(0)
            .getString(0);
    assertThat(plan).containsOnlyOnce("MobileNetEval").doesNotContain("row_at_a_time");
    assertThat(
            sql(
                "SELECT mobilenet_classify(image).label l, count(*) FROM photos GROUP BY 1"
                    + " HAVING l IS NOT NULL"))
        .hasSize(3);
    assertThat(spark.sql("SELECT mobilenet_classify(image) FROM photos").columns())
        .containsExactly("mobilenet_classify(image)");
  }

  @Test
  void whereNoOperatorCanBe() {
    assertThat(
            sql(
                "SELECT id, c.* FROM (SELECT id, element_at(transform(array(image), x ->"
                    + " mobilenet_classify(x)), 1) AS c FROM photos) ORDER BY id"))
        .isEqualTo(ofStage());
  }

  @Test
  void aCallNamesAClassifierOfItsOwn() {
    spark.conf().unset("spark.mobilenet.classifier");
    String call =
        String.format(Locale.ROOT, "mobilenet_classify(image, '%s')", run.resolve("mllib"));
    assertThat(
            sql(
                String.format(
                    Locale.ROOT,
                    "SELECT id, c.* FROM (SELECT id, %s AS c FROM photos) ORDER BY id",
                    call)))
        .isEqualTo(ofStage());
  }

  @Test
  void aViewKeepsItsClassifier() {
    spark.sql("CREATE OR REPLACE TEMPORARY VIEW classified AS " + ALL);
    spark.conf().unset("spark.mobilenet.classifier");
    assertThat(sql("SELECT * FROM classified ORDER BY id")).isEqualTo(ofStage());
  }

  /** In a table and in a stream; two classifiers in one query keep their own. */
  @Test
  void thresholdsOfTheStageAreTheFunctions() throws Exception {
    MobileNetClassificationModel strict =
        MobileNetClassificationModel.load(run.resolve("mllib").toString())
            .setThresholds(new double[] {1, 0, Double.POSITIVE_INFINITY});
    List<Row> expected = ofStage(strict);
    List<Row> plain = ofStage();
    assertThat(expected).isNotEqualTo(plain);
    String path = directory.resolve("strict").toString();
    strict.write().save(path);
    Dataset<Row> both =
        spark.sql(
            String.format(
                Locale.ROOT,
                "SELECT mobilenet_classify(image).prediction AS a,"
                    + " mobilenet_classify(image, '%s').prediction AS b FROM photos ORDER BY id",
                path));
    assertThat(both.collectAsList())
        .isEqualTo(
            IntStream.range(0, plain.size())
                .mapToObj(i -> RowFactory.create(plain.get(i).get(1), expected.get(i).get(1)))
                .toList());
    spark.conf().set("spark.mobilenet.classifier", path);
    assertThat(sql(ALL + " ORDER BY id")).isEqualTo(expected);
    assertThat(streamed()).isEqualTo(expected);
  }

  @Test
  void thresholdsOfOtherClassesAreRefused() throws Exception {
    String path = directory.resolve("odd").toString();
    MobileNetClassificationModel.load(run.resolve("mllib").toString())
        .setThresholds(new double[] {1, 1})
        .write()
        .save(path);
    spark.conf().set("spark.mobilenet.classifier", path);
    assertThatThrownBy(() -> sql(ALL))
        .hasMessageContaining("numClasses=3, but thresholds has length 2");
  }

  @Test
  void aStreamIsClassifiedAsATable() throws Exception {
    assertThat(streamed()).isEqualTo(ofStage());
  }

  private List<Row> streamed() throws Exception {
    String input = directory.resolve("in").toString();
    photos(spark).write().parquet(input);
    spark.readStream().schema(SCHEMA).parquet(input).createOrReplaceTempView("incoming");
    spark
        .sql(ALL.replace("photos", "incoming"))
        .writeStream()
        .format("parquet")
        .option("checkpointLocation", directory.resolve("checkpoint").toString())
        .trigger(Trigger.AvailableNow())
        .start(directory.resolve("out").toString())
        .awaitTermination();
    return spark.read().parquet(directory.resolve("out").toString()).orderBy("id").collectAsList();
  }

  @Test
  void thePredictionsMetadataHasTheLabels() {
    Dataset<Row> rows = spark.sql(ALL).filter("prediction IS NOT NULL");
    assertThat(
            new IndexToString()
                .setInputCol("prediction")
                .setOutputCol("name")
                .transform(rows)
                .filter("name <> label")
                .count())
        .isZero();
  }

  @Test
  void failfastFailsWithTheReason() {
    spark.conf().set("spark.mobilenet.mode", "FAILFAST");
    assertThatThrownBy(() -> sql(ALL))
        .hasStackTraceContaining(MalformedImageException.class.getName())
        .hasStackTraceContaining("The mode is FAILFAST");
    assertThat(sql(ALL + " WHERE id < 20")).hasSize(20);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "image, id | 'must be a literal STRING, such as ''/models/flowers'', not photos.id'",
        "image, NULL | 'the model is NULL. Leave the argument out to use"
            + " spark.mobilenet.classifier'",
        "image, ' ' | the second argument is empty",
        "image, 'https://tfhub.dev/x/1' | 'a folder on a Hadoop file system, not"
            + " https://tfhub.dev/x/1'",
        "image, '/nowhere' | 'There is no whole MobileNetClassificationModel at /nowhere'",
        "image, 'a:b' | put ./ before the path",
        "id | 'Cannot resolve \"mobilenet_classify(id)\"'"
      })
  void callsThatCantBeMade(String arguments, String message) {
    assertThatThrownBy(
            () ->
                sql(
                    String.format(
                        Locale.ROOT, "SELECT mobilenet_classify(%s) FROM photos", arguments)))
        .hasMessageContaining(message);
  }

  @Test
  void otherFoldersAreNoClassifiers() throws Exception {
    spark.conf().unset("spark.mobilenet.classifier");
    assertThatThrownBy(() -> sql(ALL))
        .hasMessageContaining(
            "mobilenet_classify needs a classifier: set spark.mobilenet.classifier");
    StageFixtures.stage("builtin").write().save(directory.resolve("other").toString());
    assertThatThrownBy(
            () ->
                sql(
                    String.format(
                        Locale.ROOT,
                        "SELECT mobilenet_classify(image, '%s') FROM photos",
                        directory.resolve("other"))))
        .hasMessageContaining("MobileNetFeaturizer");
    Files.delete(run.resolve("mllib/metadata/_SUCCESS")); // many object stores have none
    assertThat(sql(ALL.replace("(image)", "(image, '" + run + "')"))).hasSize(23);
  }

  @Test
  void aPathIsNoPattern() throws Exception {
    Path odd = directory.resolve("flowers[1]");
    Files.move(run, odd);
    int jobs = spark.sparkContext().dagScheduler().numTotalJobs();
    Dataset<Row> rows =
        spark.sql(
            String.format(
                Locale.ROOT, "SELECT mobilenet_classify(image, ' %s ') c FROM photos", odd));
    assertThat(spark.sparkContext().dagScheduler().numTotalJobs())
        .as("a query is analyzed without a job")
        .isEqualTo(jobs);
    assertThat(rows.filter("c.label IS NOT NULL").count()).isEqualTo(20);

    Files.move(odd, run);
    for (String pattern : List.of("{none,flowers/mllib}", "flower*/mllib", "flowers/mlli[b]")) {
      assertThatThrownBy(
              () ->
                  sql(
                      String.format(
                          Locale.ROOT,
                          "SELECT mobilenet_classify(image, '%s/%s') FROM photos",
                          directory,
                          pattern)))
          .hasMessageContaining("There is no whole MobileNetClassificationModel at");
    }
  }

  @Test
  void aMissingArgumentIsSparksOwnError() {
    assertThatThrownBy(() -> sql("SELECT mobilenet_classify()"))
        .isInstanceOf(AnalysisException.class)
        .hasMessageContaining("requires [1, 2] parameters but the actual number is 0");
    assertThat(SavedClassifier.STAGE).isEqualTo(MobileNetClassificationModel.class.getName());
  }
}
