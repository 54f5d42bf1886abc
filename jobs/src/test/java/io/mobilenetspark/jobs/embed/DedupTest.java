package io.mobilenetspark.jobs.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import com.fasterxml.jackson.databind.JsonNode;
import io.mobilenetspark.jobs.Commands;
import io.mobilenetspark.spark.TaskEmbedder;
import io.mobilenetspark.testing.Pictures;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code --dedup}, rule by rule. */
class DedupTest extends IncrementalFixture {

  private JsonNode report(String... options) throws IOException {
    found(options);
    return Commands.report(output);
  }

  @ParameterizedTest
  @ValueSource(strings = {"errorifexists", "incremental"})
  void tenthOfTheWork(String mode) throws IOException {
    for (int i = 0; i < 40; i++) {
      put("a" + i, i % 4);
    }
    long before = TaskEmbedder.imagesOfThisJvm();
    JsonNode report = report("--dedup", "--output-mode=" + mode);
    assertThat(TaskEmbedder.imagesOfThisJvm() - before).isEqualTo(4);
    assertThat(report.at("/duplicates").asInt()).isEqualTo(36);
    assertThat(report.at("/images").asInt()).isEqualTo(40);
    assertThat(report.at("/status/OK").asInt()).isEqualTo(40);
    assertThat(report.at("/table/rows").asInt()).isEqualTo(40);
    assertThat(table().columns())
        .hasSize(mode.equals("incremental") ? 9 : 6)
        .startsWith(
            mode.equals("incremental")
                ? new String[] {"path", "modificationTime", "length", "content_sha256", "features"}
                : new String[] {"path", "features"});
  }

  @Tag("slow")
  @Test
  void filesThatMovedAreNotComputed() throws IOException {
    found("--dedup");
    Files.move(photos.resolve("a0.png"), photos.resolve("b0.png"));
    put("b1", 1);
    put("b2", 10);
    put("b3", 10);
    Files.writeString(photos.resolve("c.png"), "<html>", StandardCharsets.UTF_8);
    JsonNode report = report("--dedup", "--deleted=remove");
    assertThat(report.at("/duplicates").asInt()).isEqualTo(3);
    assertThat(report.at("/incremental/computed").asInt()).isEqualTo(2);
    assertThat(report.at("/incremental/new").asInt()).isEqualTo(5);
    assertThat(rows()).isEqualTo(rowsOfOneFullRun());
    Files.copy(photos.resolve("c.png"), photos.resolve("d.png")); // failures are tried again
    assertThat(found("--dedup"))
        .containsExactly(entry("unchanged", 8), entry("new", 1), entry("computed", 1));
    assertThat(Commands.report(output).at("/duplicates").asInt()).isZero();
  }

  @Tag("slow")
  @Test
  void hashIsAMatterOfTheTable() throws IOException {
    found();
    embed("--dedup")
        .assertExitCode(3)
        .assertOneMessage("not made with --dedup", "no column content_sha256");
    found("--dedup", "--output-mode=overwrite", "--changed-by=mtime,length");
    embed().assertExitCode(3).assertOneMessage("made with --dedup", "column content_sha256");
    found("--output-mode=overwrite", "--changed-by=sha256");
    put("b", 0);
    found("--changed-by=sha256", "--dedup");
    assertThat(Commands.report(output).at("/duplicates").asInt()).isEqualTo(1);
  }

  @Tag("slow")
  @Test
  void columnsWithTheNameOfTheHashAreTold() throws IOException {
    StructType schema =
        new StructType()
            .add("id", DataTypes.LongType)
            .add("CONTENT_SHA256", DataTypes.StringType)
            .add("image", DataTypes.BinaryType);
    String input =
        products(
            schema,
            RowFactory.create(1L, "x", Pictures.png(1)),
            RowFactory.create(2L, "y", Pictures.png(1)));
    for (String option : List.of("--keep-columns=content_sha256", "--changed-by=CONTENT_SHA256")) {
      embed(input, "--dedup", option).assertExitCode(3).assertOneMessage("Rename it first");
    }
    embed(input, "--dedup", "--id-column=content_sha256", "--changed-by=none")
        .assertExitCode(3)
        .assertOneMessage("'content_sha256'", "--dedup adds one of that name");
    found(input, "--dedup", "--output-mode=overwrite", "--keep-columns=content_sha256");
    assertThat(table().select("content_sha256").collectAsList().stream().map(row -> row.get(0)))
        .containsExactlyInAnyOrder("x", "y");
    assertThat(Commands.report(output).at("/duplicates").asInt()).isEqualTo(1);
  }

