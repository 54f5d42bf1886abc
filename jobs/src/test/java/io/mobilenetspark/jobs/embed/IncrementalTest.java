package io.mobilenetspark.jobs.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.mobilenetspark.jobs.Commands;
import io.mobilenetspark.jobs.output.OtherRun;
import io.mobilenetspark.testing.Installed;
import io.mobilenetspark.testing.Pictures;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code --output-mode incremental} on a folder of files, rule by rule. */
class IncrementalTest extends IncrementalFixture {

  @Test
  void unchangedFilesAreNeverOpened() throws IOException {
    assertThat(found()).containsExactly(entry("new", 4), entry("computed", 4));
    assertThat(table().columns())
        .containsExactly(
            "path", "modificationTime", "length", "features", "status", "error", "width", "height");
    Set<String> before = names(output);
    FileTime success = Files.getLastModifiedTime(output.resolve("_SUCCESS"));
    Path file = photos.resolve("a0.png");
    FileTime time = Files.getLastModifiedTime(file);
    Files.write(file, new byte[(int) Files.size(file)]); // as nobody would
    Files.setLastModifiedTime(file, time);
    Set<String> rows = rows();

    assertThat(found()).containsExactly(entry("unchanged", 4));
    assertThat(names(output)).isEqualTo(before);
    assertThat(Files.getLastModifiedTime(output.resolve("_SUCCESS"))).isEqualTo(success);
    assertThat(rows()).isEqualTo(rows);
  }

  @Test
  @Tag("slow")
  void newFilesAreAddedAndChangedOnesReplaced() throws IOException {
    found();
    List<Path> before = Commands.parquetFiles(output);
    put("b", 10);
    assertThat(found())
        .containsExactly(entry("unchanged", 4), entry("new", 1), entry("computed", 1));
    assertThat(Commands.parquetFiles(output)).containsAll(before).hasSize(before.size() + 1);
    assertThat(rows()).isEqualTo(rowsOfOneFullRun());

    put("a1", 11);
    put("c", 12);
    Files.setLastModifiedTime(photos.resolve("a1.png"), FileTime.fromMillis(1_000_000_000_000L));
    Installed.Outcome outcome = embed();
    assertThat(outcome.out())
        .contains("4 unchanged, 1 new, 1 changed, 0 retried, 0 deleted from the input; 2 computed");
    assertThat(rows()).isEqualTo(rowsOfOneFullRun());
    assertThat(Commands.report(output).at("/table/rows").asInt()).isEqualTo(6);
    verify();
    assertThat(found()).containsExactly(entry("unchanged", 6));
  }

  @Test
  void deletedFilesAreKeptOrRemoved() throws IOException {
    found();
    Files.delete(photos.resolve("a3.png"));
    assertThat(found()).containsExactly(entry("unchanged", 3), entry("deleted", 1));
    assertThat(rows()).hasSize(4);
    assertThat(found("--deleted=remove"))
        .containsExactly(entry("unchanged", 3), entry("deleted", 1));
    assertThat(rows()).hasSize(3).isEqualTo(rowsOfOneFullRun());
    assertThat(found("--deleted=remove")).containsExactly(entry("unchanged", 3));
  }

  @Tag("slow")
  @Test
  void inputWithoutRowsRemovesNone() throws IOException {
    found();
    Set<String> files = names(output);
    embed("--deleted=remove", "--input-option=pathGlobFilter=*.none")
        .assertExitCode(3)
        .assertOneMessage("would remove all 4");
    assertThat(names(output)).isEqualTo(files);
    assertThat(found("--deleted=remove")).containsExactly(entry("unchanged", 4));
  }

  /** A place of several that is not there is no reason to remove the rows from there. */
  @Test
  void oneEmptyInputOfSeveralRemovesNoRow() throws IOException {
    Path disks = Files.createDirectory(directory.resolve("disks"));
    for (String disk : List.of("a", "b")) {
      Path folder = Files.createDirectories(disks.resolve(disk).resolve("photos"));
      Files.write(folder.resolve("1.png"), Pictures.png(1));
    }
    Path mounted = disks.resolve("b/photos");
    found("--input=" + disks + "/a/photos", "--input=" + mounted);
    Set<String> files = names(output);

    Path away = directory.resolve("away");
    Files.move(mounted, away);
    String glob = "--input=" + disks + "/*/photos";
    embed(glob, "--deleted=remove")
        .assertExitCode(3)
        .assertOneMessage("The folder file:" + disks + "/b of --input", "would remove all 1 of");
    Files.createDirectory(mounted);
    embed("--input=" + disks + "/a/photos", "--input=" + mounted, "--deleted=remove")
        .assertExitCode(3)
        .assertOneMessage("The input file:" + mounted, "leave it out of --input");
    assertThat(names(output)).isEqualTo(files);

    Files.delete(mounted);
    Files.delete(disks.resolve("b")); // as whoever means it does
    assertThat(found(glob, "--deleted=remove"))
        .containsExactly(entry("unchanged", 1), entry("deleted", 1));
    assertThat(rows()).hasSize(1);
  }

