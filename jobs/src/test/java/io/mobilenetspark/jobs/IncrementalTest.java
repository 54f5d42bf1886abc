package io.mobilenetspark.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import com.fasterxml.jackson.databind.JsonNode;
import io.mobilenetspark.testing.Pictures;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code --output-mode incremental}, rule by rule. */
class IncrementalTest {

  @TempDir private Path directory;

  private final SparkSession spark = Commands.session();
  private Path photos;
  private Path output;

  @BeforeEach
  void preparePhotos() throws IOException {
    photos = Files.createDirectories(directory.resolve("photos"));
    output = directory.resolve("vectors");
    for (int i = 0; i < 4; i++) {
      put("a" + i, i);
    }
  }

  private void put(String name, int picture) throws IOException {
    Files.write(photos.resolve(name + ".png"), Pictures.png(picture));
  }

  private Commands.Outcome embed(String... options) {
    List<String> all =
        new ArrayList<>(
            List.of("embed", "--model=builtin", "--image-size=32", "--output=" + output));
    if (Stream.of(options).noneMatch(option -> option.startsWith("--output-mode"))) {
      all.add("--output-mode=incremental");
    }
    if (Stream.of(options).noneMatch(option -> option.matches("--(input|table)=.*"))) {
      all.add("--input=" + photos);
    }
    all.addAll(List.of(options));
    return Commands.run(all.toArray(String[]::new));
  }

  /** What a run found, in the order of {@code _run.json}. */
  private Map<String, Integer> found(String... options) throws IOException {
    embed(options).assertExitCode(0);
    assertThat(names(directory)).noneMatch(name -> name.startsWith(".vectors"));
    assertThat(names(output)).contains("_SUCCESS").noneMatch(name -> name.startsWith(".mobile"));
    Map<String, Integer> found = new LinkedHashMap<>();
    JsonNode report = Commands.report(output);
    report
        .at("/incremental")
        .properties()
        .forEach(
            field -> {
              if (field.getValue().asInt() > 0) {
                found.put(field.getKey(), field.getValue().asInt());
              }
            });
    return found;
  }

