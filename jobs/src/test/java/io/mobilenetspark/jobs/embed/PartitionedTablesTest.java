package io.mobilenetspark.jobs.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.mobilenetspark.jobs.Commands;
import io.mobilenetspark.jobs.table.VectorFiles;
import io.mobilenetspark.testing.Cases;
import io.mobilenetspark.testing.Installed;
import io.mobilenetspark.testing.Pictures;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Date;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code --partition-by}: a directory for each value. */
@Tag("slow")
class PartitionedTablesTest extends IncrementalFixture {

  private static final StructType KINDS =
      new StructType()
          .add("id", DataTypes.LongType)
          .add("kind", DataTypes.StringType)
          .add("day", DataTypes.DateType)
          .add("tags", DataTypes.createArrayType(DataTypes.StringType))
          .add("bytes", DataTypes.BinaryType)
          .add("image", DataTypes.BinaryType);

  private static final String[] BY_KIND = {
    "--keep-columns=day,kind", "--partition-by=kind", "--output-mode=overwrite"
  };

  private static Row kind(long id, @Nullable String kind, int picture) {
    Date day = Date.valueOf("2026-01-0" + (1 + id % 2));
    return RowFactory.create(id, kind, day, List.of(), new byte[1], Pictures.png(picture));
  }

  private String kinds(Row... rows) {
    return products(KINDS, rows);
  }

  private Set<String> files() throws IOException {
    try (Stream<Path> files = Files.walk(output)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> output.relativize(file).toString())
          .filter(name -> name.endsWith(".parquet"))
          .map(name -> name.replaceAll("part-[^/]*", "*"))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private long numberOfFiles() throws IOException {
    try (Stream<Path> files = Files.walk(output)) {
      return files.filter(file -> file.toString().endsWith(".parquet")).count();
    }
  }

  private Set<String> kindsOfRows() {
    return new TreeSet<>(
        table().select("id", "kind", "day", "features").collectAsList().stream()
            .map(Row::toString)
            .toList());
  }

  @Test
  void aPartitionHasOneFileHoweverManyTasksThereAre() throws IOException {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      rows.add(kind(i, List.of("cat", "dog", "cat/=%:").get(i % 3), i % 4));
    }
    String input = kinds(rows.toArray(Row[]::new));
    embed(input, "--partitions=6", "--keep-columns=day,kind", "--output-mode=overwrite")
        .assertExitCode(0);
    Set<String> plain = kindsOfRows();
    assertThat(numberOfFiles()).isEqualTo(6);

    List<String> options = new ArrayList<>(List.of(BY_KIND));
    options.addAll(List.of(input, "--partitions=6"));
    embed(options.toArray(String[]::new)).assertExitCode(0);
    assertThat(files()).containsExactly("kind=cat%2F%3D%25%3A/*", "kind=cat/*", "kind=dog/*");
    assertThat(numberOfFiles()).isEqualTo(3);
    assertThat(kindsOfRows()).isEqualTo(plain);
    assertThat(Commands.report(output).at("/table/files").asInt()).isEqualTo(3);
    assertThat(Commands.report(output).at("/table/rows").asInt()).isEqualTo(24);
    assertThat(Commands.report(output).at("/options/partition_by/0").asText()).isEqualTo("kind");
    Commands.run("verify", "--output=" + output, input, "--model=builtin").assertExitCode(0);

    options.add("--dedup");
    embed(options.toArray(String[]::new)).assertExitCode(0);
    assertThat(kindsOfRows()).isEqualTo(plain);
    assertThat(Commands.report(output).at("/duplicates").asInt()).isEqualTo(20);
    options.add("--partition-by=KIND,day");
    options.remove("--partition-by=kind");
    options.add("--rows-per-file=3");
    embed(options.toArray(String[]::new)).assertExitCode(0);
    assertThat(kindsOfRows()).isEqualTo(plain);
    assertThat(files()).hasSize(6).contains("kind=dog/day=2026-01-01/*");
    assertThat(numberOfFiles()).isEqualTo(12);
  }

