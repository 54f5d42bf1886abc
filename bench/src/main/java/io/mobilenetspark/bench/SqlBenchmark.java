package io.mobilenetspark.bench;

import io.mobilenetspark.spark.FeatureTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * {@code SELECT mobilenet_embed(image)} against the {@code embed} job, each from a Parquet table of
 * images to a Parquet table of vectors, in local[2]. Both in one JVM and one TensorFlow session, in
 * turns, on the same table.
 *
 * <pre>bench/run SqlBenchmark DIRECTORY_OF_JPEGS [IMAGES [ROUNDS]]</pre>
 */
public final class SqlBenchmark {

  private static final int THREADS = 2;

  /** Of the table; as many tasks, two a core. */
  private static final int FILES = 2 * THREADS;

  private final SparkSession spark;
  private final int count;
  private final Path table;
  private final Path output;

  private SqlBenchmark(SparkSession spark, List<Path> files) throws IOException {
    this.spark = spark;
    this.count = files.size();
    Path directory = Files.createTempDirectory("sql-benchmark");
    this.table = directory.resolve("photographs");
    this.output = directory.resolve("vectors");
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < files.size(); i++) {
      rows.add(RowFactory.create((long) i, Files.readAllBytes(files.get(i))));
    }
    spark
        .createDataFrame(rows, StructType.fromDDL("id BIGINT, image BINARY"))
        .repartition(FILES)
        .write()
        .parquet(table.toString());
  }

  /** Runs the benchmark; see the class. */
  public static void main(String[] args) throws Exception {
    if (args.length < 1) {
      System.err.println("Usage: bench/run SqlBenchmark DIRECTORY_OF_JPEGS [IMAGES [ROUNDS]]");
      System.exit(2);
    }
    int count = args.length > 1 ? Integer.parseInt(args[1]) : 1000;
    int rounds = args.length > 2 ? Integer.parseInt(args[2]) : 9;
    try (SparkSession spark =
        SparkSession.builder()
            .master("local[" + THREADS + "]")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.extensions", "io.mobilenetspark.spark.sql.MobileNetExtensions")
            .config("spark.mobilenet.model", "builtin")
            .getOrCreate()) {
      List<Path> files = EmbedBenchmark.jpegs(Path.of(args[0]), count);
      new SqlBenchmark(spark, files).run(rounds);
    }
  }

  private interface Way {
    /** Embeds the table; images a second. */
    double run() throws IOException;
  }

  private void run(int rounds) throws IOException {
    double[] job = new double[rounds];
    double[] sql = new double[rounds];
    double[] ratio = new double[rounds];
    for (int round = -2; round < rounds; round++) { // the first two only warm up
      boolean isJobFirst = round % 2 == 0; // neither always runs after the other
      double first = rate(isJobFirst ? this::embedJob : this::embedSql);
      double second = rate(isJobFirst ? this::embedSql : this::embedJob);
      if (round >= 0) {
        job[round] = isJobFirst ? first : second;
        sql[round] = isJobFirst ? second : first;
        ratio[round] = sql[round] / job[round];
        System.out.printf(
            Locale.ROOT,
            "round %d: embed %.1f images/s, SQL %.1f images/s, ratio %.3f%n",
            round + 1,
            job[round],
            sql[round],
            ratio[round]);
      }
    }
    System.out.printf(
        Locale.ROOT,
        "median of %d rounds, %d images, local[%d]: embed %.1f images/s, SQL %.1f images/s, median"
            + " of the rounds' ratios %.3f%n",
        rounds,
        count,
        THREADS,
        Rounds.median(job),
        Rounds.median(sql),
        Rounds.median(ratio));
  }

  private double rate(Way way) throws IOException {
    double rate = way.run();
    long vectors = spark.read().parquet(output.toString()).where("features IS NOT NULL").count();
    if (vectors != count) {
      throw new IllegalStateException(
          String.format(Locale.ROOT, "%d vectors of %d images", vectors, count));
    }
    return rate;
  }

  /** As the job reports it: without loading the model, which SQL does once. */
  private double embedJob() throws IOException {
    return EmbedBenchmark.embed(
        output, "--input=" + table, "--input-format=parquet", "--image-column=image");
  }

  /** From the text of the query to the committed table. */
  private double embedSql() {
    long start = System.nanoTime();
    spark
        .sql(
            String.format(
                Locale.ROOT,
                "SELECT id, e.%s FROM (SELECT id, mobilenet_embed(image) AS e FROM parquet.`%s`)",
                String.join(", e.", FeatureTable.ADDED),
                table))
        .write()
        .mode(SaveMode.Overwrite)
        .option("compression", "zstd")
        .option("parquet.enable.dictionary", "false") // as the job writes vectors
        .parquet(output.toString());
    return count / ((System.nanoTime() - start) / 1e9);
  }
}