  @Tag("slow")
  @Test
  void sidesOfPixelsCount() throws IOException {
    StructType schema =
        new StructType()
            .add("id", DataTypes.LongType)
            .add("image", org.apache.spark.ml.image.ImageSchema.columnSchema());
    byte[] data = new byte[4 * 6 * 3];
    java.util.Arrays.fill(data, 0, 30, (byte) 200);
    String[] options = {products(schema, pixels(1, 4, 6, data), pixels(2, 4, 6, data)), "--dedup"};
    found(options);
    assertThat(Commands.report(output).at("/duplicates").asInt()).isEqualTo(1);
    products(schema, pixels(1, 6, 4, data), pixels(2, 4, 6, data));
    assertThat(found(options))
        .containsExactly(entry("unchanged", 1), entry("changed", 1), entry("computed", 1));
    assertThat(rows()).isEqualTo(rowsOfOneFullRun(options[0]));
  }

  private static Row pixels(long id, int height, int width, byte[] data) {
    return RowFactory.create(id, RowFactory.create("", height, width, 3, 16, data));
  }

  @Tag("slow")
  @Test
  void largeFilesAreNotHashed() throws IOException {
    put("b", 0);
    String limit = "--max-image-bytes=" + (Files.size(photos.resolve("a0.png")) - 1);
    JsonNode report = report("--dedup", limit);
    assertThat(report.at("/duplicates").asInt()).isZero();
    assertThat(rows()).isEqualTo(rowsOfOneFullRun(limit));
  }

  @Tag("slow")
  @Test
  void failfastFails() throws IOException {
    Files.writeString(photos.resolve("c.png"), "<html>", StandardCharsets.UTF_8);
    Files.writeString(photos.resolve("d.png"), "<html>", StandardCharsets.UTF_8);
    embed("--dedup", "--mode=FAILFAST", "--output-mode=overwrite")
        .assertExitCode(5)
        .assertOneMessage("UNSUPPORTED_FORMAT");
    assertThat(names(directory)).containsExactly("photos");
  }

  /** Of each group, the file that is the first to be opened a second time is another one then. */
  public static final class FickleFileSystem extends RawLocalFileSystem {

    private static final Map<String, Integer> OPENED = new ConcurrentHashMap<>();
    private static final Map<String, String> FICKLE = new ConcurrentHashMap<>();

    @Override
    public URI getUri() {
      return URI.create("fickle:///");
    }

    @Override
    public FSDataInputStream open(org.apache.hadoop.fs.Path path, int bufferSize)
        throws IOException {
      String name = path.getName();
      String group = name.substring(0, name.indexOf('-'));
      boolean isFickle =
          OPENED.merge(name, 1, Integer::sum) > 1
              && FICKLE.computeIfAbsent(group, ignored -> name).equals(name);
      if (isFickle && group.equals("gone")) {
        throw new FileNotFoundException(path + " is gone");
      }
      return super.open(
          isFickle ? new org.apache.hadoop.fs.Path(path.getParent(), "other-0") : path, bufferSize);
    }
  }

  @Tag("slow")
  @ParameterizedTest
  @ValueSource(strings = {"errorifexists", "incremental"})
  void fileThatStandsForOthersMayChange(String mode) throws IOException {
    FickleFileSystem.OPENED.clear();
    FickleFileSystem.FICKLE.clear();
    spark
        .sparkContext()
        .hadoopConfiguration()
        .set("fs.fickle.impl", FickleFileSystem.class.getName());
    Path list = directory.resolve("list.csv");
    for (String name : List.of("gone-0", "gone-1", "gone-2", "new-0", "new-1", "new-2")) {
      Files.write(photos.resolve(name), Pictures.png(name.startsWith("gone") ? 1 : 2));
      Files.writeString(
          list,
          name + ",fickle://" + photos.resolve(name) + "\n",
          java.nio.file.StandardOpenOption.CREATE,
          java.nio.file.StandardOpenOption.APPEND);
    }
    Files.write(photos.resolve("other-0"), Pictures.png(3));
    String[] options = {
      "--input=" + list, "--image-column=_c1", "--id-column=_c0", "--dedup", "--output-mode=" + mode
    };
    JsonNode report = report(options);
    assertThat(report.at("/duplicates").asInt()).isZero();
    assertThat(report.at("/status/OK").asInt()).isEqualTo(5);
    assertThat(report.at("/status/READ_ERROR").asInt()).isEqualTo(1);
    Map<Integer, List<Float>> vectors = new HashMap<>();
    Path kept = output;
    output = directory.resolve("right");
    embed("--output-mode=overwrite").assertExitCode(0);
    for (Row row : table().collectAsList()) {
      String path = row.getAs("path");
      if (path.matches(".*/a\\d\\.png")) {
        vectors.put(path.charAt(path.length() - 5) - '0', row.getList(row.fieldIndex("features")));
      }
    }
    output = kept;
    for (Row row : table().collectAsList()) {
      String name = row.getAs("_c0");
      if (FickleFileSystem.FICKLE.containsValue(name)) {
        assertThat(row.<String>getAs("status"))
            .isEqualTo(name.startsWith("gone") ? "READ_ERROR" : "OK");
      } else {
        assertThat(row.getList(row.fieldIndex("features")))
            .as(name)
            .isEqualTo(vectors.get(name.startsWith("gone") ? 1 : 2));
      }
    }
  }
}
