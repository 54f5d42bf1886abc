package io.mobilenetspark.spark.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.image.ImageLimits;
import io.mobilenetspark.image.ImageOptions;
import io.mobilenetspark.image.ResizeMethod;
import io.mobilenetspark.model.FrozenModel;
import io.mobilenetspark.model.ModelLoader;
import io.mobilenetspark.runtime.Precision;
import io.mobilenetspark.spark.EmbedOptions;
import io.mobilenetspark.spark.FeatureMetadata;
import io.mobilenetspark.spark.MalformedMode;
import io.mobilenetspark.spark.TaskEmbedder;
import io.mobilenetspark.testing.Pictures;
import io.mobilenetspark.testing.SparkTestSession;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the functions take, give and say of themselves, by real SQL. */
class SqlFunctionsTest {

  @TempDir private Path directory;
  private SparkSession spark;

  @BeforeEach
  void makeSession() {
    spark = SparkTestSession.get().newSession();
    spark.conf().set("spark.mobilenet.model", "builtin");
    spark.conf().set("spark.mobilenet.imageSize", "32");
    spark
        .createDataFrame(
            List.of(
                RowFactory.create(1, Pictures.png(1)),
                RowFactory.create(2, null),
                RowFactory.create(3, new byte[] {1, 2, 3}),
                RowFactory.create(4, new byte[0])),
            StructType.fromDDL("id INT, image BINARY"))
        .createOrReplaceTempView("photos");
  }

  private List<Row> sql(String query) {
    return spark.sql(query).collectAsList();
  }

  private String explain(String query) {
    return sql("EXPLAIN " + query).get(0).getString(0);
  }

  /** What the library's own path gives for an image column. */
  private List<Row> embedded(Dataset<Row> table, String imageColumn, ResizeMethod resize) {
    FrozenModel model = new ModelLoader(new Configuration()).load("builtin", 32);
    EmbedOptions options =
        new EmbedOptions(
            new ImageOptions(ImageSize.square(32), resize, ImageLimits.DEFAULT),
            Precision.FLOAT32,
            16,
            MalformedMode.PERMISSIVE);
    return EmbeddedTable.select(table, imageColumn, List.of("id"), model, options, Optional.empty())
        .orderBy("id")
        .collectAsList();
  }

  @Test
  void statusOfEveryRowIsThatOfTheJob() {
    List<Row> expected = embedded(spark.table("photos"), "image", ResizeMethod.BILINEAR);

    assertThat(
            sql(
                "SELECT id, e.* FROM (SELECT id, mobilenet_embed(image) AS e FROM photos) ORDER BY"
                    + " id"))
        .isEqualTo(expected);
    assertThat(expected)
        .extracting(row -> row.<String>getAs("status"))
        .containsExactly("OK", "NULL_INPUT", "UNSUPPORTED_FORMAT", "EMPTY");
    List<Row> vectors = sql("SELECT mobilenet_features(image) FROM photos ORDER BY id");
    assertThat(vectors.get(0).getList(0)).hasSize(768).isEqualTo(expected.get(0).getList(1));
    assertThat(vectors.subList(1, 4)).allMatch(row -> row.isNullAt(0));
    assertThat(sql("SELECT mobilenet_features(NULL), mobilenet_embed(NULL).status").get(0))
        .isEqualTo(RowFactory.create(null, "NULL_INPUT"));
  }

  @Test
  void filesAndStructsOfSparksSources() throws Exception {
    for (int i = 0; i < 3; i++) {
      Files.write(directory.resolve(i + ".png"), Pictures.png(i));
    }
    spark.read().format("binaryFile").load(directory.toString()).createOrReplaceTempView("files");
    spark.read().format("image").load(directory.toString()).createOrReplaceTempView("decoded");
    List<Row> bytes = sql("SELECT mobilenet_features(content) FROM files ORDER BY path");

    assertThat(bytes).hasSize(3).doesNotHaveDuplicates().noneMatch(row -> row.isNullAt(0));
    assertThat(sql("SELECT mobilenet_features(struct(f.*)) FROM files f ORDER BY path"))
        .as("the row of binaryFile")
        .isEqualTo(bytes);
    assertThat(sql("SELECT mobilenet_features(image) FROM decoded ORDER BY image.origin"))
        .as("the struct of image: these files have no loss")
        .isEqualTo(bytes);
    assertThat(sql("SELECT mobilenet_features(CAST(NULL AS STRUCT<content: BINARY>)) AS v"))
        .containsExactly(RowFactory.create((Object) null));
  }

