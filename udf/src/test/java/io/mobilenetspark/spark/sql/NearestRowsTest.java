package io.mobilenetspark.spark.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobilenetspark.spark.FeatureMetadata;
import io.mobilenetspark.testing.Cases;
import io.mobilenetspark.testing.Colours;
import io.mobilenetspark.testing.SparkTestSession;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.MetadataBuilder;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code mobilenet_nearest}, held to the query that one would write without it. */
class NearestRowsTest {

  private static final StructType VECTORS = StructType.fromDDL("id INT, features ARRAY<FLOAT>");

  @TempDir private Path directory;
  private SparkSession spark;

  @BeforeEach
  void register() {
    spark = MobileNetExtensions.register(SparkTestSession.get().newSession());
    spark.conf().set("spark.mobilenet.model", "builtin");
    spark.conf().set("spark.mobilenet.imageSize", "32");
  }

  private List<Row> sql(String query) {
    return spark.sql(query).collectAsList();
  }

  private static Row row(int id, Float... values) {
    return RowFactory.create(id, values);
  }

  /** A few numbers, so that many are equal, and each kind that has no direction. */
  private void randomVectors(Random random, int rows) {
    List<Row> all = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      all.add(row(i, random.ints(4, -2, 3).mapToObj(v -> (float) v).toArray(Float[]::new)));
    }
    all.add(RowFactory.create(rows, null));
    all.add(row(rows + 1, 0f, 0f, 0f, 0f));
    all.add(RowFactory.create(rows + 2, Arrays.asList(1f, null, 0f, 0f).toArray()));
    all.add(row(rows + 3, Float.NaN, 1f, 0f, 0f));
    all.add(row(rows + 4, Float.POSITIVE_INFINITY, 1f, 0f, 0f));
    spark.createDataFrame(all, VECTORS).repartition(3).createOrReplaceTempView("vectors");
  }

  @Test
  void asTheOracleSays() {
    long first = Cases.seed(NearestRowsTest.class);
    for (long seed = first; seed < first + Cases.count(2, 50); seed++) {
      Random random = new Random(seed);
      randomVectors(random, 40);
      String query =
          IntStream.range(0, 4)
              .mapToObj(i -> "FLOAT(" + (random.nextInt(9) - 4.5) + ")")
              .collect(Collectors.joining(", ", "array(", ")"));
      int k = 1 + random.nextInt(50);
      List<Row> found = sql("SELECT * FROM mobilenet_nearest('vectors', " + query + ", " + k + ")");
      assertThat(found.stream().map(row -> row.getFloat(2)))
          .as("seed %d, query %s, k %d", seed, query, k)
          .isEqualTo(
              sql(
                      "SELECT s FROM (SELECT id, mobilenet_cosine_similarity(features, "
                          + query
                          + ") AS s FROM vectors WHERE id < 40) WHERE s IS NOT NULL ORDER BY s DESC"
                          + " LIMIT "
                          + k)
                  .stream()
                  .map(row -> row.getFloat(0))
                  .toList());
      assertThat(found.stream().map(row -> row.getInt(0)).distinct()).hasSameSizeAs(found);
      for (Row row : found) {
        assertThat(
                sql("SELECT mobilenet_cosine_similarity(features, "
                        + query
                        + ") FROM vectors WHERE id = "
                        + row.getInt(0))
                    .get(0)
                    .getFloat(0))
            .isEqualTo(row.getFloat(2));
      }
    }
  }

  /** A view with the metadata that embed's tables have: another one, {@code told}. */
  private void tell(String view, String dimension) {
    Metadata metadata =
        new MetadataBuilder().putString(FeatureMetadata.PREFIX + "dimension", dimension).build();
    spark
        .table(view)
        .withColumn("features", functions.col("features").as("features", metadata))
        .createOrReplaceTempView("told");
  }

  @Test
  void aRowOfAnotherDimensionIsLeftOut() {
    spark
        .createDataFrame(
            List.of(
                row(1, 1f, 0f, 0f, 0f), row(2, 1f, 2f), row(3, 1f, 1f, 0f, 0f), row(4), row(5, 1f)),
            VECTORS)
        .createOrReplaceTempView("odd");
    String query = "array(1f, 0f, 0f, 0f)";
    for (String made : List.of("four", "-1", "")) {
      tell("odd", made);
      assertThatThrownBy(() -> sql("SELECT id FROM mobilenet_nearest('told', " + query + ", 9)"))
          .hasStackTraceContaining("Only vectors of one model can be compared");
    }
    tell("odd", "4");
    for (String same : List.of(query, "(SELECT features FROM odd WHERE id = 1)")) {
      assertThat(sql("SELECT id FROM mobilenet_nearest('told', " + same + ", 9)"))
          .containsExactly(RowFactory.create(1), RowFactory.create(3));
    }
  }

  /** Whatever its values are: the rows of the oracle, or an error, and which is told beforehand. */
  @Test
  void anyQueryHasItsRowsOrAnError() {
    Random random = new Random(Cases.seed(NearestRowsTest.class));
    randomVectors(random, 10);
    tell("vectors", "4");
    List<String> values = List.of("0f", "-0f", "1f", "FLOAT('NaN')", "FLOAT('-inf')", "NULL");
    for (int i = 0; i < Cases.count(6, 200); i++) {
      List<String> chosen =
          random
              .ints(3 + random.nextInt(6) / 5, 0, random.nextBoolean() ? values.size() : 3)
              .mapToObj(values::get)
              .collect(Collectors.toCollection(ArrayList::new));
      chosen.add("FLOAT(" + random.nextInt(2) + ")");
      String array = "CAST(array(" + String.join(", ", chosen) + ") AS ARRAY<FLOAT>)";
      String query =
          random.nextBoolean() ? array : "(SELECT " + array + " FROM range(1) WHERE rand() < 2)";
      String call = "SELECT * FROM mobilenet_nearest('told', " + query + ", 99)";
      String cause =
          chosen.size() != 4
              ? "the query has " + chosen.size() + " values, and the vectors of told have 4"
              : chosen.stream().anyMatch(value -> value.matches("NULL|.*'.*"))
                  ? "of the query is "
                  : chosen.stream().noneMatch(value -> value.contains("1"))
                      ? "the query is a vector of zeros"
                      : "";
      if (cause.isEmpty()) {
        List<Row> found = sql(call);
        assertThat(found)
            .as(call)
            .extracting(row -> RowFactory.create(row.getInt(0), row.getFloat(2)))
            .containsExactlyInAnyOrderElementsOf(
                sql(
                    "SELECT id, s FROM (SELECT id, mobilenet_cosine_similarity(features, "
                        + array
                        + ") AS s FROM vectors WHERE id < 10) WHERE s IS NOT NULL"));
        assertThat(found)
            .as(call)
            .extracting(row -> row.getFloat(2))
            .isSortedAccordingTo(Comparator.reverseOrder());
      } else {
        assertThatThrownBy(() -> sql(call)).as(call).hasStackTraceContaining(cause);
      }
    }
  }

  private LogicalPlan optimized(String query) {
    return spark.sql(query).queryExecution().optimizedPlan();
  }

  /** Spark's optimizer looks at a constant, before anything is read, and leaves one in the plan. */
  @Test
  void aConstantIsNoQueryOfItsOwn() {
    randomVectors(new Random(1), 5);
    tell("vectors", "4");
    assertThat(
            optimized("SELECT * FROM mobilenet_nearest('told', array(1f, 0f, 0f, 0f), 2)")
                .toString())
        .contains("[1.0,0.0,0.0,0.0]")
        .doesNotContain("scalar-subquery", "checked");
    assertThatThrownBy(() -> optimized("SELECT * FROM mobilenet_nearest('told', array(1f), 2)"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "mobilenet_nearest: the query has 1 value, and the vectors of told have 4. Only"
                + " vectors of one model can be compared.");
    assertThat(sql("SELECT * FROM mobilenet_nearest('told', CAST(NULL AS ARRAY<FLOAT>), 2)"))
        .isEmpty();
  }

  /** Some constants have no value until the optimizer has put one in their place. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "current_database() = 'default'",
        "current_catalog() = 'spark_catalog'",
        "current_user() IS NOT NULL",
        "now() > TIMESTAMP '2020-01-01'",
        "current_date() > DATE '2020-01-01'",
        "length(current_timezone()) > 0",
      })
  void aConstantOfTheSession(String isTrue) {
    randomVectors(new Random(1), 5);
    tell("vectors", "4");
    String one = "array(1f, 0f, 0f, 1f)";
    String other = "array(0f, 1f, 0f, 0f)";
    String call = "SELECT * FROM mobilenet_nearest('told', %s, 9)";
    String chosen = "if(" + isTrue + ", " + one + ", " + other + ")";
    String wrong = "if(" + isTrue + ", array(1f), " + other + ")";
    assertThat(sql(String.format(Locale.ROOT, call, chosen)))
        .extracting(row -> row.getFloat(2))
        .isNotEmpty()
        .isEqualTo(
            sql(String.format(Locale.ROOT, call, one)).stream()
                .map(row -> row.getFloat(2))
                .toList());
    assertThatThrownBy(() -> optimized(String.format(Locale.ROOT, call, wrong)))
        .hasStackTraceContaining("the query has 1 value, and the vectors of told have 4");
  }

  private void photos() {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      rows.add(RowFactory.create(i, Colours.png(i % 3, i)));
    }
    rows.add(RowFactory.create(12, Arrays.copyOf(Colours.png(0, 0), 60)));
    rows.add(RowFactory.create(13, null));
    spark
        .createDataFrame(rows, StructType.fromDDL("id INT, image BINARY"))
        .createOrReplaceTempView("photos");
    spark
        .sql("SELECT id, mobilenet_features(image) AS features FROM photos")
        .write()
        .parquet(directory.resolve("vectors").toString());
  }

  private String nearest(String query, int k) {
    return String.format(
        Locale.ROOT,
        "mobilenet_nearest('parquet.`%s`', %s, %d)",
        directory.resolve("vectors"),
        query,
        k);
  }

  @Test
  void aQueryMayBeAnImageOrTheVectorOfARow() {
    photos();
    for (int id : List.of(0, 7)) {
      List<Row> byImage =
          sql("SELECT * FROM " + nearest("(SELECT image FROM photos WHERE id = " + id + ")", 3));
      assertThat(byImage).hasSize(3);
      assertThat(byImage.get(0).getInt(0)).isEqualTo(id);
      assertThat(byImage.get(0).getFloat(2)).isEqualTo(1);
      String vector =
          String.format(
              Locale.ROOT,
              "(SELECT FEATURES FROM parquet.`%s` WHERE id = %d)",
              directory.resolve("vectors"),
              id);
      assertThat(sql("SELECT * FROM " + nearest(vector, 3))).isEqualTo(byImage);
    }
    assertThat(sql("SELECT * FROM " + nearest("(SELECT image FROM photos WHERE id = 13)", 3)))
        .as("of no image")
        .isEmpty();
    assertThat(sql("SELECT * FROM " + nearest("(SELECT image FROM photos WHERE id = 1)", 100)))
        .as("those that have a vector")
        .hasSize(12);
  }

  @Test
  void anImageThatCanNotBeComparedIsAnError() {
    photos();
    assertThatThrownBy(
            () -> sql("SELECT * FROM " + nearest("(SELECT image FROM photos WHERE id = 12)", 3)))
        .hasStackTraceContaining("can't be read");
    spark.conf().set("spark.mobilenet.resize", "area");
    assertThatThrownBy(
            () -> sql("SELECT * FROM " + nearest("(SELECT image FROM photos WHERE id = 1)", 3)))
        .hasMessageContaining("which are of another kind: mobilenet.resize is bilinear, not area.");
  }

  @Test
  void itIsATableLikeOthers() {
    photos();
    spark.sql(
        "CREATE OR REPLACE TEMPORARY VIEW near AS SELECT id, similarity FROM "
            + nearest("(SELECT image FROM photos WHERE id = 2)", 4));
    assertThat(sql("SELECT count(*) FROM near JOIN photos USING (id) WHERE similarity > 0"))
        .containsExactly(RowFactory.create(4L));
    assertThat(sql("DESCRIBE FUNCTION EXTENDED mobilenet_nearest").toString())
        .contains("the most similar first", "a literal INT");
  }

  /** As the tables that its text names. */
  @Test
  void inAViewATableIsOfItsDatabase() {
    spark.sql("CREATE DATABASE near");
    try {
      spark.sql(
          "CREATE TABLE near.stored USING parquet AS SELECT 1 AS id, array(1f, 0f) AS features");
      spark.sql("USE near");
      spark.sql(
          "CREATE VIEW nearest AS SELECT id FROM mobilenet_nearest('stored', array(1f, 1f), 1)");
      spark.sql("USE default");
      assertThat(sql("SELECT * FROM near.nearest")).containsExactly(RowFactory.create(1));
    } finally {
      spark.sql("DROP DATABASE near CASCADE");
    }
  }

  @Test
  void aQueryIsOneForAllRows() {
    randomVectors(new Random(1), 5);
    assertThatThrownBy(
            () ->
                sql("SELECT * FROM vectors v, LATERAL mobilenet_nearest('vectors', v.features, 1)"))
        .hasMessageContaining("the query must not depend on the row of another table")
        .hasMessageContaining("the command similar");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'vectors', array(1f, 0f, 0f, 0f) | WRONG_NUM_ARGS",
        "CAST(rand() AS STRING), array(1f), 1 | names the table and must be a literal STRING",
        "'vectors', array(1f, 0f, 0f, 0f), 0 | must be a literal INT of at least 1, not 0",
        "'vectors', array(1f, 0f, 0f, 0f), '3' | must be a literal INT",
        "'vectors', 'red', 3 | the query must be a vector, ARRAY<FLOAT>, or an image, BINARY",
        "'vectors', array(1d, 0d, 0d, 0d), 3 | ARRAY<FLOAT>",
        "'vectors', array(1f, 0f), 3 | the vectors have 4 and 2 elements",
        "'vectors', array(1f, FLOAT('NaN'), 0f, 0f), 3 | value 2 of the query is NaN, so that no",
        "'vectors', array(1f, 0f, FLOAT('-inf'), 0f), 3 | value 3 of the query is -Infinity",
        "'vectors', array(NULL, 1f, 0f, 0f), 3 | value 1 of the query is NULL",
        "'vectors', array(0f, -0f, 0f, 0f), 3 | the query is a vector of zeros, which has no",
        "'vectors', CAST(array() AS ARRAY<FLOAT>), 3 | the query is a vector of zeros",
        "'vectors', (SELECT features FROM vectors WHERE id = 8), 3 | value 1 of the query is NaN",
        "'nowhere', array(1f), 3 | TABLE_OR_VIEW_NOT_FOUND",
        "'numbers', array(1f), 3 | numbers has no column features of the type ARRAY<FLOAT>",
        "'asked', array(1f), 3 | asked has a column similarity already",
      })
  void callsThatCantBeMade(String arguments, String message) {
    randomVectors(new Random(1), 5);
    spark.range(3).toDF("features").createOrReplaceTempView("numbers");
    spark.sql("SELECT *, 1f AS Similarity FROM vectors").createOrReplaceTempView("asked");
    assertThatThrownBy(() -> sql("SELECT * FROM mobilenet_nearest(" + arguments + ")"))
        .hasStackTraceContaining(message);
  }
}
