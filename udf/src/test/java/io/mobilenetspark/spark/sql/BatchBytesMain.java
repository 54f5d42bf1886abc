package io.mobilenetspark.spark.sql;

import io.mobilenetspark.image.ImageStatus;
import io.mobilenetspark.spark.EmbedCounters;
import io.mobilenetspark.spark.LargeFiles;
import io.mobilenetspark.spark.MalformedMode;
import io.mobilenetspark.testing.Pictures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;

/** Four tasks at once with batches of large images, in a heap of 512 MiB. */
final class BatchBytesMain {

  private static final long MEBIBYTE = 1 << 20;

  private BatchBytesMain() {}

  public static void main(String[] args) throws IOException {
    Path directory = Path.of(args[0]);
    try (SparkSession spark =
        SparkSession.builder()
            .master("local[4]")
            .config("spark.ui.enabled", "false")
            .getOrCreate()) {
      List<Row> files = new ArrayList<>();
      for (int i = 0; i < 32; i++) {
        Path file = directory.resolve("of-a-batch-" + i);
        if (i % 8 == 5) {
          Files.write(file, Pictures.png(i));
        } else {
          LargeFiles.write(file, 100 * MEBIBYTE);
        }
        files.add(RowFactory.create(i, file.toUri().toString()));
      }
      print("files", spark, paths(spark, files).repartitionByRange(4, functions.col("id")));

      Path giant = directory.resolve("giant");
      LargeFiles.write(giant, 200 * MEBIBYTE);
      List<Row> one = List.of(RowFactory.create(0, giant.toUri().toString()));
      print("too large for the heap", spark, paths(spark, one));

      print(
          "rows",
          spark,
          spark
              .range(0, 64, 1, 4)
              .selectExpr("id", "CAST(concat(id, repeat('x', 8000000)) AS BINARY) AS image"));
    }
  }

  private static Dataset<Row> paths(SparkSession spark, List<Row> rows) {
    return spark.createDataFrame(rows, StructType.fromDDL("id INT, image STRING"));
  }

  private static void print(String what, SparkSession spark, Dataset<Row> table) {
    EmbedCounters counters = EmbedCounters.register(spark.sparkContext());
    Surface.JOB
        .embed(table, new Surface.Run("builtin", MalformedMode.PERMISSIVE, counters))
        .collectAsList();
    Map<ImageStatus, Long> seen = new TreeMap<>(counters.rows());
    seen.values().removeIf(count -> count == 0);
    System.out.println(what + ": " + seen);
  }
}