  @Test
  void settingsAreThoseOfTheTimeOfTheQuery() {
    List<Row> area = embedded(spark.table("photos"), "image", ResizeMethod.AREA);
    String query = "SELECT mobilenet_features(image) FROM photos WHERE id = 1";
    Row before = sql(query).get(0);

    sql("SET spark.mobilenet.resize=AREA");
    Row after = sql(query).get(0);
    assertThat(after.getList(0)).isEqualTo(area.get(0).getList(1)).isNotEqualTo(before.getList(0));

    sql("SET spark.mobilenet.maxPixels=100");
    assertThat(sql("SELECT mobilenet_embed(image).status FROM photos WHERE id = 1"))
        .containsExactly(RowFactory.create("TOO_MANY_PIXELS"));
    sql("RESET spark.mobilenet.maxPixels");
    sql("RESET spark.mobilenet.resize");
    assertThat(sql(query)).containsExactly(before);
  }

  @Test
  void aViewKeepsTheSettingsThatItWasMadeWith() {
    sql("SET spark.mobilenet.resize=area");
    spark.table("photos").write().saveAsTable("kept_photos");
    try {
      sql(
          "CREATE VIEW kept AS SELECT mobilenet_features(image) AS v FROM kept_photos WHERE id = 1");
      List<Row> made = sql("SELECT v FROM kept");
      sql("SET spark.mobilenet.resize=bicubic");
      assertThat(sql("SELECT v FROM kept")).isEqualTo(made);
      assertThat(sql("SELECT mobilenet_features(image) FROM kept_photos WHERE id = 1"))
          .isNotEqualTo(made);
    } finally {
      sql("DROP VIEW IF EXISTS kept");
      sql("DROP TABLE kept_photos");
    }
  }

  @Test
  void everyOtherSettingReachesTheFunction() {
    Row plain = sql("SELECT mobilenet_features(image) FROM photos WHERE id = 1").get(0);
    for (String setting :
        List.of(
            "cropFraction=0.5",
            "aspect=pad",
            "imageSize=64",
            "outputKey=MobilenetV1/Conv2d_5_pointwise")) {
      String key = "spark.mobilenet." + setting.substring(0, setting.indexOf('='));
      sql("SET spark.mobilenet." + setting);
      assertThat(sql("SELECT mobilenet_features(image) FROM photos WHERE id = 1").get(0).getList(0))
          .as(setting)
          .isNotEmpty()
          .isNotEqualTo(plain.getList(0));
      spark.conf().unset(key);
      spark.conf().set("spark.mobilenet.imageSize", "32");
    }
  }

  @Test
  void explainShowsTheOperatorAndItsMetricsCount() {
    String plan = explain("SELECT mobilenet_features(image)[0], id FROM photos");

    assertThat(plan)
        .contains(
            "MobileNetEval [mobilenet_features(image#",
            "model=builtin (UNTRAINED MobileNet V1 0.75, seeded random weights), 32x32, bilinear,"
                + " float32, batchSize=0, PERMISSIVE")
        .doesNotContain("row_at_a_time");
    assertThat(explain("FORMATTED SELECT mobilenet_features(image) FROM photos"))
        .containsPattern("\\(\\d+\\) MobileNetEval\\R")
        .contains("Evaluates: [mobilenet_features(image#");
  }

  /** A row of a lambda is taken as it is, with as many fields as its type has. */
  @Test
  void embeddingsOfALambdaHaveTheFieldsOfTheirType() {
    List<String> found =
        spark
            .sql(
                "SELECT to_json(transform(array(image), x -> mobilenet_embed(x))) FROM photos"
                    + " ORDER BY id")
            .as(Encoders.STRING())
            .collectAsList();
    assertThat(found).isNotEmpty().anySatisfy(json -> assertThat(json).contains("\"OK\""));
  }

