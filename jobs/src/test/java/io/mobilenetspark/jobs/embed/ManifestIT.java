package io.mobilenetspark.jobs.embed;

import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.mobilenetspark.jobs.Commands;
import io.mobilenetspark.jobs.Main;
import io.mobilenetspark.jobs.table.VectorWriter;
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
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.LocalInputFile;
import org.apache.spark.launcher.JavaModuleOptions;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * A table that names more files than a driver of 1 GB holds: nothing is listed, and the rows that
 * are new are found. {@code -Dmanifest.rows} has so many million rows.
 */
@Tag("slow")
@EnabledIfSystemProperty(
    named = "cases",
    matches = "all",
    disabledReason = "of the exhaustive tier: minutes")
class ManifestIT {

  private static final long ROWS = 1_000_000L * Integer.getInteger("manifest.rows", 10);
  private static final long ADDED = 2000;
  private static final int PARTS = 8;
  private static final Duration TIMEOUT = Duration.ofHours(1);

  @TempDir private Path directory;

  private final SparkSession spark = Commands.session();

  @Test
  void newRowsOfManyAreFound() throws Exception {
    Path content = Files.write(directory.resolve("content.png"), Pictures.png(1));
    Path output = directory.resolve("vectors");
    manifest(content, 1);
    embed(output);
    fill(output);

    manifest(content, ROWS + ADDED);
    JsonNode found = embed(output).at("/incremental");
    assertThat(found.at("/unchanged").asLong()).isEqualTo(ROWS);
    assertThat(found.at("/new").asLong()).isEqualTo(ADDED);
    assertThat(found.at("/computed").asLong()).isEqualTo(ADDED);
    assertThat(spark.read().parquet(output.toString()).count()).isEqualTo(ROWS + ADDED);
  }

  private Path place() {
    return directory.resolve("manifest");
  }

  private void manifest(Path content, long rows) {
    spark
        .range(0, rows, 1, PARTS)
        .selectExpr("id", "'" + content + "' AS image", "1 AS version")
        .write()
        .mode("overwrite")
        .parquet(place().toString());
  }

  /** As if the rows had been computed, and their images were damaged: vectors take room. */
  private void fill(Path output) throws IOException {
    Path file = Commands.parquetFiles(output).get(0);
    Map<String, String> footer;
    try (ParquetFileReader reader = ParquetFileReader.open(new LocalInputFile(file))) {
      footer = new TreeMap<>(reader.getFileMetaData().getKeyValueMetaData());
      footer.keySet().removeIf(key -> !key.startsWith("mobilenet")); // Spark adds its own
    }
    Dataset<Row> one = spark.read().parquet(file.toString());
    Dataset<Row> rows = spark.range(1, ROWS, 1, PARTS).toDF("id");
    List<Column> columns = new ArrayList<>();
    for (var column : one.schema().fields()) {
      Column value =
          switch (column.name()) {
            case "id" -> rows.col("id");
            case "version" -> lit(1);
            case "status" -> lit("CORRUPT");
            default -> lit(null).cast(column.dataType());
          };
      columns.add(value.as(column.name(), column.metadata()));
    }
    VectorWriter.of(rows.select(columns.toArray(Column[]::new)), footer)
        .mode("append")
        .save(output.toString());
  }

  /** Runs the command in a JVM of its own; gives its report. */
  private JsonNode embed(Path output) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + "/bin/java");
    command.addAll(List.of(JavaModuleOptions.defaultModuleOptionArray()));
    command.add("-Xmx1g");
    command.add("-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"));
    command.add("-Dspark.master=local[2]");
    command.add("-Dspark.ui.enabled=false");
    command.add("-Dspark.extraListeners=" + RunMeter.class.getName());
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName(),
            "embed",
            "--input=" + place(),
            "--changed-by=version",
            "--model=builtin",
            "--image-size=32",
            "--output-mode=incremental",
            "--output=" + output));
    long start = System.nanoTime();
    Installed.Outcome outcome = Installed.execute(Map.of(), command, TIMEOUT);
    outcome.assertExitCode(0);
    System.out.printf(
        Locale.ROOT,
        "COUNT manifest of %,d rows: %d s%n",
        ROWS + ADDED,
        (System.nanoTime() - start) / 1_000_000_000);
    outcome
        .out()
        .lines()
        .filter(line -> line.startsWith(RunMeter.LINE))
        .forEach(line -> System.out.println("COUNT manifest: " + line));
    return Commands.report(output);
  }
}
