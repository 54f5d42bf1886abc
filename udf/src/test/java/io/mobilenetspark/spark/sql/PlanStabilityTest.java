package io.mobilenetspark.spark.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.spark.TaskEmbedder;
import io.mobilenetspark.testing.Pictures;
import io.mobilenetspark.testing.SparkTestSession;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.classic.Dataset$;
import org.apache.spark.sql.execution.QueryExecution;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What Spark does with plans, it can do with ours: compare, reuse, cache, copy, send. */
class PlanStabilityTest {

  private static final int IMAGES = 12;
  private static final String GROUPS =
      "(SELECT id % 3 AS g, max(mobilenet_features(image)[0]) AS m FROM pictures GROUP BY id % 3)";

  @TempDir private static Path directory;

  private SparkSession spark;

  @BeforeAll
  static void makeTable() {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < IMAGES; i++) {
      rows.add(RowFactory.create(i, Pictures.png(i)));
    }
    SparkTestSession.get()
        .createDataFrame(rows, StructType.fromDDL("id INT, image BINARY"))
        .repartition(2)
        .write()
        .parquet(directory.resolve("pictures").toString());
  }

  @BeforeEach
  void makeSession() {
    spark = session();
  }

  private static SparkSession session() {
    SparkSession session = SparkTestSession.get().newSession();
    session
        .read()
        .parquet(directory.resolve("pictures").toString())
        .createOrReplaceTempView("pictures");
    session.conf().set("spark.mobilenet.model", "builtin");
    session.conf().set("spark.mobilenet.imageSize", "32");
    return session;
  }

  private static QueryExecution execution(Dataset<Row> frame) {
    return ((org.apache.spark.sql.classic.Dataset<Row>) frame).queryExecution();
  }

  private static Dataset<Row> frame(SparkSession session, LogicalPlan plan) {
    return Dataset$.MODULE$.ofRows((org.apache.spark.sql.classic.SparkSession) session, plan);
  }

  private static long images(Dataset<Row> frame) {
    long before = TaskEmbedder.imagesOfThisJvm();
    frame.collectAsList();
    return TaskEmbedder.imagesOfThisJvm() - before;
  }

  @ParameterizedTest
  @ValueSource(strings = {"true", "false"})
  void equalExchangesRunOnce(String adaptive) {
    spark.conf().set("spark.sql.adaptive.enabled", adaptive);
    spark.conf().set("spark.sql.autoBroadcastJoinThreshold", "-1");
    Dataset<Row> joined =
        spark.sql(
            String.format(
                Locale.ROOT,
                "SELECT a.g, a.m, b.m FROM %s a JOIN %s b ON a.g = b.g",
                GROUPS,
                GROUPS));

    assertThat(images(joined)).isEqualTo(IMAGES);
    assertThat(execution(joined).executedPlan().toString()).contains("ReusedExchange");
  }

  @ParameterizedTest
  @ValueSource(strings = {"true", "false"})
  void equalSubqueriesRunOnce(String adaptive) {
    spark.conf().set("spark.sql.adaptive.enabled", adaptive);
    String best = "(SELECT max(mobilenet_features(image)[0]) FROM pictures)";
    Dataset<Row> twice =
        spark.sql(
            String.format(
                Locale.ROOT, "SELECT id + %s, id FROM pictures WHERE id < 1 + %s", best, best));

    assertThat(images(twice)).isEqualTo(IMAGES);
    assertThat(execution(twice).executedPlan().toString()).contains("ReusedSubquery");
  }

  @Test
  void equalQueriesHaveEqualPlans() {
    String query =
        "SELECT id, mobilenet_features(image)[0], if(id > 1, mobilenet_embed(image).status, '') FROM"
            + " pictures WHERE mobilenet_features(image) IS NOT NULL";
    Dataset<Row> one = spark.sql(query);
    Dataset<Row> same = spark.sql(query);
    spark.conf().set("spark.mobilenet.resize", "area");
    Dataset<Row> other = spark.sql(query);

    assertThat(one.sameSemantics(same)).isTrue();
    assertThat(one.semanticHash()).isEqualTo(same.semanticHash());
    assertThat(sameOptimized(one, same)).isTrue();
    assertThat(sameExecuted(one, same)).isTrue();
    assertThat(one.sameSemantics(other)).isFalse();
    assertThat(sameOptimized(one, other)).isFalse();
    assertThat(sameExecuted(one, other)).isFalse();
  }

  private static boolean sameOptimized(Dataset<Row> one, Dataset<Row> other) {
    return execution(one).optimizedPlan().sameResult(execution(other).optimizedPlan());
  }

  private static boolean sameExecuted(Dataset<Row> one, Dataset<Row> other) {
    return execution(one).sparkPlan().sameResult(execution(other).sparkPlan());
  }

  @Test
  void aCacheIsFoundByTheSameQueryAndByNoOther() {
    String query = "SELECT id, mobilenet_features(image) AS v FROM pictures";
    Dataset<Row> cached = spark.sql(query).cache();
    try {
      assertThat(images(cached)).isEqualTo(IMAGES);
      assertThat(images(spark.sql(query).filter("v[0] > 0"))).isZero();
      assertThat(images(spark.sql(String.format(Locale.ROOT, "SELECT max(v[1]) FROM (%s)", query))))
          .isZero();
      spark.conf().set("spark.mobilenet.resize", "area");
      assertThat(images(spark.sql(query))).as("another setting").isEqualTo(IMAGES);
      assertThat(images(session().sql(query))).as("another session").isZero();
    } finally {
      cached.unpersist(true);
    }
  }

  @Test
  void selfJoinsTellTheirSidesApart() {
    Dataset<Row> vectors = spark.sql("SELECT id, mobilenet_features(image) AS v FROM pictures");
    Dataset<Row> joined =
        vectors
            .as("a")
            .join(vectors.as("b"), org.apache.spark.sql.functions.expr("a.id = b.id + 1"));

    List<Row> expected = vectors.orderBy("id").collectAsList();
    for (Row row : joined.collectAsList()) {
      assertThat(row.getList(1)).isEqualTo(expected.get(row.getInt(0)).getList(1));
      assertThat(row.getList(3)).isEqualTo(expected.get(row.getInt(2)).getList(1));
    }
  }

  @Test
  void plansCanBeCopiedAndSent() throws Exception {
    Dataset<Row> frame =
        spark.sql(
            "SELECT id, mobilenet_features(image, 'builtin') AS v, if(id > 3,"
                + " mobilenet_embed(image), NULL) AS e FROM (SELECT 1 AS id, X'00' AS image)");
    LogicalPlan analyzed = execution(frame).analyzed();
    LogicalPlan optimized = execution(frame).optimizedPlan();

    assertThat(analyzed.clone()).isEqualTo(analyzed);
    assertThat(optimized.clone()).isEqualTo(optimized);
    assertThat(optimized.toString()).contains("MobileNetEval");
    assertThat(execution(frame).sparkPlan().clone()).isEqualTo(execution(frame).sparkPlan());
    LogicalPlan sent = sent(analyzed);
    assertThat(sent).isEqualTo(analyzed);
    assertThat(sent(optimized)).isEqualTo(optimized);
    assertThat(frame(spark, sent).collectAsList()).isEqualTo(frame.collectAsList());
    assertThat(optimized.toJSON()).contains("MobileNetEval");
  }

  private static LogicalPlan sent(LogicalPlan plan) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(plan);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return (LogicalPlan) in.readObject();
    }
  }

  @Test
  void aPlanKeepsItsSettingsInAnotherSession() {
    Dataset<Row> frame = spark.sql("SELECT id, mobilenet_features(image) AS v FROM pictures");
    SparkSession other = session();
    other.conf().set("spark.mobilenet.resize", "area");
    other.conf().set("spark.mobilenet.imageSize", "64");

    assertThat(frame(other, execution(frame).analyzed()).orderBy("id").collectAsList())
        .isEqualTo(frame.orderBy("id").collectAsList());
  }

  /** Two threads in each of four sessions, each session with a model and settings of its own. */
  @Tag("slow")
  @Test
  void queriesAtTheSameTimeHaveTheirOwnModelsAndSettings() throws Exception {
    List<String> settings =
        List.of(
            "imageSize=32",
            "imageSize=64",
            "resize=area",
            "outputKey=MobilenetV1/Conv2d_5_pointwise");
    String query =
        "SELECT id, mobilenet_features(image) AS v FROM pictures WHERE mobilenet_embed(image).status"
            + " = 'OK' ORDER BY id";
    List<SparkSession> sessions = new ArrayList<>();
    List<List<Row>> expected = new ArrayList<>();
    for (String setting : settings) {
      SparkSession session = session();
      session.sql("SET spark.mobilenet." + setting);
      sessions.add(session);
      expected.add(session.sql(query).collectAsList());
    }
    assertThat(expected).doesNotHaveDuplicates().allMatch(rows -> rows.size() == IMAGES);

    List<Callable<List<List<Row>>>> work = new ArrayList<>();
    for (int thread = 0; thread < 2 * sessions.size(); thread++) {
      SparkSession session = sessions.get(thread % sessions.size());
      work.add(
          () -> {
            List<List<Row>> results = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
              results.add(session.sql(query).collectAsList());
            }
            return results;
          });
    }
    ExecutorService threads = Executors.newFixedThreadPool(work.size());
    try {
      List<Future<List<List<Row>>>> futures = threads.invokeAll(work);
      for (int thread = 0; thread < futures.size(); thread++) {
        assertThat(futures.get(thread).get())
            .hasSize(3)
            .containsOnly(expected.get(thread % expected.size()));
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
