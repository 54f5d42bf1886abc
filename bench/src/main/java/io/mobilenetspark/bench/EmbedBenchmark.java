package io.mobilenetspark.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mobilenetspark.jobs.Main;
import io.mobilenetspark.runtime.Precision;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;

/**
 * The {@code embed} job in local[2] against a {@link BareLoop} on two threads: what Spark, reading
 * files and writing Parquet cost. Both in one JVM, in turns, on the same images.
 *
 * <pre>bench/run EmbedBenchmark DIRECTORY_OF_JPEGS [IMAGES [ROUNDS [PRECISION]]]</pre>
 */
public final class EmbedBenchmark {

  private static final int THREADS = 2;

  private final List<Path> files;
  private final Precision precision;
  private final Path input;
  private final Path output;

  private EmbedBenchmark(List<Path> files, Precision precision) throws IOException {
    this.files = files;
    this.precision = precision;
    Path directory = Files.createTempDirectory("embed-benchmark");
    this.output = directory.resolve("vectors");
    this.input = Files.createDirectories(directory.resolve("photographs"));
    for (int i = 0; i < files.size(); i++) {
      Files.copy(files.get(i), input.resolve(String.format(Locale.ROOT, "%06d.jpg", i)));
    }
  }

  /** Runs the benchmark; see the class. */
  public static void main(String[] args) throws Exception {
    if (args.length < 1) {
      System.err.println(
          "Usage: bench/run EmbedBenchmark DIRECTORY_OF_JPEGS [IMAGES [ROUNDS [PRECISION]]]");
      System.exit(2);
    }
    int count = args.length > 1 ? Integer.parseInt(args[1]) : 1000;
    int rounds = args.length > 2 ? Integer.parseInt(args[2]) : 5;
    Precision precision = args.length > 3 ? Precision.CHOICES.parse(args[3]) : Precision.FLOAT32;
    EmbedBenchmark benchmark = new EmbedBenchmark(jpegs(Path.of(args[0]), count), precision);
    benchmark.run(rounds);
  }

  private void run(int rounds) throws Exception {
    try (SparkSession spark =
        SparkSession.builder()
            .master("local[" + THREADS + "]")
            .config("spark.ui.enabled", "false")
            .getOrCreate()) {
      try (BareLoop bareLoop = new BareLoop(files, precision, THREADS)) {
        double[] bare = new double[rounds];
        double[] job = new double[rounds];
        double[] ratio = new double[rounds];
        for (int round = -1; round < rounds; round++) { // the first one only warms up
          double bareRate = bareLoop.run();
          double jobRate = embedJob();
          if (round >= 0) {
            bare[round] = bareRate;
            job[round] = jobRate;
            ratio[round] = jobRate / bareRate;
            System.out.printf(
                Locale.ROOT,
                "round %d: bare loop %.1f images/s, embed %.1f images/s, ratio %.3f%n",
                round + 1,
                bareRate,
                jobRate,
                ratio[round]);
          }
        }
        System.out.printf(
            Locale.ROOT,
            "median of %d rounds, %d images, local[%d], %s: bare loop %.1f images/s, embed %.1f"
                + " images/s, median of the rounds' ratios %.3f%n",
            rounds,
            files.size(),
            THREADS,
            precision.optionName(),
            Rounds.median(bare),
            Rounds.median(job),
            Rounds.median(ratio));
        spark.stop();
      }
    }
  }

  /** The whole job: reading, embedding, writing and committing; images a second. */
  private double embedJob() throws IOException {
    return embed(output, "builtin", "--input=" + input, "--precision=" + precision);
  }

  /** Runs the job; images a second, as it reports them. */
  static double embed(Path output, String model, String... options) throws IOException {
    StringWriter messages = new StringWriter();
    List<String> arguments = new ArrayList<>(List.of("embed"));
    arguments.addAll(List.of(options));
    arguments.addAll(List.of("--model=" + model, "--output-mode=overwrite", "--output=" + output));
    int code =
        Main.run(
            new PrintWriter(messages, true),
            new PrintWriter(messages, true),
            arguments.toArray(String[]::new));
    if (code != 0) {
      throw new IllegalStateException(messages.toString());
    }
    JsonNode report = new ObjectMapper().readTree(output.resolve("_run.json").toFile());
    return report.get("images_per_second").asDouble();
  }

  static List<Path> jpegs(Path directory, int count) throws IOException {
    List<Path> found;
    try (Stream<Path> files = Files.walk(directory)) {
      found = files.filter(file -> file.toString().endsWith(".jpg")).sorted().toList();
    }
    if (found.isEmpty()) {
      throw new IOException("there are no .jpg files in " + directory);
    }
    List<Path> chosen = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      chosen.add(found.get(i % found.size()).toAbsolutePath());
    }
    return chosen;
  }
}
