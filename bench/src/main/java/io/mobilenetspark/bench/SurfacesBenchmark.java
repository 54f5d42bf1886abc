package io.mobilenetspark.bench;

import static java.util.Objects.requireNonNull;

import io.mobilenetspark.runtime.Precision;
import io.mobilenetspark.spark.FeatureTable;
import io.mobilenetspark.spark.ml.MobileNetFeaturizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The three surfaces, the {@code embed} job, {@code SELECT mobilenet_embed(image)} and the MLlib
 * stage, against each other and against a {@link BareLoop}: each from one Parquet table of images
 * to a Parquet table of vectors, in local[2]. All in one JVM, in another order each round; the
 * vectors of the three are compared, bit for bit.
 *
 * <pre>bench/run SurfacesBenchmark DIRECTORY_OF_JPEGS [IMAGES [ROUNDS]]</pre>
 */
public final class SurfacesBenchmark {

  private static final int THREADS = 2;

  /** In a file of the table; a task for each, or the last of a few tasks is what is measured. */
  private static final int IMAGES_PER_FILE = 250;

  private enum Way {
    BARE_LOOP,
    JOB,
    SQL,
    STAGE
  }

  private final SparkSession spark;
  private final BareLoop bareLoop;
  private final int count;
  private final Path directory;
  private final Path table;

  private SurfacesBenchmark(SparkSession spark, BareLoop bareLoop, List<Path> files)
      throws IOException {
    this.spark = spark;
    this.bareLoop = bareLoop;
    this.count = files.size();
    this.directory = Files.createTempDirectory("surfaces-benchmark");
    this.table = directory.resolve("photographs");
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < files.size(); i++) {
      rows.add(RowFactory.create((long) i, files.get(i).toString()));
    }
    spark
        .createDataFrame(rows, StructType.fromDDL("id BIGINT, path STRING"))
        .repartition((count + IMAGES_PER_FILE - 1) / IMAGES_PER_FILE)
        .createOrReplaceTempView("listed");
    spark
        .udf()
        .register(
            "file_bytes", (String path) -> Files.readAllBytes(Path.of(path)), DataTypes.BinaryType);
    spark.sql("SELECT id, file_bytes(path) AS image FROM listed").write().parquet(table.toString());
  }

  /** Runs the benchmark; see the class. */
  public static void main(String[] args) throws Exception {
    if (args.length < 1) {
      System.err.println("Usage: bench/run SurfacesBenchmark DIRECTORY_OF_JPEGS [IMAGES [ROUNDS]]");
      System.exit(2);
    }
    int count = args.length > 1 ? Integer.parseInt(args[1]) : 10_000;
    int rounds = args.length > 2 ? Integer.parseInt(args[2]) : 5;
    List<Path> files = EmbedBenchmark.jpegs(Path.of(args[0]), count);
    try (SparkSession spark =
            SparkSession.builder()
                .master("local[" + THREADS + "]")
                .config("spark.ui.enabled", "false")
                .config("spark.sql.extensions", "io.mobilenetspark.spark.sql.MobileNetExtensions")
                .config("spark.mobilenet.model", "builtin")
                .config("spark.sql.files.maxPartitionBytes", "24m") // a file a task
                .getOrCreate();
        BareLoop bareLoop = new BareLoop(files, Precision.FLOAT32, THREADS)) {
      new SurfacesBenchmark(spark, bareLoop, files).run(rounds);
    }
  }

  private void run(int rounds) throws Exception {
    List<Way> order = new ArrayList<>(List.of(Way.values()));
    Random random = new Random(1);
    List<Map<Way, Double>> measured = new ArrayList<>();
    for (int round = -2; round < rounds; round++) { // the first two only warm up
      Collections.shuffle(order, random); // none always runs after the same one
      Map<Way, Double> rates = new EnumMap<>(Way.class);
      for (Way way : order) {
        rates.put(way, rate(way));
      }
      System.out.printf(Locale.ROOT, "round %d, images/s: %s%n", round + 1, rates);
      if (round >= 0) {
        measured.add(rates);
      }
    }
    compare(Way.JOB, Way.SQL);
    compare(Way.JOB, Way.STAGE);
    System.out.printf(
        Locale.ROOT, "medians of %d rounds, %d images, local[%d]%n", rounds, count, THREADS);
    for (Way way : Way.values()) {
      System.out.printf(
          Locale.ROOT,
          "%s: %.1f images/s, of the bare loop %.3f, of the job %.3f%n",
          way,
          median(measured, rates -> of(rates, way)),
          median(measured, rates -> of(rates, way) / of(rates, Way.BARE_LOOP)),
          median(measured, rates -> of(rates, way) / of(rates, Way.JOB)));
    }
  }

  private static double median(
      List<Map<Way, Double>> measured, ToDoubleFunction<Map<Way, Double>> value) {
    return Rounds.median(measured.stream().mapToDouble(value).toArray());
  }

  private static double of(Map<Way, Double> rates, Way way) {
    return requireNonNull(rates.get(way), way.name());
  }

  private double rate(Way way) throws Exception {
    System.gc(); // nobody pays for what another one left
    return switch (way) {
      case BARE_LOOP -> bareLoop.run();
      case JOB ->
          EmbedBenchmark.embed(
              output(way),
              "builtin",
              "--input=" + table,
              "--input-format=parquet",
              "--image-column=image",
              "--id-column=id");
      case SQL -> {
        long start = System.nanoTime();
        yield write(
            start,
            way,
            spark.sql(
                String.format(
                    Locale.ROOT,
                    "SELECT id, e.%s FROM (SELECT id, mobilenet_embed(image) AS e FROM"
                        + " parquet.`%s`)",
                    String.join(", e.", FeatureTable.ADDED),
                    table)));
      }
      case STAGE -> {
        long start = System.nanoTime();
        yield write(
            start,
            way,
            new MobileNetFeaturizer()
                .setModel("builtin")
                .setInputCol("image")
                .setOutputCol("features")
                .setErrorCol("error")
                .transform(spark.read().parquet(table.toString()))
                .drop("image"));
      }
    };
  }

  /** From the text of the query to the committed table, as the job writes it. */
  private double write(long start, Way way, Dataset<Row> vectors) {
    vectors
        .write()
        .mode(SaveMode.Overwrite)
        .option("compression", "zstd")
        .option("parquet.enable.dictionary", "false")
        .parquet(output(way).toString());
    return count / ((System.nanoTime() - start) / 1e9);
  }

  private void compare(Way one, Way other) {
    long same =
        spark
            .read()
            .parquet(output(one).toString())
            .selectExpr("id", vector(one))
            .join(
                spark.read().parquet(output(other).toString()).selectExpr("id", vector(other)),
                "id")
            .where(
                String.format(
                    Locale.ROOT,
                    "%s = %s AND size(%s) = 768",
                    one.name(),
                    other.name(),
                    one.name()))
            .count();
    if (same != count) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT, "%s and %s have %d vectors of %d alike", one, other, same, count));
    }
  }

  private static String vector(Way way) {
    return "features AS " + way.name();
  }

  private Path output(Way way) {
    return directory.resolve(way.name());
  }
}