  @Test
  void appendedRowsAreOfTheSamePartitions() throws IOException {
    embed(concat(BY_KIND, kinds(kind(1, "cat", 1), kind(2, "dog", 2)))).assertExitCode(0);
    Set<String> first = kindsOfRows();
    String more = kinds(kind(3, "cat", 3), kind(4, null, 4));
    String[] append = {"--keep-columns=day,kind", "--output-mode=append", more};
    embed(append)
        .assertExitCode(3)
        .assertOneMessage(
            "Can't append to", "--partition-by is kind STRING there and not told here");
    embed(concat(append, "--partition-by=day"))
        .assertExitCode(3)
        .assertOneMessage("--partition-by is kind STRING there and day DATE here");
    assertThat(kindsOfRows()).isEqualTo(first);

    embed(concat(append, "--partition-by=kind")).assertExitCode(0);
    assertThat(kindsOfRows()).hasSize(4).containsAll(first);
    assertThat(files())
        .containsExactly("kind=__HIVE_DEFAULT_PARTITION__/*", "kind=cat/*", "kind=dog/*");
    assertThat(Commands.report(output).at("/table/rows").asInt()).isEqualTo(4);
    Commands.run("verify", "--output=" + output).assertExitCode(0);

    embed("--output-mode=overwrite", "--keep-columns=day,kind", more).assertExitCode(0);
    embed(concat(append, "--partition-by=kind"))
        .assertExitCode(3)
        .assertOneMessage("--partition-by is not told there and kind STRING here");
  }

  @Test
  void incrementalTablesKeepTheirPartitions() throws IOException {
    String[] options = {
      "--keep-columns=day,kind", "--partition-by=kind", "--changed-by=sha256", "--deleted=remove"
    };
    found(concat(options, kinds(kind(1, "cat", 1), kind(2, "01", 2), kind(3, null, 3))));
    assertThat(files())
        .containsExactly("kind=01/*", "kind=__HIVE_DEFAULT_PARTITION__/*", "kind=cat/*");
    String input = kinds(kind(1, "cat", 1), kind(2, "01", 20), kind(4, "dog", 4));
    assertThat(found(concat(options, input)))
        .containsExactly(
            entry("unchanged", 1),
            entry("new", 1),
            entry("changed", 1),
            entry("deleted", 1),
            entry("computed", 2));
    assertThat(files()).containsExactly("kind=01/*", "kind=cat/*", "kind=dog/*");
    input = kinds(kind(1, "cat", 1), kind(2, "01", 20), kind(4, "dog", 4), kind(5, "cat", 5));
    assertThat(found(concat(options, input)))
        .containsExactly(entry("unchanged", 3), entry("new", 1), entry("computed", 1));
    assertThat(numberOfFiles()).isEqualTo(4); // it is added
    Set<String> rows = kindsOfRows();
    embed(concat(options, input, "--partition-by=day"))
        .assertExitCode(3)
        .assertOneMessage("Can't go on with", "there and kind STRING,day DATE here");
    Commands.run("verify", "--output=" + output, input, "--model=builtin").assertExitCode(0);
    output = directory.resolve("full");
    embed(concat(BY_KIND, input)).assertExitCode(0);
    assertThat(kindsOfRows()).isEqualTo(rows);
  }

