package io.mobilenetspark.spark.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.spark.TaskEmbedder;
import io.mobilenetspark.spark.ml.MobileNetFeaturizer;
import io.mobilenetspark.testing.OneIn;
import io.mobilenetspark.testing.Pictures;
import io.mobilenetspark.testing.SparkTestSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** On how many images the network runs where a join leaves most of them out, or repeats them. */
class JoinedImagesTest {

  private static final int IMAGES = 40;

  @TempDir private Path directory;
  private SparkSession spark;

  @BeforeEach
  void makeTables() {
    spark = SparkTestSession.get().newSession();
    spark.conf().set("spark.mobilenet.model", "builtin");
    spark.conf().set("spark.mobilenet.imageSize", "32");
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < IMAGES; i++) {
      rows.add(RowFactory.create(i, Pictures.png(i)));
    }
    Dataset<Row> photos = spark.createDataFrame(rows, StructType.fromDDL("id INT, image BINARY"));
    view(photos.repartitionByRange(2, functions.col("id")), "photos");
    view(spark.range(3).selectExpr("CAST(id AS INT) AS id"), "three");
    view(spark.range(2000).selectExpr("CAST(id % 40 AS INT) AS id", "id AS n"), "many");
  }

  private void view(Dataset<Row> table, String name) {
    String path = directory.resolve(name).toString();
    table.write().parquet(path);
    spark.read().parquet(path).createOrReplaceTempView(name);
  }

  private long images(Dataset<Row> query) {
    long before = TaskEmbedder.imagesOfThisJvm();
    query.collectAsList();
    return TaskEmbedder.imagesOfThisJvm() - before;
  }

  @OneIn(4)
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "3; SELECT f(image) FROM photos p JOIN three t ON p.id = t.id",
        "3; SELECT f(image) FROM three t JOIN photos p ON p.id = t.id",
        "40; SELECT f(image) FROM photos p CROSS JOIN three t",
        "40; SELECT f(image) FROM three t CROSS JOIN photos p",
        "40; SELECT max(f(image)[0] + n) FROM photos p JOIN many m ON p.id = m.id",
        "40; SELECT max(f(image)[0] + n) FROM many m JOIN photos p ON p.id = m.id",
        "2; SELECT f(image) FROM photos p LEFT JOIN three t ON p.id = t.id ORDER BY p.id LIMIT 2",
        "2; SELECT f(image) FROM photos p JOIN three t ON p.id = t.id ORDER BY p.id LIMIT 2",
        "2; SELECT f(image) FROM three t RIGHT JOIN photos p ON p.id = t.id ORDER BY p.id LIMIT 2",
        "2; SELECT f(image) FROM photos p LEFT JOIN three t ON p.id = t.id LIMIT 2",
        "5; SELECT f(image) FROM many m JOIN photos p ON p.id = m.id ORDER BY n LIMIT 5",
        "5; SELECT n FROM (SELECT n, f(image) AS v FROM many m JOIN photos p ON p.id = m.id ORDER BY n LIMIT 5) WHERE size(v) > 0",
        "40; SELECT f(image) FROM photos p LEFT JOIN many m ON p.id = m.id ORDER BY f(image)[0] LIMIT 2",
      })
  void inSql(int expected, String query) {
    assertThat(images(spark.sql(query.replace("f(", "mobilenet_features(")))).isEqualTo(expected);
  }

  /** Spark runs each round of a recursion twice, whatever is in it. */
  @Tag("slow")
  @Test
  void inARecursion() {
    assertThat(
            images(
                spark.sql(
                    "WITH RECURSIVE r AS (SELECT id, mobilenet_features(image) AS v FROM photos WHERE"
                        + " id = 0 UNION ALL SELECT p.id, mobilenet_features(p.image) FROM r JOIN"
                        + " photos p ON p.id = r.id + 1 WHERE p.id < 4) SELECT id, v FROM r")))
        .isLessThanOrEqualTo(2 * 4);
  }

  /** A table of paths is small, however many images it names. */
  @Test
  void ofPaths() throws IOException {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < IMAGES; i++) {
      Path file = directory.resolve(i + ".png");
      Files.write(file, Pictures.png(i));
      rows.add(RowFactory.create(i, file.toString()));
    }
    view(spark.createDataFrame(rows, StructType.fromDDL("id INT, path STRING")), "paths");
    Dataset<Row> chosen = spark.table("paths").join(spark.table("three"), "id");

    assertThat(
            images(
                new MobileNetFeaturizer()
                    .setModel("builtin")
                    .setImageSize(32)
                    .setInputCol("path")
                    .setOutputCol("features")
                    .transform(chosen)))
        .isEqualTo(3);
  }
}