  private static Set<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return new TreeSet<>(files.map(file -> file.getFileName().toString()).toList());
    }
  }

  private Dataset<Row> table() {
    spark.catalog().refreshByPath(output.toString());
    return spark.read().parquet(output.toString());
  }

  private Set<String> rows() {
    return rows(table());
  }

  static Set<String> rows(Dataset<Row> table) {
    List<Row> all = table.select(table.columns()[0], "status", "features").collectAsList();
    Set<String> rows = new TreeSet<>(all.stream().map(Row::toString).toList());
    assertThat(rows).as("no row twice").hasSameSizeAs(all);
    return rows;
  }

  private void verify() {
    Commands.run("verify", "--output=" + output, "--input=" + photos, "--model=builtin")
        .assertExitCode(0);
  }

  private Set<String> rowsOfOneFullRun(String... options) {
    Path kept = output;
    output = directory.resolve("full");
    List<String> all = new ArrayList<>(List.of(options));
    all.add("--output-mode=overwrite");
    embed(all.toArray(String[]::new)).assertExitCode(0);
    Set<String> rows = rows();
    output = kept;
    return rows;
  }

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
    Commands.Outcome outcome = embed();
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
    verify();
    assertThat(found("--deleted=remove"))
        .containsExactly(entry("unchanged", 3), entry("deleted", 1));
    assertThat(rows()).hasSize(3).isEqualTo(rowsOfOneFullRun());
    assertThat(found("--deleted=remove")).containsExactly(entry("unchanged", 3));
  }

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

  private static final StructType BYTES =
      new StructType()
          .add("id", DataTypes.LongType)
          .add("version", DataTypes.IntegerType)
          .add("image", DataTypes.BinaryType);

  private String products(Row... rows) {
    return products(BYTES, rows);
  }

  private String products(StructType schema, Row... rows) {
    Path place = directory.resolve("products");
    spark
        .createDataFrame(List.of(rows), schema)
        .write()
        .mode("overwrite")
        .parquet(place.toString());
    return "--input=" + place;
  }

  private static Row product(@Nullable Object id, @Nullable Object version, int picture) {
    return RowFactory.create(id, version, Pictures.png(picture));
  }

  @Test
  void tablesOfBytesGoByTheirHash() throws IOException {
    found(products(product(1L, 1, 1), product(2L, 1, 2)));
    assertThat(table().columns()).startsWith("id", "content_sha256", "features");
    String input = products(product(1L, 2, 1), product(2L, 2, 20), product(3L, 2, 1));
    assertThat(found(input))
        .containsExactly(
            entry("unchanged", 1), entry("new", 1), entry("changed", 1), entry("computed", 2));
    assertThat(rows()).isEqualTo(rowsOfOneFullRun(input));
    embed(products(), "--deleted=remove").assertExitCode(0);
    assertThat(rows()).isEmpty();
    assertThat(found(products(product(1L, 1, 1)))).containsEntry("new", 1);
  }

  @Test
  void versionColumnsAreKeptAndCompared() throws IOException {
    String input = products(product(1L, null, 1), product(2L, 1, 2), product(3L, 1, 3));
    found(input, "--changed-by=version");
    assertThat(table().columns()).startsWith("id", "version", "features");
    input = products(product(1L, null, 9), product(2L, null, 2), product(3L, 1, 3));
    assertThat(found(input, "--changed-by=version"))
        .containsExactly(entry("unchanged", 2), entry("changed", 1), entry("computed", 1));
    embed(input, "--changed-by=verion")
        .assertExitCode(3)
        .assertOneMessage("no column 'verion'", "id, version, image");
    embed(input, "--changed-by=id").assertExitCode(3).assertOneMessage("can't name the rows");
    embed(input, "--changed-by=mtime,length").assertExitCode(2).assertOneMessage("is for files");
  }

  @Test
  void idsNameRows() {
    embed(products(product(1L, 1, 1), product(1L, 2, 2), product(null, 1, 3)))
        .assertExitCode(3)
        .assertOneMessage("Column 'id'", "1 (2 rows), null (1 rows)", "--id-column");
    assertThat(output).doesNotExist();
  }

  @Test
  void otherTablesAreRefused() throws IOException {
    embed("--output-mode=overwrite").assertExitCode(0);
    embed()
        .assertExitCode(3)
        .assertOneMessage(
            "Can't go on with",
            "not been written by --output-mode incremental",
            "--output-mode overwrite --changed-by mtime,length");
    embed("--output-mode=overwrite", "--changed-by=mtime,length").assertExitCode(0);
    assertThat(found()).containsExactly(entry("unchanged", 4));

    embed("--resize=area").assertExitCode(3).assertOneMessage("is bilinear there and area here");
    embed("--changed-by=none").assertExitCode(3).assertOneMessage("there and none here");
    embed("--output-mode=append")
        .assertExitCode(3)
        .assertOneMessage("Can't append to", "one of --output-mode incremental");
    found(products(product(1L, 1, 1)), "--output-mode=overwrite", "--changed-by=none");
    embed(products(product(1L, 1, 1)), "--changed-by=none", "--keep-columns=version")
        .assertExitCode(3)
        .assertOneMessage("its columns are id bigint, features");
    embed(
            products(
                new StructType()
                    .add("id", DataTypes.IntegerType)
                    .add("version", DataTypes.IntegerType)
                    .add("image", DataTypes.BinaryType),
                product(1, 1, 1)),
            "--changed-by=none")
        .assertExitCode(3)
        .assertOneMessage("its columns are id bigint", "these are id int");
  }

  /** Two runs at once: this JVM is the other one. */
  @Test
  void secondRunAtTheSameTimeIsTold() throws IOException {
    found();
    FileSystem local = FileSystem.getLocal(new Configuration());
    RunFolder other =
        RunFolder.make(
            local,
            RunFolder.beside(
                local.makeQualified(new org.apache.hadoop.fs.Path(output.toString()))));
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
    embed("--rows-per-commit=-1").assertExitCode(2).assertOneMessage("must not be negative");
    embed("--mode=DROPMALFORMED").assertExitCode(2).assertOneMessage("DROPMALFORMED");
  }

  @Test
  void workOfAFailedRunIsTaken() throws IOException {
    found();
    for (int i = 0; i < 6; i++) {
      put("b" + i, 20 + i);
    }
    Files.writeString(photos.resolve("c.png"), "<html>", StandardCharsets.UTF_8);
    Path pending = directory.resolve(".vectors" + PendingRows.CONTAINER);
    int done = 0;
    for (int i = 0; i < 20 && done == 0; i++) { // the bad image may be the first that is read
      embed("--mode=FAILFAST", "--rows-per-commit=1").assertExitCode(5);
      done = (int) spark.read().schema("path STRING").parquet(pending + "/run-*").count();
    }
    assertThat(rows()).hasSize(4);
    assertThat(done).isPositive();

    put("b0", 30); // whose row is computed again, if it was
    Files.setLastModifiedTime(photos.resolve("b0.png"), FileTime.fromMillis(1_000_000_000_000L));
    Map<String, Integer> found = found();
    assertThat(found).contains(entry("unchanged", 4), entry("new", 7));
    int resumed = found.getOrDefault("resumed", 0);
    assertThat(resumed).isBetween(done - 1, done);
    assertThat(resumed + found.getOrDefault("computed", 0)).isEqualTo(7);
    assertThat(pending).doesNotExist();
    verify();
    assertThat(rows()).isEqualTo(rowsOfOneFullRun());
  }

  @Test
  void workOfAnotherKindIsNotTaken() throws IOException {
    Files.writeString(photos.resolve("c.png"), "<html>", StandardCharsets.UTF_8);
    embed("--mode=FAILFAST", "--rows-per-commit=1", "--resize=area").assertExitCode(5);
    Commands.Outcome outcome = embed("--resize=bicubic");
    outcome.assertExitCode(0);
    assertThat(outcome.err()).contains("is of no use to this one");
    assertThat(Commands.report(output).at("/incremental/computed").asInt()).isEqualTo(5);
  }

  @Test
  void errorRateCountsWhatIsTaken() throws IOException {
    for (int i = 0; i < 4; i++) {
      Files.writeString(photos.resolve("c" + i + ".png"), "<html>", StandardCharsets.UTF_8);
    }
    String list = directory.resolve("list.txt").toString();
    Files.write(
        Path.of(list),
        Stream.of("c0", "c1", "c2", "c3", "a0")
            .map(name -> photos.resolve(name + ".png").toString())
            .toList());
    String[] options = {
      "--input=" + list, "--image-column=value", "--id-column=value", "--max-error-rate=0.5"
    };
    embed(options).assertExitCode(5).assertOneMessage("4 of 5 images can't be read");
    assertThat(rows()).hasSize(5);
    Commands.Outcome again = embed(options);
    again.assertExitCode(0);
    assertThat(again.out()).contains("5 unchanged, 0 new");
  }

  @Test
  void pathsInAListAreLookedAt() throws IOException {
    Path list = directory.resolve("list.csv");
    Files.writeString(
        list, "1," + photos.resolve("a0.png") + "\n2," + photos.resolve("a1.png") + "\n3,/no/a\n");
    String[] options = {"--input=" + list, "--image-column=_c1", "--id-column=_c0", "--retry=none"};
    found(options);
    assertThat(table().columns()).startsWith("_c0", "modificationTime", "length", "features");
    Files.setLastModifiedTime(photos.resolve("a1.png"), FileTime.fromMillis(1_000_000_000_000L));
    assertThat(found(options))
        .containsExactly(entry("unchanged", 2), entry("changed", 1), entry("computed", 1));
  }

  @Test
  void theSameFolderHasManyNames() throws IOException {
    found();
    assertThat(found("--input=file://" + photos)).containsExactly(entry("unchanged", 4));
    assertThat(found("--input=" + photos + "/../photos/")).containsExactly(entry("unchanged", 4));
    Path link = Files.createSymbolicLink(directory.resolve("link"), photos);
    Commands.Outcome outcome = embed("--input=" + link);
    outcome.assertExitCode(0);
    assertThat(outcome.err()).contains("No row of", "under another name");
  }

  @Test
  void damagedFileIsSaidToBeDamaged() throws IOException {
    found();
    Path file = Commands.parquetFiles(output).get(0);
    Files.write(file, new byte[100]);
    Files.delete(output.resolve("." + file.getFileName() + ".crc"));
    embed().assertExitCode(3).assertOneMessage("is damaged, or no Parquet file");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[a]", "{b}", "k=v", "x:y 50%20"})
  void namesOfOutputsMayBeAnything(String name) throws IOException {
    output = directory.resolve("out").resolve(name);
    found();
    put("a0", 10);
    Files.setLastModifiedTime(photos.resolve("a0.png"), FileTime.fromMillis(1_000_000_000_000L));
    assertThat(found()).contains(entry("changed", 1), entry("unchanged", 3));
    verify();
  }

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
