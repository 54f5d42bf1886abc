package io.mobilenetspark.spark.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobilenetspark.spark.TaskEmbedder;
import io.mobilenetspark.testing.Pictures;
import io.mobilenetspark.testing.SparkTestSession;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.api.java.function.VoidFunction2;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.streaming.Trigger;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The stage is a query: what Spark needs of it is computed, and nothing else, and not before. */
class StageQueryTest {

  private static final int PICTURES = 12;
  private static final StructType SCHEMA = StructType.fromDDL("id INT, label DOUBLE, image BINARY");

  @TempDir private static Path models;
  private static String tiny;
  private static Map<Integer, float[]> expected;

  @TempDir private Path directory;
  private final SparkSession spark = SparkTestSession.get();

  @BeforeAll
  static void makeModel() {
    tiny = StageFixtures.tinyCheckpoint(models.resolve("tiny"), 1);
    expected = StageFixtures.vectors(stage().transform(StageFixtures.pictures(PICTURES)));
  }

  private static MobileNetFeaturizer stage() {
    return StageFixtures.stage(tiny);
  }

  private Dataset<Row> pictures(SparkSession session, int from, int to) {
    List<Row> rows = new ArrayList<>();
    for (int i = from; i < to; i++) {
      rows.add(RowFactory.create(i, (double) (i % 2), Pictures.png(i)));
    }
    return session.createDataFrame(rows, SCHEMA);
  }

  private interface Work {
    void run() throws Exception;
  }

