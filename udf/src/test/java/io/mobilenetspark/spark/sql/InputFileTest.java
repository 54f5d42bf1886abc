package io.mobilenetspark.spark.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.testing.Pictures;
import io.mobilenetspark.testing.SparkTestSession;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A row's file is known above the operator, which reads rows of the next files ahead. */
class InputFileTest {

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT id, input_file_name() AS f FROM t WHERE %s IS NOT NULL",
        "SELECT id, input_file_name() AS f, %s FROM t",
        "SELECT id, input_file_block_start() + input_file_block_length() AS f, %s FROM t",
        "SELECT min(id) AS id, input_file_name() AS f FROM t WHERE %s[0] >= 0 GROUP BY 2",
        "SELECT id, f, input_file_name() FROM (SELECT id, image, input_file_name() AS f FROM t)"
            + " WHERE %s IS NOT NULL AND f = input_file_name()",
        "SELECT id, input_file_name() AS f FROM (SELECT id, image FROM t WHERE"
            + " %1$s[0] >= 0) WHERE %1$s IS NOT NULL",
      })
  void isThatOfTheRow(String query) throws Exception {
    SparkSession spark = SparkTestSession.get().newSession();
    spark.conf().set("spark.mobilenet.model", "builtin");
    spark.conf().set("spark.mobilenet.imageSize", "32");
    spark.conf().set("spark.mobilenet.batchSize", "3");
    spark.conf().set("spark.sql.files.minPartitionNum", "1");
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      rows.add(RowFactory.create(i, Pictures.png(i)));
    }
    String table = directory.resolve("t").toString();
    spark
        .createDataFrame(rows, StructType.fromDDL("id INT, image BINARY"))
        .repartitionByRange(7, org.apache.spark.sql.functions.col("id"))
        .write()
        .parquet(table);
    spark.read().parquet(table).createOrReplaceTempView("t");

    assertThat(found(spark, query, "mobilenet_features(image)"))
        .isEqualTo(found(spark, query, "array(1)"))
        .isNotEmpty();
  }

  private static List<String> found(SparkSession spark, String query, String call) {
    return spark.sql(String.format(Locale.ROOT, query, call)).collectAsList().stream()
        .map(row -> row.get(0) + " " + row.get(1))
        .sorted()
        .toList();
  }
}