  @Test
  void oneEmptyTableOfSeveralRemovesNoRow() throws IOException {
    String products = products(product(1L, 1, 1), product(2L, 1, 2));
    Path empty = Files.createDirectory(directory.resolve("empty"));
    Path more = directory.resolve("more");
    spark.createDataFrame(List.of(product(3L, 1, 3)), BYTES).write().parquet(more.toString());
    found(products, "--input=" + more, "--changed-by=version");
    embed(
            products,
            "--input=" + empty,
            "--input-format=parquet",
            "--changed-by=version",
            "--deleted=remove")
        .assertExitCode(3)
        .assertOneMessage("There are no files in the input " + empty)
        .assertOneMessage("1 row");
    assertThat(rows()).hasSize(3);
  }

  @Tag("slow")
  @Test
  void failedRowsAreRetriedAsAskedFor() throws IOException {
    Files.writeString(photos.resolve("text.png"), "<html>", StandardCharsets.UTF_8);
    Files.createSymbolicLink(photos.resolve("dangling.png"), Path.of("/no/such/file"));
    found();
    assertThat(found("--retry=none")).containsExactly(entry("unchanged", 6));
    assertThat(found())
        .containsExactly(entry("unchanged", 5), entry("retried", 1), entry("computed", 1));
    assertThat(found("--retry=all"))
        .containsExactly(entry("unchanged", 4), entry("retried", 2), entry("computed", 2));
    assertThat(rows()).isEqualTo(rowsOfOneFullRun());
  }

  /** Two runs at once: this JVM is the other one. */
  @Tag("slow")
  @Test
  void secondRunAtTheSameTimeIsTold() throws IOException {
    found();
    OtherRun other = OtherRun.on(output);
    embed().assertExitCode(3).assertOneMessage("Another run is writing the output");
    other.end();
    assertThat(found()).containsExactly(entry("unchanged", 4));
  }

  @Test
  void optionsWithoutEffectAreRefused() {
    for (String option : List.of("--deleted=remove", "--retry=all", "--rows-per-commit=2")) {
      embed("--output-mode=overwrite", option)
          .assertExitCode(2)
          .assertOneMessage("has no effect without --output-mode incremental");
    }
    embed("--output-mode=append", "--changed-by=none").assertExitCode(2);
    embed("--output-option=MaxRecordsPerFile=3")
        .assertExitCode(2)
        .assertOneMessage("Pass --rows-per-file");
    embed("--output-option=mapreduce.output.basename=x").assertExitCode(2);
    embed("--rows-per-commit=-1").assertExitCode(2).assertOneMessage("must not be negative");
    embed("--mode=DROPMALFORMED").assertExitCode(2).assertOneMessage("DROPMALFORMED");
  }

  @Tag("slow")
  @Test
  void theSameFolderHasManyNames() throws IOException {
    found();
    assertThat(found("--input=file://" + photos)).containsExactly(entry("unchanged", 4));
    assertThat(found("--input=" + photos + "/../photos/")).containsExactly(entry("unchanged", 4));
    Path link = Files.createSymbolicLink(directory.resolve("link"), photos);
    Installed.Outcome outcome = embed("--input=" + link);
    outcome.assertExitCode(0);
    assertThat(outcome.err()).contains("No row of", "under another path");
  }

  @Tag("slow")
  @ParameterizedTest
  @ValueSource(strings = {"[a] {b}", "k=v x:y 50%20"})
  void namesOfOutputsMayBeAnything(String name) throws IOException {
    output = directory.resolve("out").resolve(name);
    found();
    put("a0", 10);
    Files.setLastModifiedTime(photos.resolve("a0.png"), FileTime.fromMillis(1_000_000_000_000L));
    assertThat(found()).contains(entry("changed", 1), entry("unchanged", 3));
  }

  @Tag("slow")
  @Test
  void joinsNeedNoAdaptiveExecution() throws IOException {
    spark.conf().set("spark.sql.adaptive.enabled", "false");
    spark.conf().set("spark.sql.autoBroadcastJoinThreshold", "-1");
    spark.conf().set("spark.sql.shuffle.partitions", "3");
    try {
      found();
      put("b", 10);
      put("a0", 11);
      Files.setLastModifiedTime(photos.resolve("a0.png"), FileTime.fromMillis(1_000_000_000_000L));
      Files.delete(photos.resolve("a3.png"));
      assertThat(found("--deleted=remove"))
          .containsExactly(
              entry("unchanged", 2),
              entry("new", 1),
              entry("changed", 1),
              entry("deleted", 1),
              entry("computed", 2));
      assertThat(rows()).isEqualTo(rowsOfOneFullRun());
    } finally {
      spark.conf().unset("spark.sql.adaptive.enabled");
      spark.conf().unset("spark.sql.autoBroadcastJoinThreshold");
      spark.conf().unset("spark.sql.shuffle.partitions");
    }
  }
}