  private static long images(Work work) throws Exception {
    long before = TaskEmbedder.imagesOfThisJvm();
    work.run();
    return TaskEmbedder.imagesOfThisJvm() - before;
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void transformStartsNoJobAndQueriesEmbedWhatTheyNeed(boolean isAdaptive) throws Exception {
    SparkSession session = spark.newSession();
    session.conf().set("spark.sql.adaptive.enabled", isAdaptive);
    session.conf().set("spark.sql.autoBroadcastJoinThreshold", -1);
    Dataset<Row> shop =
        session
            .range(PICTURES)
            .select(functions.col("id").cast("int").as("id"), functions.lit("x").as("shop"));
    Dataset<Row> table =
        pictures(session, 0, PICTURES).join(shop, "id").repartition(3, functions.col("label"));
    AtomicInteger jobs = new AtomicInteger();
    SparkListener listener =
        new SparkListener() {
          @Override
          public void onJobStart(SparkListenerJobStart start) {
            jobs.incrementAndGet();
          }
        };
    session.sparkContext().addSparkListener(listener);
    Dataset<Row> out;
    try {
      out = stage().setErrorCol("why").transform(table);
      session.sparkContext().listenerBus().waitUntilEmpty();
      assertThat(jobs).as("jobs of transform").hasValue(0);
    } finally {
      session.sparkContext().removeSparkListener(listener);
    }

    assertThat(images(() -> assertThat(out.select("id").count()).isEqualTo(PICTURES))).isZero();
    assertThat(images(() -> assertThat(out.count()).isEqualTo(PICTURES))).isZero();
    assertThat(images(() -> assertThat(out.filter("id = 1").collectAsList()).hasSize(1)))
        .isEqualTo(1);
    assertThat(images(() -> assertThat(out.limit(2).collectAsList()).hasSize(2)))
        .isBetween(2L, 4L); // each of two partitions its own two, at most
    assertThat(images(() -> StageFixtures.assertSameBits(StageFixtures.vectors(out), expected)))
        .isEqualTo(PICTURES);
    assertThat(images(() -> out.filter("features IS NOT NULL AND id < 3").collectAsList()))
        .isEqualTo(3);
    Dataset<Row> cached = out.cache();
    try {
      assertThat(cached.count()).isEqualTo(PICTURES);
      assertThat(images(() -> StageFixtures.vectors(cached))).as("of a cached frame").isZero();
      assertThat(images(() -> StageFixtures.vectors(stage().setErrorCol("why").transform(table))))
          .as("of an equal one")
          .isZero();
    } finally {
      cached.unpersist();
    }
  }

  @Test
  void droppedRowsAreCountedByTheOperator() {
    List<Row> rows = new ArrayList<>(pictures(spark, 0, 3).collectAsList());
    rows.add(RowFactory.create(7, 0.0, new byte[] {1, 2, 3}));
    rows.add(RowFactory.create(8, 0.0, new byte[0]));
    rows.add(RowFactory.create(9, 0.0, null));
    Dataset<Row> out =
        stage().setMode("DROPMALFORMED").transform(spark.createDataFrame(rows, SCHEMA).coalesce(1));

    assertThat(out.select("id").collectAsList())
        .extracting(row -> row.getInt(0))
        .containsExactly(0, 1, 2, 9);
    Dataset<Row> all = out.select("id", "features");
    all.collectAsList();
    var plan = ((org.apache.spark.sql.classic.Dataset<Row>) all).queryExecution().executedPlan();
    var eval = plan.find(node -> node.nodeName().equals("MobileNetEval")).get();
    assertThat(eval.metrics().apply("unreadable").value()).isEqualTo(2);
    assertThat(eval.metrics().apply("numOutputRows").value()).isEqualTo(6);
    assertThat(out.filter("id > 7").collectAsList()).hasSize(1);
  }

  @Test
  void namesAreComparedAsTheSessionSays() {
    SparkSession session = spark.newSession();
    Dataset<Row> table = pictures(session, 0, 2);
    assertThat(stage().setInputCol("IMAGE").transform(table).count()).isEqualTo(2);
    assertThatThrownBy(() -> stage().setOutputCol("LABEL").transform(table))
        .hasMessageContaining("Column 'LABEL', which outputCol names, exists already");

    session.conf().set("spark.sql.caseSensitive", "true");
    assertThatThrownBy(() -> stage().setInputCol("IMAGE").transform(table))
        .hasMessageContaining("There is no column 'IMAGE'");
    assertThat(stage().setOutputCol("LABEL").transform(table).columns())
        .containsExactly("id", "label", "image", "LABEL");
    Dataset<Row> twice = table.select("id", "image", "image");
    assertThatThrownBy(() -> stage().transform(twice)).hasMessageContaining("is ambiguous");
    assertThat(stage().transform(table.select("id", "id", "image")).count()).isEqualTo(2);
  }

  @Test
  void sparksGuardOfWhatIsReadHolds() {
    pictures(spark, 0, 2).write().saveAsTable("read_and_written");
    try {
      Dataset<Row> out = stage().transform(spark.table("read_and_written"));

      assertThatThrownBy(() -> out.write().mode(SaveMode.Overwrite).saveAsTable("read_and_written"))
          .isInstanceOf(AnalysisException.class)
          .hasMessageContaining("UNSUPPORTED_OVERWRITE");
      assertThat(spark.table("read_and_written").count()).isEqualTo(2);
    } finally {
      spark.sql("DROP TABLE read_and_written");
    }
  }

  /** In one session, started in another one's wake: Spark clones the session of a stream. */
  @Test
  void streamsAndTheirRestart() throws Exception {
    SparkSession session = spark.newSession();
    String input = directory.resolve("input").toString();
    String output = directory.resolve("output").toString();
    pictures(session, 0, 5).repartition(2).write().parquet(input);
    Dataset<Row> stream = session.readStream().schema(SCHEMA).parquet(input);
    Dataset<Row> out = stage().setMode("DROPMALFORMED").transform(stream);
    assertThat(out.isStreaming()).isTrue();

    assertThat(images(() -> run(out, output))).isEqualTo(5);
    pictures(session, 5, PICTURES)
        .union(
            session.createDataFrame(
                List.of(RowFactory.create(99, 0.0, new byte[] {1, 2, 3})), SCHEMA))
        .write()
        .mode(SaveMode.Append)
        .parquet(input);
    assertThat(images(() -> run(out, output)))
        .as("from the checkpoint: the new files alone")
        .isEqualTo(PICTURES - 5 + 1);
    assertThat(images(() -> run(out, output))).isZero();
    StageFixtures.assertSameBits(StageFixtures.vectors(session.read().parquet(output)), expected);
  }

  private void run(Dataset<Row> out, String output) throws Exception {
    StreamingQuery query =
        out.writeStream()
            .format("parquet")
            .option("checkpointLocation", directory.resolve("checkpoint").toString())
            .trigger(Trigger.AvailableNow())
            .start(output);
    query.awaitTermination();
  }

  @Test
  void streamsOfFilesAndTheirPaths() throws Exception {
    SparkSession session = spark.newSession();
    Path photos = Files.createDirectories(directory.resolve("photos"));
    for (int i = 0; i < 4; i++) {
      Files.write(photos.resolve(i + ".png"), Pictures.png(i));
    }
    Dataset<Row> files =
        session
            .readStream()
            .format("binaryFile")
            .schema(session.read().format("binaryFile").load(photos.toString()).schema())
            .load(photos.toString())
            .withColumn(
                "id", functions.regexp_extract(functions.col("path"), "(\\d+).png", 1).cast("int"));
    for (String column : List.of("content", "path")) {
      String output = directory.resolve("of-" + column).toString();
      StreamingQuery query =
          stage()
              .setInputCol(column)
              .transform(files)
              .select("id", "features")
              .writeStream()
              .format("parquet")
              .option("checkpointLocation", directory.resolve("checkpoint-" + column).toString())
              .trigger(Trigger.AvailableNow())
              .start(output);
      query.awaitTermination();
      Map<Integer, float[]> vectors = StageFixtures.vectors(session.read().parquet(output));
      assertThat(vectors).as(column).hasSize(4);
      StageFixtures.assertSameBits(vectors, StageFixtures.firstOf(expected, 4));
    }
  }

  @Test
  void foreachBatch() throws Exception {
    SparkSession session = spark.newSession();
    String input = directory.resolve("input").toString();
    String output = directory.resolve("output").toString();
    pictures(session, 0, PICTURES).write().parquet(input);
    MobileNetFeaturizer stage = stage();
    VoidFunction2<Dataset<Row>, Long> embed =
        (batch, id) -> stage.transform(batch).write().mode(SaveMode.Append).parquet(output);
    StreamingQuery query =
        session
            .readStream()
            .schema(SCHEMA)
            .parquet(input)
            .writeStream()
            .foreachBatch(embed)
            .trigger(Trigger.AvailableNow())
            .start();
    query.awaitTermination();

    StageFixtures.assertSameBits(StageFixtures.vectors(session.read().parquet(output)), expected);
  }
}
