package io.mobilenetspark.jobs.embed;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.format_string;
import static org.apache.spark.sql.functions.split;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.mobilenetspark.jobs.Commands;
import io.mobilenetspark.jobs.Main;
import io.mobilenetspark.jobs.table.VectorWriter;
import io.mobilenetspark.testing.Cases;
import io.mobilenetspark.testing.EndlessFileSystem;
import io.mobilenetspark.testing.Installed;
import io.mobilenetspark.testing.Pictures;
import io.mobilenetspark.testing.RunMeter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.LocalInputFile;
import org.apache.spark.launcher.JavaModuleOptions;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * More files than the driver has room for, all of which are one photograph. In the exhaustive tier
 * a million are computed, a table of ten million is made of theirs by copying, and the run is
 * measured that finds 2,000 more, by a JVM of 1 GB. In continuous integration one run of so many
 * that tasks list them, deduplicated. {@code -Dmany.directories} has so many thousand files at
 * first.
 */
@Tag("slow")
class ManyFilesIT {

  private static final int FILES_IN_DIRECTORY = 1000;
  private static final int DIRECTORIES =
      Integer.getInteger("many.directories", Cases.count(101, 1000));
  private static final boolean IS_EXHAUSTIVE = Cases.count(0, 1) == 1;
  private static final String HEAP = IS_EXHAUSTIVE ? "-Xmx1g" : "-Xmx480m";
  private static final int COPIES = 10;
  private static final int ADDED = 2000;
  private static final Duration TIMEOUT = Duration.ofHours(1);

  @TempDir private Path directory;

  @Test
  void theDriverHoldsNoFile() throws Exception {
    Path output = directory.resolve("vectors");
    Path content = Files.write(directory.resolve("content.png"), Pictures.png(1));
    long files = (long) DIRECTORIES * FILES_IN_DIRECTORY;

    JsonNode first = embed(content, output, DIRECTORIES, 0);
    assertThat(first.at("/status/OK").asLong()).isEqualTo(files);
    if (!IS_EXHAUSTIVE) {
      assertThat(first.at("/batches").asLong()).as("forward passes").isEqualTo(1);
      return;
    }

    Path many = directory.resolve("many");
    copy(output, many);
    JsonNode second = embed(content, many, COPIES * DIRECTORIES, ADDED);
    assertThat(second.at("/incremental/unchanged").asLong()).isEqualTo(COPIES * files);
    assertThat(second.at("/incremental/new").asLong()).isEqualTo(ADDED);
    assertThat(second.at("/incremental/computed").asLong()).isEqualTo(ADDED);
    assertThat(Commands.session().read().parquet(many.toString()).select("path").distinct().count())
        .isEqualTo(COPIES * files + ADDED);
  }

  /** The table of so many times the directories, as the first run would have left it. */
  private static void copy(Path from, Path to) throws IOException {
    Dataset<Row> vectors = Commands.session().read().parquet(from.toString());
    Dataset<Row> all = vectors.limit(0);
    for (int copy = 0; copy < COPIES; copy++) {
      Column directory = split(col("path"), "/").getItem(3).cast("int").plus(copy * DIRECTORIES);
      Column path =
          format_string(
              String.format(
                  Locale.ROOT, "many://%d-%d/%%06d/%%s", COPIES * DIRECTORIES, FILES_IN_DIRECTORY),
              directory,
              split(col("path"), "/").getItem(4));
      all = all.union(vectors.withColumn("path", path));
    }
    VectorWriter.of(all, footer(from)).save(to.toString());
  }

  private static Map<String, String> footer(Path table) throws IOException {
    try (Stream<Path> files = Files.list(table)) {
      Path file = files.filter(one -> one.toString().endsWith(".parquet")).findAny().orElseThrow();
      try (ParquetFileReader reader = ParquetFileReader.open(new LocalInputFile(file))) {
        Map<String, String> footer = new TreeMap<>(reader.getFileMetaData().getKeyValueMetaData());
        footer.keySet().removeIf(key -> !key.startsWith("mobilenet")); // Spark adds its own
        return footer;
      }
    }
  }

  /** Runs the command in a JVM of its own; gives its report. */
  private JsonNode embed(Path content, Path output, int directories, int added)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + "/bin/java");
    command.addAll(List.of(JavaModuleOptions.defaultModuleOptionArray()));
    command.add(HEAP);
    command.add("-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"));
    for (Map.Entry<String, String> setting :
        Map.of(
                "master",
                "local[2]",
                "ui.enabled",
                "false",
                "hadoop.fs.many.impl",
                EndlessFileSystem.class.getName(),
                "hadoop." + EndlessFileSystem.CONTENT,
                content.toString(),
                "hadoop." + EndlessFileSystem.ADDED,
                Integer.toString(added),
                "extraListeners",
                RunMeter.class.getName())
            .entrySet()) {
      command.add("-Dspark." + setting.getKey() + "=" + setting.getValue());
    }
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName(),
            "embed",
            String.format(Locale.ROOT, "--input=many://%d-%d/", directories, FILES_IN_DIRECTORY),
            "--model=builtin",
            "--image-size=32",
            "--output-mode=incremental",
            "--output=" + output));
    if (!IS_EXHAUSTIVE) {
      command.add("--dedup");
    }
    long start = System.nanoTime();
    Installed.Outcome outcome = Installed.execute(Map.of(), command, TIMEOUT);
    outcome.assertExitCode(0);
    String run =
        String.format(
            Locale.ROOT,
            "COUNT %,d files and %,d more, %s",
            (long) directories * FILES_IN_DIRECTORY,
            added,
            HEAP);
    System.out.printf(Locale.ROOT, "%s: %d s%n", run, (System.nanoTime() - start) / 1_000_000_000);
    List<String> meter =
        outcome.out().lines().filter(line -> line.startsWith(RunMeter.LINE)).toList();
    assertThat(meter).isNotEmpty();
    meter.forEach(line -> System.out.println(run + ": " + line));
    return Commands.report(output);
  }
}
