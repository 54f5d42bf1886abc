package io.mobilenetspark.spark.sql;

import static java.util.Objects.requireNonNull;
import static org.apache.spark.sql.functions.expr;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobilenetspark.spark.TaskEmbedder;
import io.mobilenetspark.testing.OneIn;
import io.mobilenetspark.testing.Pictures;
import io.mobilenetspark.testing.SparkTestSession;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Queries that once failed, or gave something else than they should. */
class QueryRegressionsTest {

  /** Rows; one of them has no image that can be read. */
  private static final int ROWS = 8;

  private static final int UNREADABLE = 3;

  private SparkSession spark;
  private Map<Integer, List<Float>> vectors;

  @BeforeEach
  void makeTable() {
    spark = SparkTestSession.get().newSession();
    spark.conf().set("spark.mobilenet.model", "builtin");
    spark.conf().set("spark.mobilenet.imageSize", "32");
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      rows.add(
          RowFactory.create(
              i,
              "name" + i / 2,
              i == UNREADABLE ? new byte[] {1} : Pictures.png(i),
              i < 6 ? List.of((float) i) : null,
              Arrays.asList(1, 2).subList(0, i == UNREADABLE ? 0 : 2)));
    }
    spark
        .createDataFrame(
            rows,
            StructType.fromDDL(
                "id INT, name STRING, content BINARY, old ARRAY<FLOAT>, numbers ARRAY<INT>"))
        .createOrReplaceTempView("photos");
    vectors = new TreeMap<>();
    for (Row row : sql("SELECT id, mobilenet_features(content) FROM photos")) {
      vectors.put(row.getInt(0), row.isNullAt(1) ? null : row.getList(1));
    }
  }

  private List<Row> sql(String query) {
    return spark.sql(query).collectAsList();
  }

  private long images(String query) {
    long before = TaskEmbedder.imagesOfThisJvm();
    sql(query);
    return TaskEmbedder.imagesOfThisJvm() - before;
  }

  @Test
  void deduplicateThenEmbed() {
    Dataset<Row> table =
        spark
            .table("photos")
            .dropDuplicates("name")
            .withColumn("f", expr("mobilenet_features(content)"));

    assertThat(table.collectAsList())
        .hasSize(ROWS / 2)
        .allSatisfy(
            row ->
                assertThat(row.<Object>getAs("f") == null ? null : row.getList(row.fieldIndex("f")))
                    .isEqualTo(vectors.get(row.getInt(row.fieldIndex("id")))));
    assertThat(sql("SELECT mobilenet_features(content) FROM (SELECT DISTINCT content FROM photos)"))
        .hasSize(ROWS);
  }

  @Test
  void embedTheNewestImageOfEachProduct() {
    List<Row> rows =
        sql("SELECT max(id), mobilenet_features(max_by(content, id)) FROM photos GROUP BY name");

    assertThat(rows).hasSize(ROWS / 2);
    for (Row row : rows) {
      assertThat(row.isNullAt(1) ? null : row.getList(1)).isEqualTo(vectors.get(row.getInt(0)));
    }
  }

  @Test
  void statusOfEachImageOfAGroup() {
    assertThat(sql("SELECT mobilenet_embed(content).status, count(*) FROM photos GROUP BY content"))
        .hasSize(ROWS)
        .contains(RowFactory.create("UNSUPPORTED_FORMAT", 1L), RowFactory.create("OK", 1L));
  }

  @Test
  void conditionOnALambdasVariable() {
    float second = requireNonNull(vectors.get(0)).get(1);

    assertThat(
            sql("SELECT transform(array(1, 2), x -> if(x > 1, mobilenet_features(content)[1],"
                    + " -1f)), filter(array(1, 2), x -> if(x > 1, mobilenet_features(content)[1]"
                    + " IS NOT NULL, false)), aggregate(array(1, 2), 0f, (a, x) -> if(x > 1,"
                    + " mobilenet_features(content)[1], a)) FROM photos WHERE id = 0")
                .get(0))
        .satisfies(
            row -> {
              assertThat(row.getList(0)).isEqualTo(List.of(-1f, second));
              assertThat(row.getList(1)).isEqualTo(List.of(2));
              assertThat(row.getFloat(2)).isEqualTo(second);
            });
  }

  @Test
  void conditionOnAnAggregate() {
    assertThat(
            sql(
                "SELECT CASE WHEN count(*) > 1 THEN max(mobilenet_features(content)[1]) END FROM"
                    + " photos WHERE id < 2"))
        .containsExactly(
            RowFactory.create(
                Math.max(
                    requireNonNull(vectors.get(0)).get(1), requireNonNull(vectors.get(1)).get(1))));
  }

  @Test
  void conditionOnBothSidesOfAJoin() {
    assertThat(
            sql(
                "SELECT a.id, b.id FROM photos a JOIN photos b ON CASE WHEN a.id > b.id THEN"
                    + " mobilenet_features(a.content)[0] IS NULL ELSE"
                    + " mobilenet_features(b.content)[0] IS NULL END WHERE a.id < 5 AND b.id < 5"))
        .hasSize(2 * UNREADABLE + 1);
  }

  @Test
  void twoModelsInOneTable() {
    spark.sql("DROP TABLE IF EXISTS two_models");
    spark.table("photos").write().saveAsTable("two_models_photos");
    try {
      sql(
          "CREATE TABLE two_models USING parquet AS SELECT mobilenet_features(content),"
              + " mobilenet_features(content, 'builtin'), mobilenet_embed(content, 'builtin')"
              + " FROM two_models_photos");
      assertThat(spark.table("two_models").columns())
          .containsExactly(
              "mobilenet_features(content)",
              "mobilenet_features(content, builtin)",
              "mobilenet_embed(content, builtin)");
    } finally {
      spark.sql("DROP TABLE IF EXISTS two_models");
      spark.sql("DROP TABLE two_models_photos");
    }
  }

  @Test
  void rowsThatNeedNoVectorGetNone() {
    assertThat(
            images(
                "SELECT id, mobilenet_features(content) FROM photos ORDER BY id LIMIT 1 OFFSET 1"))
        .isEqualTo(1);
    assertThat(images("SELECT coalesce(old, mobilenet_features(content)) FROM photos"))
        .isEqualTo(2);
  }

  /** A struct's type holds its columns' metadata, which a call does not have and a column has. */
  @Test
  void aStructOfAVector() {
    assertThat(sql("SELECT named_struct('v', mobilenet_features(content), 'id', id) FROM photos"))
        .hasSize(ROWS);
  }

  /** None of these reads the image that can't be read. */
  @OneIn(4)
  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT CASE WHEN id <> 3 THEN mobilenet_features(content) END FROM photos",
        "SELECT if(id = 3, 0, mobilenet_features(content)[0]), if(id < 3, mobilenet_features(content)[1], 0) FROM photos",
        "SELECT coalesce(old, mobilenet_features(content)) FROM photos",
        "SELECT transform(numbers, x -> mobilenet_features(content)[x]) FROM photos",
        "SELECT id = 3 OR mobilenet_features(content)[0] > 0 FROM photos",
        "SELECT id FROM photos WHERE mobilenet_features(content)[0] > 0 AND id <> 3",
        "SELECT id FROM photos WHERE mobilenet_features(if(id = 3, NULL, content)) IS NOT NULL AND mobilenet_features(content)[1] >= 0",
        "SELECT max(mobilenet_features(content)[0]) FILTER (WHERE id <> 3) FROM photos",
        "SELECT CASE WHEN id NOT IN (SELECT id FROM photos WHERE id = 3) THEN mobilenet_features(content) END FROM photos",
        "SELECT a.id FROM photos a LEFT JOIN photos b ON a.id = b.id AND b.id <> 3 AND mobilenet_features(a.content)[0] > 0",
        "SELECT mobilenet_features(a.content) FROM photos a JOIN photos b ON a.id = b.id WHERE b.name <> 'name1'",
        "SELECT mobilenet_features(content) FROM photos ORDER BY id LIMIT 3",
        "SELECT CASE WHEN id <> 3 THEN mobilenet_features(content)[0] END FROM photos WHERE id = 3 OR mobilenet_features(content)[1] >= 0"
      })
  void failfastFailsOnWhatIsReadOnly(String query) {
    List<Row> permissive = sql(query);
    spark.conf().set("spark.mobilenet.mode", "FAILFAST");

    assertThat(sql(query)).containsExactlyInAnyOrderElementsOf(permissive);
    assertThatThrownBy(() -> sql("SELECT mobilenet_features(content) FROM photos"))
        .hasStackTraceContaining("UNSUPPORTED_FORMAT");
  }

  /** A condition or an image that fails for a row does so only where the query evaluates it. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT CASE WHEN id <> 0 THEN CASE WHEN 10 DIV id > 1 THEN mobilenet_features(content)[0] END END FROM photos",
        "SELECT CASE WHEN id = 0 THEN 0 WHEN 10 DIV id > 1 THEN mobilenet_features(content)[0] ELSE -1 END FROM photos",
        "SELECT if(mobilenet_features(content) IS NOT NULL AND size(numbers) > 0, mobilenet_features(unhex(hex(content)))[0], numbers[5 - 5]) FROM photos WHERE id <> 3",
        "SELECT CASE WHEN size(numbers) > 1 THEN mobilenet_features(array(content)[numbers[0] - 1])[0] END FROM photos",
        "SELECT transform(numbers, x -> if(numbers[0] > 0, mobilenet_features(array(content)[numbers[0] - 1])[0], 0)) FROM photos",
        "SELECT CASE WHEN 10 DIV a.id > 1 THEN mobilenet_features(a.content)[0] END FROM photos a JOIN photos b ON a.id = b.id AND b.name <> 'name0'",
        "SELECT mobilenet_features(array(a.content)[a.numbers[0] - 1])[0] FROM photos a JOIN photos b ON a.id = b.id AND b.id <> 3"
      })
  void guardsStillGuard(String query) {
    assertThat(spark.conf().get("spark.sql.ansi.enabled")).isEqualTo("true");
    assertThat(sql(query)).isNotEmpty();
  }
}
