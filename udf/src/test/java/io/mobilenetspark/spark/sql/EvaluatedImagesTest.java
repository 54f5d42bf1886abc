package io.mobilenetspark.spark.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.spark.TaskEmbedder;
import io.mobilenetspark.testing.Docs;
import io.mobilenetspark.testing.OneIn;
import io.mobilenetspark.testing.Pictures;
import io.mobilenetspark.testing.SparkTestSession;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The docs' table of how many images the network runs on, for real. */
class EvaluatedImagesTest {

  private static final int IMAGES = 40;
  private static final Pattern LINE = Pattern.compile("\\| `(SELECT .*|WITH .*)` \\| (\\d+) \\|");

  @TempDir private static Path directory;
  private static SparkSession spark;

  @BeforeAll
  static void makeTables() {
    spark = SparkTestSession.get().newSession();
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < IMAGES; i++) {
      boolean isQuarter = i % 4 == 0;
      rows.add(
          RowFactory.create(
              i,
              "name" + i % 20,
              isQuarter ? "cat" : "dog",
              Pictures.png(i),
              isQuarter ? null : List.of(1f)));
    }
    spark
        .createDataFrame(
            rows,
            StructType.fromDDL("id INT, name STRING, kind STRING, image BINARY, old ARRAY<FLOAT>"))
        .repartitionByRange(2, org.apache.spark.sql.functions.col("id"))
        .write()
        .parquet(directory.resolve("photos").toString());
    spark.read().parquet(directory.resolve("photos").toString()).createOrReplaceTempView("photos");
    spark.range(3).write().parquet(directory.resolve("three").toString());
    spark.read().parquet(directory.resolve("three").toString()).createOrReplaceTempView("three");
    spark.conf().set("spark.mobilenet.model", "builtin");
    spark.conf().set("spark.mobilenet.imageSize", "32");
  }

  static List<Object[]> table() throws Exception {
    List<Object[]> table = new ArrayList<>();
    for (String line : Docs.page("sql.md").lines().toList()) {
      Matcher matcher = LINE.matcher(line);
      if (matcher.matches()) {
        table.add(
            new Object[] {matcher.group(1).replace("\\|", "|"), Integer.valueOf(matcher.group(2))});
      }
    }
    return table;
  }

  @Test
  void theTableHasTwentyQueries() throws Exception {
    assertThat(table()).hasSizeGreaterThanOrEqualTo(20);
  }

  @OneIn(4)
  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("table")
  void theNetworkRunsOnSoManyImages(String query, int images) {
    String sql =
        query
            .replaceAll("\\bf\\(", "mobilenet_features(")
            .replaceAll("\\be\\(", "mobilenet_embed(");
    for (String adaptive : List.of("true", "false")) {
      spark.conf().set("spark.sql.adaptive.enabled", adaptive);
      long before = TaskEmbedder.imagesOfThisJvm();
      spark.sql(sql).collectAsList();
      assertThat(TaskEmbedder.imagesOfThisJvm() - before)
          .as("adaptive %s", adaptive)
          .isEqualTo(images);
    }
  }
}
