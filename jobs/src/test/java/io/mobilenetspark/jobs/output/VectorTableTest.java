package io.mobilenetspark.jobs.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobilenetspark.jobs.Commands;
import io.mobilenetspark.jobs.cli.CommonOptions;
import io.mobilenetspark.jobs.cli.Console;
import io.mobilenetspark.jobs.cli.OutputDirectoryOptions;
import io.mobilenetspark.jobs.cli.OutputTableOptions;
import io.mobilenetspark.jobs.cli.TableOptions;
import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.jobs.table.RunReport;
import io.mobilenetspark.jobs.table.StoredVectors;
import io.mobilenetspark.jobs.table.VectorWriter;
import io.mobilenetspark.testing.FaultyFileSystem;
import io.mobilenetspark.testing.Pictures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** Two runs on one output, one of them between two steps of the other. */
class VectorTableTest {

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"APPEND", "IGNORE", "ERRORIFEXISTS"})
  void aTableThatAnotherRunHasJustWrittenStays(String mode) throws Exception {
    SparkSession spark = Commands.session();
    Path photos = Files.createDirectory(directory.resolve("photos"));
    Files.write(photos.resolve("a.png"), Pictures.png(1));
    Path output = directory.resolve("vectors");
    Console console =
        new Console(
            new CommandLine(CommandSpec.create()),
            CommonOptions.Verbosity.QUIET,
            Console.Results.TEXT);
    try (VectorTable table =
        VectorTable.at(
            CommandLine.populateCommand(
                new OutputDirectoryOptions(), "--output=" + output, "--output-mode=" + mode),
            CommandLine.populateCommand(new TableOptions()),
            List.of(photos.toString()),
            new Configuration(),
            console)) {
      assertThat(table.leavesWhatExists()).isFalse();
      Commands.run(
              "embed",
              "--input=" + photos,
              "--model=builtin",
              "--image-size=32",
              "--output=" + output)
          .assertExitCode(0);

      assertThatThrownBy(() -> table.begin(spark.emptyDataFrame()))
          .isInstanceOf(UserException.class)
          .hasMessageContaining(output.toString());
    }
    assertThat(spark.read().parquet(output.toString()).count()).isEqualTo(1);
  }

  /** More files than threads move them: this one waits for others. */
  @Tag("slow")
  @Test
  void interruptedThreadCommitsAll() throws Exception {
    SparkSession spark = Commands.session();
    Path photos = Files.createDirectory(directory.resolve("photos"));
    for (int i = 0; i < 20; i++) {
      Files.write(photos.resolve(i + ".png"), Pictures.png(i));
    }
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    hadoop.set("fs.s3a.impl", FaultyFileSystem.class.getName()); // files are moved one by one
    FaultyFileSystem.failFrom(Long.MAX_VALUE);
    try {
      Path output = directory.resolve("vectors");
      String there = "s3a://faulty" + output;
      Commands.run(
              "embed",
              "--input=" + photos,
              "--model=builtin",
              "--image-size=32",
              "--rows-per-file=1",
              "--output=" + there)
          .assertExitCode(0);
      assertThat(Commands.parquetFiles(output)).hasSize(20);
      try (VectorTable table =
          VectorTable.at(
              OutputTableOptions.overwrite(there),
              CommandLine.populateCommand(new TableOptions()),
              List.of(photos.toString()),
              hadoop,
              new Console(
                  new CommandLine(CommandSpec.create()),
                  CommonOptions.Verbosity.QUIET,
                  Console.Results.TEXT))) {
        table.begin(spark.emptyDataFrame());
        table.write(spark.read().parquet(output.toString()).coalesce(1), Map.of());
        Thread.currentThread().interrupt();
        table.commit(report(), spark);
        assertThat(Thread.interrupted()).as("still").isTrue();
      }
      assertThat(output.resolve("_SUCCESS")).exists();
      assertThat(Commands.parquetFiles(output)).hasSize(1);
      assertThat(spark.read().parquet(output.toString()).count()).isEqualTo(20);
    } finally {
      hadoop.unset("fs.s3a.impl");
    }
  }

  /** The disk, where the folders of runs are cleared while one waits for another job to end. */
  static final class ClearingStore extends FaultyFileSystem {
    private static final AtomicReference<Path> CLEARED = new AtomicReference<>();

    @Override
    public FileStatus getFileStatus(org.apache.hadoop.fs.Path path) throws IOException {
      Path staging = path.getName().equals("_temporary") ? CLEARED.getAndSet(null) : null;
      if (staging != null) {
        delete(new org.apache.hadoop.fs.Path("s3a://faulty" + staging), true);
      }
      return super.getFileStatus(path);
    }
  }

  /** By one that takes it for dead: nothing of the table that is there is deleted for nothing. */
  @Tag("slow")
  @Test
  void aRunWhoseFolderIsClearedReplacesNothing() throws Exception {
    SparkSession spark = Commands.session();
    Path output = directory.resolve("vectors");
    String there = "s3a://faulty" + output;
    VectorWriter.of(spark.range(3).toDF(), Map.of("mobilenet-spark.format", "1"))
        .save(output.toString());
    List<Path> before = Commands.parquetFiles(output);
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    hadoop.set("fs.s3a.impl", ClearingStore.class.getName());
    FaultyFileSystem.failFrom(Long.MAX_VALUE);
    try (VectorTable table =
        VectorTable.at(
            OutputTableOptions.overwrite(there),
            CommandLine.populateCommand(new TableOptions()),
            List.of(),
            hadoop,
            new Console(
                new CommandLine(CommandSpec.create()),
                CommonOptions.Verbosity.QUIET,
                Console.Results.TEXT))) {
      table.begin(spark.emptyDataFrame());
      table.write(spark.range(5).toDF(), Map.of());
      ClearingStore.CLEARED.set(output.resolve(".mobilenet-staging"));

      assertThatThrownBy(() -> table.commit(report(), spark))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("could not be moved into place");
      assertThat(ClearingStore.CLEARED.get()).as("cleared").isNull();
    } finally {
      hadoop.unset("fs.s3a.impl");
    }
    assertThat(Commands.parquetFiles(output)).isEqualTo(before);
    assertThat(output.resolve("_SUCCESS")).exists();
  }

  private static RunReport report() {
    return new RunReport(
        Instant.now(),
        Duration.ZERO,
        Map.of(),
        0,
        0,
        Map.of(),
        Map.of(),
        Map.of(),
        Optional.empty(),
        OptionalLong.empty());
  }

  /**
   * Between two renames: readers say where the table is, and the next run of any mode puts it back.
   */
  @Test
  void aTableOfARunThatDiedBetweenTwoRenamesIsNamed() throws Exception {
    SparkSession spark = Commands.session();
    Path output = directory.resolve("vectors");
    RunOwner here = RunOwner.ofThisRun("dead");
    String dead = new RunOwner(here.host(), here.space(), 4_000_000_000L, 1, "dead").name();
    Path staging = directory.resolve(".vectors.mobilenet-staging");
    Path old = Files.createDirectories(staging.resolve(dead).resolve("old"));
    Files.createFile(old.resolve("_SUCCESS"));
    for (String options : List.of("", "/")) {
      assertThatThrownBy(() -> StoredVectors.open(spark, output + options, List.of()))
          .isInstanceOf(UserException.class)
          .hasMessageContaining(staging.toString())
          .hasMessageContaining("--output-mode ignore");
    }

    try (VectorTable table =
        VectorTable.at(
            CommandLine.populateCommand(
                new OutputDirectoryOptions(), "--output=" + output, "--output-mode=IGNORE"),
            CommandLine.populateCommand(new TableOptions()),
            List.of(directory.resolve("photos").toString()),
            new Configuration(),
            new Console(
                new CommandLine(CommandSpec.create()),
                CommonOptions.Verbosity.QUIET,
                Console.Results.TEXT))) {
      assertThat(table.leavesWhatExists()).isTrue();
    }
    assertThat(output.resolve("_SUCCESS")).exists();
    assertThat(staging).doesNotExist();
  }

  @Test
  void aJobThatIsSoonDoneDoesNotCostTheNewTable() throws Exception {
    SparkSession spark = Commands.session();
    Path output = directory.resolve("vectors");
    Path photos = Files.createDirectory(directory.resolve("photos"));
    Files.write(photos.resolve("a.png"), Pictures.png(1));
    Commands.run(
            "embed",
            "--input=" + photos,
            "--model=builtin",
            "--image-size=32",
            "--output=" + output)
        .assertExitCode(0);
    try (VectorTable table =
        VectorTable.at(
            OutputTableOptions.overwrite(output.toString()),
            CommandLine.populateCommand(new TableOptions()),
            List.of(photos.toString()),
            new Configuration(),
            new Console(
                new CommandLine(CommandSpec.create()),
                CommonOptions.Verbosity.QUIET,
                Console.Results.TEXT))) {
      table.begin(spark.emptyDataFrame());
      Dataset<Row> rows = spark.read().parquet(output.toString());
      table.write(rows.union(rows), Map.of());
      Path others = Files.createDirectory(output.resolve("_temporary"));
      CompletableFuture<Void> done =
          CompletableFuture.runAsync(
              () -> others.toFile().delete(),
              CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS));
      table.commit(report(), spark);
      assertThat(done).as("waited for").isDone();
    }
    assertThat(spark.read().parquet(output.toString()).count()).isEqualTo(2);
  }
}
