package io.mobilenetspark.jobs.embed;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.jobs.Commands;
import io.mobilenetspark.testing.FaultyFileSystem;
import io.mobilenetspark.testing.Installed;
import io.mobilenetspark.testing.Pictures;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code embed --continuous}: the table follows its input. */
@Tag("slow")
class ContinuousTest extends IncrementalFixture {

  private List<String> options(String... more) {
    List<String> options = new ArrayList<>(List.of("--output=" + output));
    if (Arrays.stream(more).noneMatch(option -> option.matches("--(input|table)=.*"))) {
      options.add("--input=" + photos);
    }
    options.addAll(List.of(more));
    return options;
  }

  private long tableRows() {
    try {
      return Commands.report(output).at("/table/rows").asLong();
    } catch (IOException e) {
      return -1; // not there, or just being replaced
    }
  }

  /** Waits for some rounds: each lists the output. */
  private void awaitRounds(Watching watching) throws InterruptedException {
    FaultyFileSystem.failFrom(Long.MAX_VALUE);
    watching.await(
        "rounds",
        () ->
            FaultyFileSystem.calls().stream()
                    .filter(call -> call.equals("listStatus " + output.getFileName()))
                    .count()
                > 10);
  }

  @Test
  void folderIsFollowed() throws Exception {
    Path empty = Files.createDirectories(directory.resolve("empty"));
    Path filled = photos;
    photos = empty;
    spark.sparkContext().hadoopConfiguration().set("fs.ofs.impl", FaultyFileSystem.class.getName());
    FaultyFileSystem.failFrom(Long.MAX_VALUE);
    try (Watching watching =
        new Watching(
            List.of("--input=" + photos, "--output=ofs://faulty" + output, "--deleted=remove"))) {
      TimeUnit.MILLISECONDS.sleep(300); // rounds that find nothing
      assertThat(watching.isAlive()).isTrue();
      assertThat(output).doesNotExist();
      for (int i = 0; i < 4; i++) {
        Files.move(filled.resolve("a" + i + ".png"), photos.resolve("a" + i + ".png"));
      }
      watching.await("4 rows", () -> tableRows() == 4);
      assertThat(rows()).isEqualTo(rowsOfOneFullRun());

      awaitRounds(watching);
      Path report = output.resolve("_run.json");
      var written = Files.getLastModifiedTime(report);
      var files = names(output);
      awaitRounds(watching);
      assertThat(Files.getLastModifiedTime(report)).as("an idle round").isEqualTo(written);
      assertThat(names(output)).isEqualTo(files);

      writeSlowly(photos.resolve("slow.png"), Pictures.png(20));
      put("a0", 21);
      Files.delete(photos.resolve("a1.png"));
      Set<String> expected = rowsOfOneFullRun();
      watching.await("the last state", () -> expected.equals(rowsIfThere()));
      Installed.Outcome outcome = watching.stop();
      outcome.assertExitCode(0);
      assertThat(outcome.err()).contains("Watching the input", "Stopped.").doesNotContain("Error");
      assertThat(outcome.out().lines()).allMatch(line -> line.startsWith("Round "));
    } finally {
      spark.sparkContext().hadoopConfiguration().unset("fs.ofs.impl");
    }
    assertThat(names(directory)).noneMatch(name -> name.startsWith(".vectors"));
    verify();
  }

  /** None while the table is being replaced. */
  private Set<String> rowsIfThere() {
    try {
      return rows();
    } catch (Exception e) { // Spark throws checked exceptions out of methods without them
      return Set.of();
    }
  }

  /** In parts, as an upload comes in: rounds see it unfinished. */
  private static void writeSlowly(Path file, byte[] bytes) throws Exception {
    try (OutputStream out = Files.newOutputStream(file)) {
      for (int i = 0; i < 4; i++) {
        int from = bytes.length * i / 4;
        out.write(bytes, from, bytes.length * (i + 1) / 4 - from);
        out.flush();
        TimeUnit.MILLISECONDS.sleep(700);
      }
    }
  }

