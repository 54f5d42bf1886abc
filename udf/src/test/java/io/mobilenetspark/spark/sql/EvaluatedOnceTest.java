package io.mobilenetspark.spark.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.spark.TaskEmbedder;
import io.mobilenetspark.testing.Pictures;
import io.mobilenetspark.testing.SparkTestSession;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.streaming.Trigger;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * How often a query runs the network, and on how many images: each image once, in batches; with
 * Spark's generated code and its interpreted expressions, with and without adaptive execution.
 */
@ParameterizedClass(name = "codegen {0}, adaptive {1}")
@CsvSource({"true,true", "true,false", "false,true", "false,false"})
class EvaluatedOnceTest {

  private static final int IMAGES = 40;
  private static final int BATCH = 8;
  private static final int FILES = 2;

  /** Runs that 40 images in two partitions of 20 take. */
  private static final int RUNS = 2 * 3;

  @TempDir private static Path directory;
  private static SparkSession spark;

  @BeforeAll
  static void makeTable() {
    spark = SparkTestSession.get().newSession(); // whose settings are its own
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < IMAGES; i++) {
      rows.add(RowFactory.create(i, i % 4 == 0 ? "cat" : "dog", Pictures.png(i)));
    }
    spark
        .createDataFrame(rows, StructType.fromDDL("id INT, label STRING, image BINARY"))
        .repartitionByRange(FILES, org.apache.spark.sql.functions.col("id"))
        .write()
        .parquet(directory.resolve("photos").toString());
    spark.read().parquet(directory.resolve("photos").toString()).createOrReplaceTempView("photos");
    spark.range(3).selectExpr("id AS k").write().parquet(directory.resolve("three").toString());
    spark.read().parquet(directory.resolve("three").toString()).createOrReplaceTempView("three");
    spark.conf().set("spark.mobilenet.model", "builtin");
    spark.conf().set("spark.mobilenet.imageSize", "32");
    spark.conf().set("spark.mobilenet.batchSize", String.valueOf(BATCH));
  }

  @Parameter(0)
  private boolean codegen;

  @Parameter(1)
  private boolean adaptive;

  @BeforeEach
  void setPlanning() {
    spark.conf().set("spark.sql.codegen.wholeStage", codegen);
    spark.conf().set("spark.sql.codegen.factoryMode", codegen ? "CODEGEN_ONLY" : "NO_CODEGEN");
    spark.conf().set("spark.sql.adaptive.enabled", adaptive);
    spark.conf().unset("spark.sql.autoBroadcastJoinThreshold");
  }

  /** What one query did. */
  private record Cost(long runs, long images, List<Row> rows) {}

  private static Cost cost(Supplier<List<Row>> query) {
    long runs = TaskEmbedder.runsOfThisJvm();
    long images = TaskEmbedder.imagesOfThisJvm();
    List<Row> rows = query.get();
    return new Cost(
        TaskEmbedder.runsOfThisJvm() - runs, TaskEmbedder.imagesOfThisJvm() - images, rows);
  }

  private static Cost sql(String query) {
    return cost(() -> spark.sql(query).collectAsList());
  }

  private static void assertOnce(Cost cost, int rows) {
    assertThat(cost.rows()).hasSize(rows);
    assertThat(cost.images()).as("images").isEqualTo(IMAGES);
    assertThat(cost.runs()).as("runs").isEqualTo(RUNS);
  }

  @Test
  void twiceInSelect() {
    Cost cost =
        sql(
            "SELECT id, mobilenet_features(image) AS a, mobilenet_features(image)[0] AS b,"
                + " mobilenet_embed(image).status AS s, mobilenet_embed(image).features AS f FROM photos");

    assertOnce(cost, IMAGES);
    for (Row row : cost.rows()) {
      assertThat(row.<String>getAs("s")).isEqualTo("OK");
      assertThat(row.getList(1)).hasSize(768).isEqualTo(row.getList(4));
      assertThat(row.<Float>getAs("b")).isEqualTo(row.getList(1).get(0));
    }
  }

  @Test
  void selectAndWhere() {
    assertOnce(
        sql(
            "SELECT mobilenet_features(image) FROM photos WHERE mobilenet_features(image) IS NOT"
                + " NULL"),
        IMAGES);
    assertOnce(
        sql(
            "SELECT v, v[1] FROM (SELECT id, mobilenet_features(image) AS v FROM photos) WHERE"
                + " v[0] >= 0 ORDER BY id"),
        IMAGES);
  }

  @Test
  void cheapConditionsComeFirst() {
    Cost cost =
        sql(
            "SELECT id FROM photos WHERE mobilenet_features(image) IS NOT NULL AND label ="
                + " 'cat'");

    assertThat(cost.rows()).hasSize(IMAGES / 4);
    assertThat(cost.images()).isEqualTo(IMAGES / 4);
  }

  @Test
  void caseWhen() {
    assertOnce(
        sql(
            "SELECT CASE WHEN mobilenet_features(image) IS NULL THEN 0 WHEN label = 'cat' THEN"
                + " mobilenet_features(image)[0] ELSE mobilenet_features(image)[1] END FROM"
                + " photos"),
        IMAGES);
    Cost oneBranch =
        sql(
            "SELECT id, CASE WHEN label = 'cat' THEN mobilenet_features(image)[0] END AS x,"
                + " if(id < 4, size(mobilenet_features(image)), NULL) AS y FROM photos");
    assertThat(oneBranch.images()).as("cats and the first four").isEqualTo(IMAGES / 4 + 3);
    assertThat(oneBranch.rows()).hasSize(IMAGES);
    for (Row row : oneBranch.rows()) {
      assertThat(row.isNullAt(1)).isEqualTo(row.getInt(0) % 4 != 0);
      assertThat(row.get(2)).isEqualTo(row.getInt(0) < 4 ? 768 : null);
    }
  }

  /** Each image joins three rows: through a broadcast of either side, and through a sort. */
  @ParameterizedTest
  @ValueSource(strings = {"BROADCAST(p)", "BROADCAST(t)", "MERGE(p)", "SHUFFLE_HASH(p)"})
  void join(String hint) {
    Cost cost =
        sql(
            String.format(
                Locale.ROOT,
                "SELECT /*+ %s */ p.id, t.k, mobilenet_features(p.image) AS v FROM photos p JOIN three t ON p.id %% 1 = t.k * 0 WHERE mobilenet_features(p.image) IS NOT NULL",
                hint));
    assertThat(cost.rows()).hasSize(3 * IMAGES);
    assertThat(cost.images()).isEqualTo(IMAGES);
    assertThat(cost.runs()).isEqualTo(RUNS);
  }

  @Tag("slow")
  @Test
  void joinAboveWhichTheFunctionStands() {
    Cost left =
        sql(
            "SELECT p.id, mobilenet_features(p.image) FROM photos p LEFT JOIN three t ON p.id % 1"
                + " = t.k * 0");
    assertOnce(left, 3 * IMAGES);
    spark.conf().set("spark.sql.autoBroadcastJoinThreshold", "-1");
    Cost inner =
        sql(
            "SELECT p.id, mobilenet_features(p.image) FROM photos p JOIN three t ON p.id % 1 = t.k"
                + " * 0");
    assertThat(inner.rows()).hasSize(3 * IMAGES);
    assertThat(inner.images()).as("repetitions next to one another").isEqualTo(IMAGES);
  }

  @Tag("slow")
  @Test
  void groupBy() {
    assertOnce(
        sql(
            "SELECT label, avg(mobilenet_features(image)[0]), max(mobilenet_features(image)[1])"
                + " FROM photos GROUP BY label"),
        2);
    assertOnce(
        sql(
            "SELECT mobilenet_features(image), count(*) FROM photos GROUP BY"
                + " mobilenet_features(image) HAVING mobilenet_features(image) IS NOT NULL"),
        IMAGES);
  }

  @Tag("slow")
  @Test
  void subqueries() {
    assertOnce(
        sql(
            "SELECT id FROM photos WHERE id < (SELECT count(mobilenet_features(image)) FROM"
                + " photos)"),
        IMAGES);
    assertOnce(
        sql(
            "SELECT k FROM three WHERE k IN (SELECT size(mobilenet_features(image)) - 768 FROM"
                + " photos)"),
        1);
    assertOnce(
        sql(
            "SELECT id, (SELECT max(k) FROM three) FROM photos WHERE mobilenet_features(image)[0]"
                + " >= (SELECT min(k) FROM three)"),
        IMAGES);
  }

  @Test
  void limit() {
    Cost cost = sql("SELECT id, mobilenet_features(image) FROM photos LIMIT 5");

    assertThat(cost.rows()).hasSize(5);
    assertThat(cost.images()).isEqualTo(5);
    assertThat(cost.runs()).isEqualTo(1);
  }

  @Tag("slow")
  @Test
  void limitOfASortedTable() {
    for (String query :
        List.of(
            "SELECT id, mobilenet_features(image) FROM photos ORDER BY id DESC LIMIT 5",
            "SELECT id, mobilenet_features(image) FROM (SELECT * FROM photos ORDER BY id DESC LIMIT"
                + " 5)")) {
      Cost cost = sql(query);
      assertThat(cost.rows()).extracting(row -> row.getInt(0)).containsExactly(39, 38, 37, 36, 35);
      assertThat(cost.images()).as(query).isEqualTo(5);
    }
    assertOnce(sql("SELECT id FROM photos ORDER BY mobilenet_features(image)[0] LIMIT 5"), 5);
  }

  @Test
  void union() {
    Cost cost =
        sql(
            "SELECT mobilenet_features(image) AS v FROM (SELECT * FROM photos WHERE id < 10 UNION"
                + " ALL SELECT * FROM photos WHERE id >= 10)");
    assertThat(cost.rows()).hasSize(IMAGES);
    assertThat(cost.images()).isEqualTo(IMAGES);
    assertThat(cost.runs()).isLessThanOrEqualTo(RUNS + 2);
  }

  @Test
  void cache() {
    Dataset<Row> cached =
        spark.sql("SELECT id, mobilenet_features(image) AS v FROM photos").cache();
    try {
      assertOnce(cost(cached::collectAsList), IMAGES);
      Cost again =
          sql(
              "SELECT id, v[0] FROM (SELECT id, mobilenet_features(image) AS v FROM photos)"
                  + " WHERE id < 30");
      assertThat(again.rows()).hasSize(30);
      assertThat(again.images()).as("another query finds the cache").isZero();
    } finally {
      cached.unpersist(true);
    }
  }

  @Tag("slow")
  @Test
  void streaming(@TempDir Path streams) throws Exception {
    Dataset<Row> vectors =
        spark
            .readStream()
            .schema(spark.table("photos").schema())
            .parquet(directory.resolve("photos").toString())
            .selectExpr("id", "mobilenet_features(image) AS v", "mobilenet_embed(image).width")
            .where("v IS NOT NULL");
    Path output = streams.resolve("vectors");
    long images = TaskEmbedder.imagesOfThisJvm();
    long runs = TaskEmbedder.runsOfThisJvm();
    StreamingQuery query =
        vectors
            .writeStream()
            .format("parquet")
            .option("checkpointLocation", streams.resolve("checkpoint").toString())
            .trigger(Trigger.AvailableNow())
            .start(output.toString());
    query.awaitTermination();

    assertThat(spark.read().parquet(output.toString()).count()).isEqualTo(IMAGES);
    assertThat(TaskEmbedder.imagesOfThisJvm() - images).isEqualTo(IMAGES);
    assertThat(TaskEmbedder.runsOfThisJvm() - runs).isEqualTo(RUNS);
  }

  @Test
  void unusedVectorsAreNotComputed() {
    Cost cost = sql("SELECT id FROM (SELECT id, mobilenet_features(image) AS v FROM photos)");

    assertThat(cost.rows()).hasSize(IMAGES);
    assertThat(cost.images()).isZero();
  }

  @Tag("slow")
  @Test
  void viewsAndTablesMadeOfQueries() {
    spark.sql(
        String.format(
            Locale.ROOT,
            "CREATE VIEW vectors AS SELECT id, mobilenet_features(image) AS v FROM parquet.`%s`",
            directory.resolve("photos")));
    try {
      assertOnce(sql("SELECT v, v[0] FROM vectors WHERE v IS NOT NULL"), IMAGES);
      assertOnce(sql("CREATE TABLE made USING parquet AS SELECT * FROM vectors"), 0);
      assertThat(spark.table("made").where("size(v) = 768").count()).isEqualTo(IMAGES);
    } finally {
      spark.sql("DROP VIEW vectors");
      spark.sql("DROP TABLE IF EXISTS made");
    }
  }

  @Tag("slow")
  @Test
  void otherClauses() {
    assertOnce(sql("SELECT id FROM photos ORDER BY mobilenet_features(image)[0]"), IMAGES);
    assertOnce(
        sql(
            "SELECT id, rank() OVER (PARTITION BY label ORDER BY mobilenet_features(image)[0])"
                + " FROM photos"),
        IMAGES);
    assertOnce(
        sql("SELECT id, x FROM photos LATERAL VIEW explode(mobilenet_features(image)) AS x"),
        IMAGES * 768);
    assertOnce(sql("SELECT DISTINCT size(mobilenet_features(image)) FROM photos"), 1);
  }
}
