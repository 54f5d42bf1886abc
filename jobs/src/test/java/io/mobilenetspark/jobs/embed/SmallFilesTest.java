package io.mobilenetspark.jobs.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.mobilenetspark.jobs.Commands;
import io.mobilenetspark.testing.Cases;
import io.mobilenetspark.testing.FaultyFileSystem;
import io.mobilenetspark.testing.Pictures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Incremental runs leave few files, and touch none without need. */
@Tag("slow")
class SmallFilesTest extends IncrementalFixture {

  private static final StructType KINDS =
      new StructType()
          .add("id", DataTypes.LongType)
          .add("kind", DataTypes.StringType)
          .add("image", DataTypes.BinaryType);

  private void add(int picture) throws IOException {
    put("b" + picture, picture);
  }

  @Test
  void manyBecomeOne() throws IOException {
    String most = "--max-small-files=3";
    found(most);
    for (int run = 1; run <= 4; run++) {
      add(10 + run);
      assertThat(found(most))
          .containsExactly(entry("unchanged", 3 + run), entry("new", 1), entry("computed", 1));
      assertThat(Commands.parquetFiles(output)).hasSize(run == 1 ? 2 : run == 2 ? 3 : run - 2);
      assertThat(Commands.report(output).at("/table/rows").asInt()).isEqualTo(4 + run);
      assertThat(Commands.report(output).at("/table/files").asInt())
          .isEqualTo(Commands.parquetFiles(output).size());
    }
    verify();
    assertThat(rows()).isEqualTo(rowsOfOneFullRun());

    int files = Commands.parquetFiles(output).size();
    add(20);
    found("--max-small-files=0");
    add(21);
    found(most, "--rows-per-file=100");
    assertThat(Commands.parquetFiles(output)).hasSize(files + 2);
  }

  /** Spark lists more than 32 by tasks, and takes the name for a glob. */
  @Test
  void manyBecomeOneWhateverTheFolderIsCalled() throws IOException {
    output = directory.resolve("vectors of 100 % {1} [a]");
    for (int i = 0; i < 30; i++) {
      add(10 + i);
    }
    found("--rows-per-file=1");
    assertThat(Commands.parquetFiles(output)).hasSizeGreaterThan(32);
    add(40);
    assertThat(found("--max-small-files=3")).contains(entry("unchanged", 34), entry("new", 1));
    assertThat(Commands.parquetFiles(output)).hasSize(1);
    verify();
    assertThat(Commands.report(output).at("/table/rows").asInt()).isEqualTo(35);
  }

  /** Each directory of a partition by itself. */
  @Test
  void partitionsKeepTheirOwn() throws IOException {
    String[] kinds = {"cat", "cat", "cat", "dog"};
    for (int run = 0; run < kinds.length; run++) {
      Path place = directory.resolve("products/" + run);
      spark
          .createDataFrame(
              List.of(RowFactory.create((long) run, kinds[run], Pictures.png(run))), KINDS)
          .write()
          .parquet(place.toString());
      embed(
              "--input=" + directory.resolve("products/*"),
              "--keep-columns=kind",
              "--partition-by=kind",
              "--max-small-files=2")
          .assertExitCode(0);
    }
    assertThat(Commands.parquetFiles(output.resolve("kind=cat"))).hasSize(1);
    assertThat(Commands.parquetFiles(output.resolve("kind=dog"))).hasSize(1);
    assertThat(table().select("id").distinct().count()).isEqualTo(table().count()).isEqualTo(4);
    embed(
            "--input=" + directory.resolve("products/*"),
            "--keep-columns=kind",
            "--partition-by=kind")
        .assertExitCode(0);
    assertThat(Commands.report(output).at("/incremental/unchanged").asInt()).isEqualTo(4);
  }

  /** A run that dies while it makes files one: rows are there once, and none is computed again. */
  @Test
  void everyCallMayBeTheLast() throws IOException {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    hadoop.set("fs.ofs.impl", FaultyFileSystem.class.getName());
    try {
      String there = "--output=ofs://faulty" + output;
      String most = "--max-small-files=2";
      FaultyFileSystem.failFrom(Long.MAX_VALUE);
      embed(there).assertExitCode(0);
      add(10);
      embed(there).assertExitCode(0);
      add(11);
      FaultyFileSystem.failFrom(Long.MAX_VALUE);
      embed(there, most).assertExitCode(0);
      int calls = FaultyFileSystem.calls().size();
      int picture = 12;
      for (int n = calls - 20; n <= calls; n += Cases.count(5, 1)) { // the end is the commit
        FaultyFileSystem.failFrom(Long.MAX_VALUE);
        add(picture++);
        embed(there, "--max-small-files=0").assertExitCode(0);
        add(picture++);
        FaultyFileSystem.failFrom(n);
        embed(there, most);
        String description = "fails from call " + n + " of " + calls;
        FaultyFileSystem.failFrom(Long.MAX_VALUE);
        embed(there, most).assertExitCode(0);
        assertThat(Commands.parquetFiles(output)).as(description).hasSize(1);
        assertThat(rows()).as(description).hasSize(4 + picture - 10);
      }
      assertThat(rows()).isEqualTo(rowsOfOneFullRun());
    } finally {
      hadoop.unset("fs.ofs.impl");
    }
  }

  @Test
  void whatFailsAgainIsNotWrittenAgain() throws IOException {
    Path list = directory.resolve("list.txt");
    Path missing = directory.resolve("late.png");
    Files.write(list, List.of(photos.resolve("a0.png").toString(), missing.toString()));
    String[] options = {"--input=" + list, "--image-column=value", "--id-column=value"};
    found(options);
    List<Path> files = Commands.parquetFiles(output);

    Map<String, Integer> again = found(options);
    assertThat(again)
        .containsExactly(entry("unchanged", 1), entry("retried", 1), entry("computed", 1));
    assertThat(Commands.parquetFiles(output)).isEqualTo(files);

    Files.write(
        list,
        List.of(
            photos.resolve("a0.png").toString(),
            photos.resolve("a1.png").toString(),
            missing.toString()));
    embed("--max-error-rate=0.4", options[0], options[1], options[2]).assertExitCode(0);
    assertThat(Commands.report(output).at("/status").toString()).isEqualTo("{\"OK\":1}");
    assertThat(Commands.parquetFiles(output)).hasSize(2).containsAll(files);
    assertThat(rows()).hasSize(3);

    Files.copy(photos.resolve("a2.png"), missing);
    assertThat(found(options)).contains(entry("unchanged", 2), entry("changed", 1));
    assertThat(rows()).hasSize(3).allMatch(row -> row.contains(",OK,"));
  }
}
