package io.mobilenetspark.jobs.embed;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.mobilenetspark.jobs.Commands;
import io.mobilenetspark.jobs.table.OutputContent;
import io.mobilenetspark.jobs.table.VectorWriteSupport;
import io.mobilenetspark.jobs.table.VectorWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * An incremental table of five rows and what a run left that did not finish, written by version
 * 0.1.0: later versions go on with them. The files are never made again; what a new format needs is
 * files beside them.
 */
class TablesOf010Test extends IncrementalFixture {

  @BeforeEach
  void copy() throws Exception {
    Path saved = Path.of(requireNonNull(TablesOf010Test.class.getResource("tables-0.1.0")).toURI());
    FileUtils.copyDirectory(saved.toFile(), directory.toFile());
  }

  private String input(int last) {
    return products(
        Stream.iterate(1, id -> id <= last, id -> id + 1)
            .map(id -> product((long) id, 1, id))
            .toArray(Row[]::new));
  }

  @Test
  @Tag("slow")
  void itsRowsAndThoseOfTheRunThatDidNotFinishAreTaken() throws IOException {
    String[] options = {input(8), "--id-column=id"};
    assertThat(found(options))
        .containsOnly(
            entry("unchanged", 5), entry("new", 3), entry("resumed", 2), entry("computed", 1));
    Commands.run("verify", "--output=" + output, options[0], "--id-column=id", "--model=builtin")
        .assertExitCode(0);
    assertThat(table().select("id").distinct().count()).isEqualTo(8);
  }

  @Test
  void vectorsOfALaterFormatAreRefusedByName() throws IOException {
    Path pending = directory.resolve(".vectors" + OutputContent.PENDING).resolve("run-000001");
    String input = input(8);
    rewrite(pending);
    embed(input, "--id-column=id")
        .assertExitCode(3)
        .assertOneMessage(
            "run-000001 are of format 2 (part-", "reads formats up to 1. Use the version");
    assertThat(Files.exists(pending)).isTrue();

    rewrite(output);
    for (String mode : List.of("incremental", "append")) {
      embed(input, "--id-column=id", "--output-mode=" + mode)
          .assertExitCode(3)
          .assertOneMessage(
              "vectors are of format 2 (part-", "reads formats up to 1. Use the version");
    }
    Commands.run("verify", "--output=" + output, "--model=builtin")
        .assertExitCode(3)
        .assertOneMessage(
            "vectors are of format 2 (part-", "reads formats up to 1. Use the version");
    assertThat(table().count()).isEqualTo(5);
  }

  /** The same rows as a later version might write them. */
  private void rewrite(Path folder) throws IOException {
    Dataset<Row> rows = spark.read().parquet(folder.toString());
    Path later = directory.resolve("later");
    VectorWriter.of(rows.coalesce(1), Map.of(VectorWriteSupport.FORMAT, "2"))
        .save(later.toString());
    for (Path old : Commands.parquetFiles(folder)) {
      Files.delete(old);
    }
    for (Path file : Commands.parquetFiles(later)) {
      Files.move(file, folder.resolve(file.getFileName()));
    }
    FileUtils.deleteDirectory(later.toFile());
  }
}
