package io.mobilenetspark.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAccumulator;
import org.apache.spark.sql.SparkSession;

/**
 * Whether a larger table is embedded as fast, and in as much memory, as a small one: tables of
 * images one after another in local[2], in one warm JVM.
 *
 * <pre>bench/run RowsBenchmark MODEL COLUMN ROUNDS TABLE...</pre>
 */
public final class RowsBenchmark {

  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String RESIDENT = "VmRSS:";
  private static final int WARM_UP = 3;
  private static final long LOOK_MILLIS = 500;

  private RowsBenchmark() {}

  /** Runs the benchmark; see the class. The first table, which only warms up, is the smallest. */
  public static void main(String[] args) throws IOException {
    if (args.length < 4) {
      System.err.println("Usage: bench/run RowsBenchmark MODEL COLUMN ROUNDS TABLE...");
      System.exit(2);
    }
    Path output = Files.createTempDirectory("rows-benchmark").resolve("vectors");
    List<String> tables = List.of(args).subList(3, args.length);
    ScheduledExecutorService looks = Executors.newSingleThreadScheduledExecutor();
    try (SparkSession spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .getOrCreate()) {
      for (int i = 0; i < WARM_UP; i++) {
        embed(output, args, tables.get(0));
      }
      for (int round = 1; round <= Integer.parseInt(args[2]); round++) {
        for (String table : tables) {
          LongAccumulator most = new LongAccumulator(Math::max, 0);
          ScheduledFuture<?> looking =
              looks.scheduleAtFixedRate(
                  () -> most.accumulate(residentMegabytes()),
                  0,
                  LOOK_MILLIS,
                  TimeUnit.MILLISECONDS);
          double rate = embed(output, args, table);
          looking.cancel(false);
          System.out.printf(
              Locale.ROOT,
              "round %d: %,d rows, %.1f images/s, %,d MB resident at most%n",
              round,
              spark.read().parquet(table).count(),
              rate,
              most.get());
        }
      }
    } finally {
      looks.shutdown();
    }
  }

  private static double embed(Path output, String[] args, String table) throws IOException {
    return EmbedBenchmark.embed(
        output, args[0], "--input=" + table, "--input-format=parquet", "--image-column=" + args[1]);
  }

  private static long residentMegabytes() {
    try {
      return Files.readAllLines(STATUS).stream()
          .filter(line -> line.startsWith(RESIDENT))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      return 0;
    }
  }
}