  @Test
  void rowAtATimeWhereNoOperatorCanBe() {
    for (String query :
        List.of(
            "SELECT id, transform(array(image), x -> mobilenet_features(x))[0] FROM photos ORDER BY"
                + " id",
            "SELECT id, transform(array(image), x -> mobilenet_embed(x))[0].features FROM photos"
                + " ORDER BY id",
            "SELECT id, mobilenet_features(if(rand(1) > 1e-9, image, NULL)) FROM photos ORDER BY id")) {
      assertThat(explain(query)).contains("_row_at_a_time(").doesNotContain("MobileNetEval");
      long runs = TaskEmbedder.runsOfThisJvm();
      assertThat(sql(query))
          .isEqualTo(sql("SELECT id, mobilenet_features(image) FROM photos ORDER BY id"));
      assertThat(TaskEmbedder.runsOfThisJvm() - runs).isPositive();
    }
    assertThat(
            explain(
                "SELECT a.id FROM photos a JOIN photos b ON mobilenet_features(if(b.id = 1,"
                    + " a.image, b.image))[0] > 0"))
        .contains("mobilenet_features_row_at_a_time(");
  }

  @Test
  void imagesOfSubqueriesAndImagesThatDependOnOthers() {
    Row expected = sql("SELECT mobilenet_features(image) FROM photos WHERE id = 1").get(0);

    assertThat(sql("SELECT mobilenet_features((SELECT max_by(image, -id) FROM photos))"))
        .containsExactly(expected);
    assertThat(
            sql(
                "SELECT mobilenet_features(CASE WHEN mobilenet_embed(p.image).status = 'OK' THEN"
                    + " NULL ELSE q.image END) FROM photos p JOIN photos q ON q.id = 1 WHERE p.id"
                    + " = 3"))
        .containsExactly(expected);
  }

  @Test
  void columnsSayWhichModelTheyAreOf() {
    String query =
        "SELECT mobilenet_features(image) AS v, mobilenet_features(image),"
            + " mobilenet_embed(image).features AS f FROM photos";
    Dataset<Row> table = spark.sql(String.format(Locale.ROOT, "SELECT v, f, * FROM (%s)", query));
    FrozenModel model = new ModelLoader(new Configuration()).load("builtin", 32);

    for (int i = 0; i < table.schema().length(); i++) {
      Metadata metadata = table.schema().apply(i).metadata();
      assertThat(metadata.getString(FeatureMetadata.PREFIX + "model.fingerprint"))
          .isEqualTo(model.fingerprint());
      assertThat(metadata.getString(FeatureMetadata.PREFIX + "dimension")).isEqualTo("768");
      assertThat(metadata.getString(FeatureMetadata.PREFIX + "resize")).isEqualTo("bilinear");
    }
    Path output = directory.resolve("vectors");
    spark
        .sql("SELECT mobilenet_features(image) AS v FROM photos")
        .write()
        .parquet(output.toString());
    assertThat(
            spark
                .read()
                .parquet(output.toString())
                .schema()
                .apply("v")
                .metadata()
                .getString(FeatureMetadata.PREFIX + "model.fingerprint"))
        .isEqualTo(model.fingerprint());
  }

  @ParameterizedTest
  @ValueSource(strings = {"mobilenet_features", "mobilenet_embed", "mobilenet_cosine_similarity"})
  void functionsDescribeThemselves(String name) {
    String description =
        sql("DESCRIBE FUNCTION EXTENDED " + name).stream()
            .map(row -> row.getString(0))
            .collect(Collectors.joining("\n"));

    assertThat(description)
        .contains("Function: " + name, "Usage: " + name + "(", "Arguments:", "Examples:", "Since:")
        .doesNotContain("_FUNC_");
    assertThat(sql("SHOW FUNCTIONS LIKE 'mobilenet*'")).contains(RowFactory.create(name));
  }

  /**
   * The examples that need no photographs have the answers that are printed. That of {@code
   * mobilenet_classify} is run where there is a classifier.
   */
  @Test
  void examplesAreTrue() {
    for (MobileNetFunctions.SqlFunction function : MobileNetFunctions.ALL) {
      if (function.name().equals("mobilenet_classify")) {
        continue;
      }
      List<String> lines = function.info().getExamples().lines().map(String::strip).toList();
      for (int i = 0; i < lines.size(); i++) {
        if (lines.get(i).startsWith(">") && !lines.get(i).contains("FROM")) {
          String query = lines.get(i).substring(1).replace(";", "");
          Object answer = sql(query.replace("_FUNC_", function.name())).get(0).get(0);
          assertThat(answer == null ? "NULL" : answer.toString())
              .as(query)
              .isEqualTo(lines.get(i + 1));
        }
      }
    }
  }
}
