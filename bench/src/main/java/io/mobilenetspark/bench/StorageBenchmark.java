package io.mobilenetspark.bench;

import io.mobilenetspark.spark.FeatureTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;

/**
 * What a vector takes in Parquet, in bytes and in time to write and to read, by codec and encoding:
 * those that Spark's writer offers. One task, vectors that are in memory; settings take turns.
 *
 * <pre>bench/run StorageBenchmark TABLE_OF_VECTORS [ROWS [ROUNDS]]</pre>
 */
public final class StorageBenchmark {

  /** Of the job's own writer, but for the codec: see {@code jobs.table.VectorWriter}. */
  private static final String DICTIONARY = "parquet.enable.dictionary";

  private static final String ZSTD_LEVEL = "parquet.compression.codec.zstd.level";
  private static final String VERSION = "parquet.writer.version";

  private record Storage(String name, String codec, Map<String, String> options) {}

  private static final List<Storage> ALL =
      List.of(
          new Storage("zstd 3, no dictionary (embed)", "zstd", Map.of(DICTIONARY, "false")),
          new Storage(
              "zstd 1, no dictionary", "zstd", Map.of(DICTIONARY, "false", ZSTD_LEVEL, "1")),
          new Storage(
              "zstd 9, no dictionary", "zstd", Map.of(DICTIONARY, "false", ZSTD_LEVEL, "9")),
          new Storage("zstd 3, dictionary", "zstd", Map.of()),
          new Storage("snappy, dictionary (Spark)", "snappy", Map.of()),
          new Storage("snappy, no dictionary", "snappy", Map.of(DICTIONARY, "false")),
          new Storage("lz4_raw, no dictionary", "lz4_raw", Map.of(DICTIONARY, "false")),
          new Storage(
              "zstd 3, no dictionary, pages of version 2",
              "zstd",
              Map.of(DICTIONARY, "false", VERSION, "PARQUET_2_0")),
          new Storage("none, no dictionary", "none", Map.of(DICTIONARY, "false")));

  private StorageBenchmark() {}

  /** Runs the benchmark; see the class. */
  public static void main(String[] args) throws IOException {
    if (args.length < 1) {
      System.err.println("Usage: bench/run StorageBenchmark TABLE_OF_VECTORS [ROWS [ROUNDS]]");
      System.exit(2);
    }
    int rows = args.length > 1 ? Integer.parseInt(args[1]) : 20_000;
    int rounds = args.length > 2 ? Integer.parseInt(args[2]) : 5;
    Path output = Files.createTempDirectory("storage-benchmark");
    try (SparkSession spark =
        SparkSession.builder()
            .master("local[1]")
            .config("spark.ui.enabled", "false")
            .getOrCreate()) {
      Dataset<Row> vectors = vectors(spark, args[0], rows);
      double[][] written = new double[ALL.size()][rounds];
      double[][] read = new double[ALL.size()][rounds];
      long[] bytes = new long[ALL.size()];
      for (int round = -1; round < rounds; round++) { // the first one only warms up
        for (int i = 0; i < ALL.size(); i++) {
          Storage storage = ALL.get(i);
          Path table = output.resolve(String.valueOf(i));
          long start = System.nanoTime();
          vectors
              .write()
              .mode(SaveMode.Overwrite)
              .option("compression", storage.codec)
              .options(storage.options)
              .parquet(table.toString());
          long between = System.nanoTime();
          spark.read().parquet(table.toString()).write().format("noop").mode("overwrite").save();
          if (round >= 0) {
            written[i][round] = (between - start) / 1e3 / rows;
            read[i][round] = (System.nanoTime() - between) / 1e3 / rows;
          }
          bytes[i] = bytes(table);
        }
      }
      for (int i = 0; i < ALL.size(); i++) {
        System.out.printf(
            Locale.ROOT,
            "%s: %.0f bytes, %.1f us to write, %.1f us to read a vector%n",
            ALL.get(i).name,
            (double) bytes[i] / rows,
            Rounds.median(written[i]),
            Rounds.median(read[i]));
      }
    }
  }

  /** So many vectors of a table, again and again if it has fewer, in memory. */
  private static Dataset<Row> vectors(SparkSession spark, String table, int rows) {
    Dataset<Row> found =
        spark
            .read()
            .parquet(table)
            .select(FeatureTable.FEATURES)
            .where(FeatureTable.FEATURES + " IS NOT NULL");
    List<Row> all = found.collectAsList();
    if (all.isEmpty()) {
      throw new IllegalArgumentException(table + " has no vectors");
    }
    List<Row> taken = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      taken.add(all.get(i % all.size()));
    }
    Dataset<Row> vectors = spark.createDataFrame(taken, found.schema()).coalesce(1).cache();
    vectors.count();
    return vectors;
  }

  private static long bytes(Path table) throws IOException {
    try (Stream<Path> files = Files.list(table)) {
      long bytes = 0;
      for (Path file : files.filter(name -> name.toString().endsWith(".parquet")).toList()) {
        bytes += Files.size(file);
      }
      return bytes;
    }
  }
}
