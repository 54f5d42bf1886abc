package io.mobilenetspark.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.mobilenetspark.jobs.Main;
import io.mobilenetspark.spark.sql.MobileNetExtensions;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * {@code similar} of 1,000 rows of a table: exact, by the index, and as Spark's own cross join. The
 * vectors are those of crops of photographs. All in one JVM, in local[2], exact and by the index in
 * turns; the share of the exact neighbours that the index finds is its recall. The queries come
 * with their vectors: to look these up by ids takes a scan of the table, whoever searches.
 *
 * <pre>bench/run SearchBenchmark DIRECTORY_OF_JPEGS MODEL [CROPS_OF_EACH [ROUNDS [WORK_DIRECTORY]]]
 * </pre>
 *
 * <p>What is in the working directory, crops and vectors, is not made again.
 */
public final class SearchBenchmark {

  private static final int PHOTOGRAPHS = 800;
  private static final int QUERIES = 1000;
  private static final int K = 10;

  /** So many of the queries are enough for the cross join, which takes a second for each. */
  private static final int JOINED = 100;

  private final SparkSession spark;
  private final Path directory;
  private final Path vectors;
  private final Path queries;

  private SearchBenchmark(SparkSession spark, Path directory) {
    this.spark = spark;
    this.directory = directory;
    this.vectors = directory.resolve("vectors");
    this.queries = directory.resolve("queries");
  }

  /** Runs the benchmark; see the class. */
  public static void main(String[] args) throws Exception {
    if (args.length < 2) {
      System.err.println(
          "Usage: bench/run SearchBenchmark DIRECTORY_OF_JPEGS MODEL [CROPS_OF_EACH [ROUNDS"
              + " [WORK_DIRECTORY]]]");
      System.exit(2);
    }
    int each = args.length > 2 ? Integer.parseInt(args[2]) : 250;
    int rounds = args.length > 3 ? Integer.parseInt(args[3]) : 5;
    Path directory =
        args.length > 4 ? Path.of(args[4]) : Files.createTempDirectory("search-benchmark");
    try (SparkSession spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.log.level", "ERROR")
            .getOrCreate()) {
      MobileNetExtensions.register(spark);
      SearchBenchmark benchmark = new SearchBenchmark(spark, directory);
      benchmark.prepare(EmbedBenchmark.jpegs(Path.of(args[0]), PHOTOGRAPHS), args[1], each);
      benchmark.run(rounds);
    }
  }

  private void prepare(List<Path> photographs, String model, int each) throws IOException {
    Path crops = directory.resolve("crops");
    if (!Files.exists(crops.resolve("_SUCCESS"))) {
      Crops.write(spark, photographs, each, crops);
    }
    command(
        "embed",
        "--input=" + crops,
        "--input-format=parquet",
        "--image-column=image",
        "--id-column=id",
        "--model=" + model,
        "--output-mode=ignore",
        "--output=" + vectors);
    spark
        .sql(
            String.format(
                Locale.ROOT,
                "SELECT * FROM parquet.`%s` WHERE id IN (SELECT id FROM parquet.`%s` WHERE status = 'OK'"
                    + " ORDER BY hash(id), id LIMIT %d)",
                vectors,
                vectors,
                QUERIES))
        .write()
        .mode("overwrite")
        .parquet(queries.toString());
    System.out.print(command("similar", "--vectors=" + vectors, "--index=build"));
  }

  private void run(int rounds) throws IOException {
    double[] exact = new double[rounds];
    double[] index = new double[rounds];
    double[] ratio = new double[rounds];
    for (int round = -1; round < rounds; round++) { // the first one only warms up
      double ofExact = similar("none");
      double ofIndex = similar("use");
      System.out.printf(
          Locale.ROOT, "round %d: exact %.2f s, index %.2f s%n", round + 1, ofExact, ofIndex);
      if (round >= 0) {
        exact[round] = ofExact;
        index[round] = ofIndex;
        ratio[round] = ofExact / ofIndex;
      }
    }
    double join = crossJoin();
    System.out.printf(
        Locale.ROOT,
        "%d queries of %d vectors, medians of %d rounds: exact %.2f s, index %.2f s, exact/index"
            + " %.1f; Spark's cross join of %d queries, once, %.1f s%nrecall@%d: %.4f of exact, %.4f of the cross"
            + " join; exact of the cross join %.4f%n",
        QUERIES,
        spark.read().parquet(vectors.toString()).count(),
        rounds,
        Rounds.median(exact),
        Rounds.median(index),
        Rounds.median(ratio),
        JOINED,
        join,
        K,
        shared("use", "none"),
        shared("use", "join"),
        shared("none", "join"));
  }

  private double similar(String use) throws IOException {
    System.gc(); // nobody pays for what another one left
    command(
        "similar",
        "--vectors=" + vectors,
        "--queries=" + queries,
        "--k=" + (K + 1), // with the query itself, which is a row of the table
        "--index=" + use,
        "--output-mode=overwrite",
        "--output=" + directory.resolve(use));
    return new ObjectMapper()
        .readTree(directory.resolve(use).resolve("_similar.json").toFile())
        .get("elapsed_seconds")
        .asDouble();
  }

  private double crossJoin() {
    long start = System.nanoTime();
    spark
        .sql(
            String.format(
                Locale.ROOT,
                """
                SELECT query, id FROM (
                  SELECT query, id, row_number() OVER (PARTITION BY query ORDER BY s DESC, id) AS rank
                  FROM (
                    SELECT q.id AS query, t.id, mobilenet_cosine_similarity(q.features, t.features) AS s
                    FROM (SELECT * FROM parquet.`%2$s` ORDER BY id LIMIT %4$d) q
                    CROSS JOIN parquet.`%1$s` t
                    WHERE q.id <> t.id))
                WHERE rank <= %3$d
                """,
                vectors,
                queries,
                K,
                JOINED))
        .write()
        .mode("overwrite")
        .parquet(directory.resolve("join").toString());
    return (System.nanoTime() - start) / 1e9;
  }

  /** Which part of one's neighbours are also another one's. */
  private double shared(String one, String other) {
    return (double) pairs(one).intersect(pairs(other)).count() / pairs(other).count();
  }

  private Dataset<Row> pairs(String name) {
    return spark
        .read()
        .parquet(directory.resolve(name).toString())
        .where("query <> id")
        .select("query", "id");
  }

  private static String command(String... arguments) {
    StringWriter messages = new StringWriter();
    int code =
        Main.run(new PrintWriter(messages, true), new PrintWriter(messages, true), arguments);
    if (code != 0) {
      throw new IllegalStateException(messages.toString());
    }
    return messages.toString();
  }
}