  @Test
  void mistakesAreToldBeforeAnyWork() {
    String input = kinds(kind(1, "cat", 1));
    String[][] mistakes = {
      {"kinds", "kind", "'kinds' is not in the input", "id, kind, day"},
      {"kind", "day", "'kind' is not kept. Add it to --keep-columns"},
      {"kind,KIND", "kind", "'KIND' is named twice"},
      {"features", "kind", "'features' is computed"},
      {"STATUS", "kind", "'STATUS' is computed"},
      {"id", "kind", "'id' names the rows"},
      {"tags", "tags", "'tags' is of type array<string>"},
      {"bytes", "bytes", "'bytes' is of type binary"},
      {"image", "image", "'image' is of type binary"},
    };
    for (String[] mistake : mistakes) {
      Installed.Outcome outcome =
          embed(
              input,
              "--output-mode=overwrite",
              "--partition-by=" + mistake[0],
              "--keep-columns=" + mistake[1]);
      outcome.assertExitCode(3).assertOneMessage(mistake[2]);
      assertThat(outcome.err()).doesNotContain("Model:");
    }
    embed(input, "--keep-columns=day", "--changed-by=day", "--partition-by=day")
        .assertExitCode(3)
        .assertOneMessage("'day' tells which images have changed");
    embed(concat(BY_KIND, kinds(kind(1, "é".repeat(42), 1), kind(2, "ab".repeat(130), 1))))
        .assertExitCode(3)
        .assertOneMessage("'kind' has a value that is too long to name a directory: abab");
    embed(concat(BY_KIND, kinds(kind(1, "__HIVE_DEFAULT_PARTITION__", 1))))
        .assertExitCode(3)
        .assertOneMessage(
            "'kind' has the value '__HIVE_DEFAULT_PARTITION__', which is read as NULL");
    spark
        .sql("SELECT 1 AS id, current_timestamp() AS time, X'00' AS image")
        .write()
        .parquet(directory.resolve("times").toString());
    embed(
            "--input=" + directory.resolve("times"),
            "--keep-columns=time",
            "--partition-by=time",
            "--output-mode=overwrite")
        .assertExitCode(3)
        .assertOneMessage("'time' is of type timestamp, whose names", "TIMESTAMP_NTZ");
    assertThat(output).doesNotExist();
  }

  @Test
  void tooManyDirectoriesAreRefused() {
    Path many = directory.resolve("many");
    spark
        .range(10_001)
        .selectExpr("id", "cast(id AS STRING) AS kind", "X'00' AS image")
        .write()
        .parquet(many.toString());
    embed(
            "--input=" + many,
            "--keep-columns=kind",
            "--partition-by=kind",
            "--output-mode=overwrite")
        .assertExitCode(3)
        .assertOneMessage("--partition-by kind makes more than 10,000 directories");
  }

  @Test
  void whatIsNotOursInAPartitionIsNotDeleted() throws IOException {
    String[] options = concat(BY_KIND, kinds(kind(1, "cat", 1)));
    embed(options).assertExitCode(0);
    Path foreign = Files.writeString(output.resolve("kind=cat/notes.txt"), "mine");
    embed(options).assertExitCode(3).assertOneMessage("kind=cat/notes.txt");
    Files.delete(foreign);
    Files.createDirectories(output.resolve("kind=cat/deeper"));
    Files.writeString(output.resolve("kind=cat/deeper/part-0.parquet"), "mine");
    embed(options).assertExitCode(3).assertOneMessage("kind=cat/deeper/part-0.parquet");
    assertThat(output.resolve("kind=cat/deeper/part-0.parquet")).exists();
    Files.delete(output.resolve("kind=cat/deeper/part-0.parquet"));
    Path others = output.resolve("kind=others");
    spark.range(3).coalesce(1).write().parquet(others.toString());
    Files.delete(others.resolve("_SUCCESS"));
    Files.delete(others.resolve("._SUCCESS.crc"));
    embed(options)
        .assertExitCode(3)
        .assertOneMessage("files that this command did not write: kind=others/part-");
    assertThat(spark.read().parquet(others.toString()).count()).isEqualTo(3);
  }

  /** Spark takes the vectors' metadata along into whatever is made of them. */
  @Test
  void aTableMadeOfOursIsNotOurs() {
    String[] options = concat(new String[] {"--output-mode=overwrite"}, kinds(kind(1, "cat", 1)));
    embed(options).assertExitCode(0);
    Path derived = directory.resolve("derived");
    table().selectExpr("*", "'good' AS my_label").write().parquet(derived.toString());
    output = derived;
    embed(options)
        .assertExitCode(3)
        .assertOneMessage("files that this command did not write: part-");
    assertThat(table().columns()).contains("my_label");
  }