  @Test
  void tableIsReadAnew() throws Exception {
    Path place = directory.resolve("products");
    spark
        .createDataFrame(List.of(product(1L, 1, 1), product(2L, 1, 2)), BYTES)
        .write()
        .parquet(place.toString());
    spark.sql("DROP TABLE IF EXISTS watched");
    spark.sql("CREATE TABLE watched USING parquet LOCATION '" + place.toUri() + "'");
    spark.sql("CREATE OR REPLACE VIEW watched_view AS SELECT * FROM watched WHERE id < 9");
    try (Watching watching =
        new Watching(options("--table=watched_view", "--changed-by=version", "--deleted=remove"))) {
      watching.await("2 rows", () -> tableRows() == 2);
      Path beside = directory.resolve("beside"); // files that Spark is not told of
      spark
          .createDataFrame(List.of(product(3L, 1, 3)), BYTES)
          .coalesce(1)
          .write()
          .parquet(beside.toString());
      Path part = Commands.parquetFiles(beside).get(0);
      Files.move(part, place.resolve(part.getFileName()));
      watching.await("3 rows", () -> tableRows() == 3);

      for (Path file : Commands.parquetFiles(place)) { // as while it is being overwritten
        Files.move(file, beside.resolve(file.getFileName()));
      }
      TimeUnit.SECONDS.sleep(2);
      assertThat(rows()).hasSize(3);
      Files.move(beside.resolve(part.getFileName()), place.resolve(part.getFileName()));
      watching.await("1 row", () -> tableRows() == 1);
      watching.stop().assertExitCode(0);
    } finally {
      spark.sql("DROP VIEW IF EXISTS watched_view");
      spark.sql("DROP TABLE IF EXISTS watched");
    }
  }

  @Test
  void catalogIsToldInEachRound() throws Exception {
    String name = "followed_" + System.nanoTime();
    try (Watching watching = new Watching(options("--output-table=" + name))) {
      watching.awaitRound(1);
      put("b", 30);
      watching.awaitRound(2);
      watching.await("5 rows", () -> spark.table(name).count() == 5);
      assertThat(watching.stop().err())
          .containsOnlyOnce("The catalog of this session is in memory");
      spark.sql("DROP TABLE " + name); // as if it had never been told
      try (Watching again = new Watching(options("--output-table=" + name))) {
        again.await("the catalog to be told", () -> spark.catalog().tableExists(name));
        again.stop().assertExitCode(0);
      }
      assertThat(spark.table(name).count()).isEqualTo(5);
    } finally {
      spark.sql("DROP TABLE IF EXISTS " + name);
    }
  }

  @Test
  void failureEndsIt() throws Exception {
    try (Watching watching = new Watching(options("--max-error-rate=0.5"))) {
      watching.awaitRound(1);
      Files.writeString(photos.resolve("bad.png"), "<html>");
      watching.ended().assertExitCode(5).assertOneMessage("1 of 1 image can't be read");
    }
    assertThat(rows()).hasSize(5); // written all the same
    try (Watching watching = new Watching(options())) {
      watching.await("the folder to be read", () -> true);
      deleteFolder();
      watching.ended().assertExitCode(3).assertOneMessage("There is no input");
    }
    assertThat(rows()).as("nothing is removed").hasSize(5);
  }

  private void deleteFolder() {
    try {
      for (String name : names(photos)) {
        Files.delete(photos.resolve(name));
      }
      Files.delete(photos);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void quietRoundsSayNothing() throws Exception {
    try (Watching watching =
        new Watching(
            options(
                "--quiet",
                "--partition-by=kind",
                "--input=" + photos + "/kind=*",
                "--input-option=basePath=" + photos))) {
      watching.ended().assertExitCode(3); // no such folder yet
    }
    try (Watching watching = new Watching(options("--quiet"))) {
      watching.await("4 rows", () -> tableRows() == 4);
      Installed.Outcome outcome = watching.stop();
      assertThat(outcome.out() + outcome.err()).isEmpty();
      outcome.assertExitCode(0);
    }
  }

  @Test
  void whatMakesNoSenseIsRefused() {
    for (String mode : List.of("overwrite", "append", "errorifexists", "ignore")) {
      embed("--continuous", "--output-mode=" + mode)
          .assertExitCode(2)
          .assertOneMessage("--output-mode " + mode);
    }
    embed("--trigger-interval=5s").assertExitCode(2).assertOneMessage("without --continuous");
    for (String interval : List.of("", "30", "soon", "-1s", "1.5s", "30 seconds")) {
      embed("--continuous", "--trigger-interval=" + interval)
          .assertExitCode(2)
          .assertOneMessage("500ms, 30s, 5min or 1h, not '" + interval + "'");
    }
    embed("--continuous", "--mode=DROPMALFORMED").assertExitCode(2);
    assertThat(
            Commands.run(
                    "embed",
                    "--continuous",
                    "--input=" + photos,
                    "--model=builtin",
                    "--output-table=followed",
                    "--output-format=orc")
                .err())
        .contains("Can't write to the table followed");
    assertThat(output).doesNotExist();
  }
}