  /** Values of all types, against the same run without partitions. */
  @Test
  void valuesAreTheSameWhenTheyAreReadAgain() throws IOException {
    Random random = new Random(Cases.seed(getClass()));
    for (int round = 0; round < Cases.count(2, 12); round++) {
      StructType schema = new StructType().add("id", DataTypes.LongType);
      List<List<Object>> rows = new ArrayList<>();
      for (long id = 0; id < 8; id++) {
        rows.add(new ArrayList<>(List.of(id)));
      }
      List<DataType> types = new ArrayList<>(VALUES.stream().map(Values::type).toList());
      java.util.Collections.shuffle(types, random);
      List<String> names = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        DataType type = types.get(i);
        String name = List.of("a b", "Größe=%", "_c.d", "e`f", "G").get(random.nextInt(5)) + i;
        schema = schema.add(name, type);
        names.add(name);
        List<Object> values =
            VALUES.stream().filter(of -> of.type().equals(type)).findFirst().orElseThrow().values();
        for (List<Object> row : rows) {
          row.add(random.nextInt(6) == 0 ? null : values.get(random.nextInt(values.size())));
        }
      }
      schema = schema.add("image", DataTypes.BinaryType);
      for (List<Object> row : rows) {
        row.add(Pictures.png(random.nextInt(2)));
      }
      String input =
          products(
              schema,
              rows.stream().map(row -> RowFactory.create(row.toArray())).toArray(Row[]::new));
      String keep = "--keep-columns=" + String.join(",", names);
      embed(input, keep, "--output-mode=overwrite").assertExitCode(0);
      StructType columns = table().schema();
      Set<String> plain = texts(table());
      int number = 1 + random.nextInt(3);
      List<String> by = new ArrayList<>(names.subList(0, number));
      java.util.Collections.shuffle(by, random);
      String partition = "--partition-by=" + String.join(",", by);
      String description =
          String.format(Locale.ROOT, "round %d, %s: %s, by %s", round, types, plain, by);
      embed(input, keep, partition, "--output-mode=overwrite").assertExitCode(0);
      assertThat(texts(VectorFiles.dataset(spark, columns, hadoop())))
          .as(description)
          .isEqualTo(plain);
      embed(input, keep, partition, "--output-mode=append").assertExitCode(0);
      Dataset<Row> twice = VectorFiles.dataset(spark, columns, hadoop());
      assertThat(twice.count()).as(description).isEqualTo(16);
      assertThat(texts(twice)).as(description).isEqualTo(plain);
    }
  }

  private org.apache.hadoop.fs.Path hadoop() {
    return new org.apache.hadoop.fs.Path(output.toString());
  }

  private static Set<String> texts(Dataset<Row> rows) {
    return new TreeSet<>(rows.collectAsList().stream().map(Row::toString).toList());
  }

  private record Values(DataType type, List<Object> values) {}

  private static final List<Values> VALUES =
      List.of(
          new Values(
              DataTypes.StringType,
              List.of(
                  "a",
                  "01",
                  "1e3",
                  "=",
                  "/",
                  "%",
                  "%25",
                  "a/b=c",
                  " ",
                  "..",
                  "ä 猫 🐈",
                  "\t\n",
                  "2026-01-01",
                  "x:y?*#[]{}^\\\"'",
                  "null",
                  "_a",
                  ".b",
                  "\u007f",
                  "TRUE")),
          new Values(DataTypes.IntegerType, List.of(0, -7, Integer.MIN_VALUE, Integer.MAX_VALUE)),
          new Values(DataTypes.LongType, List.of(0L, Long.MIN_VALUE, Long.MAX_VALUE)),
          new Values(DataTypes.ShortType, List.of((short) 1, Short.MIN_VALUE)),
          new Values(DataTypes.ByteType, List.of((byte) 1, Byte.MIN_VALUE)),
          new Values(DataTypes.BooleanType, List.of(true, false)),
          new Values(
              DataTypes.createDecimalType(20, 3),
              List.of(
                  new BigDecimal("0.000"),
                  new BigDecimal("-12345678901234567.001"),
                  new BigDecimal("1.500"))),
          new Values(
              DataTypes.DateType,
              List.of(
                  Date.valueOf("2026-02-28"),
                  Date.valueOf("1582-10-20"),
                  Date.valueOf("0001-01-01"))),
          new Values(
              DataTypes.TimestampNTZType,
              List.of(
                  LocalDateTime.parse("2026-02-28T23:59:59.123456"),
                  LocalDateTime.parse("1999-12-31T00:00:00"))));

  private static String[] concat(String[] some, String... others) {
    return Stream.concat(Stream.of(some), Stream.of(others)).toArray(String[]::new);
  }
}
