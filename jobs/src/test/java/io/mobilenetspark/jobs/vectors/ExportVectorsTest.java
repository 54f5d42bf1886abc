package io.mobilenetspark.jobs.vectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.mobilenetspark.jobs.Commands;
import io.mobilenetspark.jobs.Kryo;
import io.mobilenetspark.jobs.cli.OutputDirectoryOptions;
import io.mobilenetspark.jobs.cli.OutputOptions.OutputMode;
import io.mobilenetspark.jobs.compare.SearchVector.Fault;
import io.mobilenetspark.jobs.output.OutputPlace;
import io.mobilenetspark.jobs.output.ResultDirectory;
import io.mobilenetspark.jobs.search.VectorTables;
import io.mobilenetspark.jobs.table.StoredVectors;
import io.mobilenetspark.testing.Cases;
import io.mobilenetspark.testing.Floats;
import io.mobilenetspark.testing.Installed;
import io.mobilenetspark.testing.Locales;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeArrayData;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is in the files is what is in the table, bit for bit. */
@Tag("slow")
class ExportVectorsTest {

  private final SparkSession spark = Commands.session();

  @TempDir private Path directory;
  private Path table;
  private Path output;

  @BeforeEach
  void places() {
    table = directory.resolve("vectors");
    output = directory.resolve("exported");
  }

  private Installed.Outcome export(VectorFormat format, String... options) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "export-vectors",
                "--vectors=" + table,
                "--format=" + format.optionName(),
                "--output=" + output));
    all.addAll(List.of(options));
    return Commands.run(all.toArray(String[]::new));
  }

  private static void assertSame(Map<String, float[]> read, Map<String, float[]> expected) {
    assertThat(read.keySet()).isEqualTo(expected.keySet());
    expected.forEach((id, vector) -> Floats.assertSameBits(read.get(id), vector));
  }

  private static Set<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return new TreeSet<>(files.map(file -> file.getFileName().toString()).toList());
    }
  }

  @ParameterizedTest
  @EnumSource(VectorFormat.class)
  void filesHaveTheTablesBits(VectorFormat format) throws IOException {
    long seed = Cases.seed(ExportVectorsTest.class);
    for (int i = 0; i < Cases.count(1, 6); i++) {
      Random random = new Random(seed + 31L * i + format.name().hashCode());
      int dimension = 1 + random.nextInt(70);
      table = directory.resolve("vectors" + i);
      output = directory.resolve("exported" + i);
      MadeVectors made =
          MadeVectors.write(
              table, 40 + random.nextInt(300), dimension, 1 + random.nextInt(5), random);

      Installed.Outcome outcome = export(format, "--files=" + random.nextInt(4)).assertExitCode(0);

      assertSame(ReadFiles.all(output, format, dimension), made.vectors());
      assertThat(outcome.out())
          .startsWith(made.vectors().size() + " vectors of " + dimension + " value");
      made.leftOut()
          .forEach((fault, rows) -> assertThat(outcome.out()).contains(": " + fault.rows(rows)));
      JsonNode report = ReadFiles.report(output);
      assertThat(report.get("count").asInt()).isEqualTo(made.vectors().size());
      assertThat(report.get("dimension").asInt()).isEqualTo(dimension);
      assertThat(report.get("left_out").size()).isEqualTo(made.leftOut().size());
      assertThat(report.at("/model/mobilenet.model.fingerprint").asText()).isEqualTo("made-up");
      assertThat(report.get("unit_length").asBoolean()).isFalse();
      assertThat(names(output)).contains("_SUCCESS");
      assertThat(names(directory)).noneMatch(name -> name.startsWith("."));
    }
  }

  private void writeFour() {
    VectorTables.write(
        List.of(
            MadeVectors.row(1L, new float[] {3, 4, 0}),
            MadeVectors.row(2L, new float[] {1e-30f, 0, 0}),
            MadeVectors.row(null, new float[] {1, 2, 3}),
            MadeVectors.row(4L, null)),
        DataTypes.LongType,
        3,
        2,
        table);
  }

  /** Whole numbers stay numbers, and a row without an id stays a row. */
  @ParameterizedTest
  @EnumSource(VectorFormat.class)
  void numbersAndNulls(VectorFormat format) throws IOException {
    writeFour();
    export(format, "--files=1").assertExitCode(0);
    assertThat(ReadFiles.all(output, format, 3)).containsOnlyKeys("1", "2", "null");
    Path part = ReadFiles.parts(output).get(0);
    switch (format) {
      case NPY, FVECS ->
          assertThat(ReadFiles.ids(part).stream().map(JsonNode::toString))
              .containsExactlyInAnyOrder("1", "2", "null");
      case CSV -> assertThat(part).content().contains("\n1,\"[3.0,4.0,0.0]\"\n", "\n,\"[1.0,");
      case JSONL ->
          assertThat(part)
              .content()
              .contains("{\"id\":1,\"vector\":[3.0,4.0,0.0]}\n", "{\"id\":null,\"vector\":[1.0,");
    }
  }

  @Test
  void otherIdsAreText() throws IOException {
    VectorTables.write(
        List.of(MadeVectors.row(new byte[] {(byte) 0xab, 1}, new float[] {1})),
        DataTypes.BinaryType,
        1,
        1,
        table);
    export(VectorFormat.NPY, "--id-column=ID").assertExitCode(0);
    assertThat(ReadFiles.all(output, VectorFormat.NPY, 1)).containsOnlyKeys("ab01");
    export(VectorFormat.NPY, "--id-column=STATUS", "--output-mode=overwrite").assertExitCode(0);
    assertThat(ReadFiles.all(output, VectorFormat.NPY, 1)).containsOnlyKeys("OK");
  }

  @Test
  void unitVectors() throws IOException {
    writeFour();
    export(VectorFormat.FVECS, "--normalize=L2").assertExitCode(0);
    Map<String, float[]> read = ReadFiles.all(output, VectorFormat.FVECS, 3);
    assertThat(read.get("1")).containsExactly(0.6f, 0.8f, 0f);
    assertThat(read.get("2")).containsExactly(1f, 0f, 0f);
    assertThat(Floats.cosine(read.get("null"), new float[] {1, 2, 3})).isCloseTo(1, within(1e-6));
    assertThat(ReadFiles.report(output).get("unit_length").asBoolean()).isTrue();
    assertThat(ReadFiles.report(output).get("normalize").asText()).isEqualTo("l2");
  }

  @Test
  void vectorsThatAreOfLength1AreToldToBe() throws IOException {
    VectorTables.write(
        List.of(
            MadeVectors.row("a", new float[] {0.6f, 0.8f}),
            MadeVectors.row("b", new float[] {0, -1})),
        DataTypes.StringType,
        2,
        2,
        table);
    export(VectorFormat.CSV).assertExitCode(0);
    assertThat(ReadFiles.report(output).get("unit_length").asBoolean()).isTrue();
    assertThat(ReadFiles.report(output).get("normalize").asText()).isEqualTo("none");
  }

  @ParameterizedTest
  @EnumSource(names = {"NPY", "CSV"})
  void aTableWithoutVectorsIsAnEmptyFile(VectorFormat format) throws IOException {
    List<Row> failed = List.of(MadeVectors.row("a", null), MadeVectors.row("b", null));
    for (List<Row> rows : List.of(List.<Row>of(), failed)) {
      table = directory.resolve("vectors" + rows.size());
      VectorTables.write(rows, DataTypes.StringType, 5, 2, table);
      Installed.Outcome outcome = export(format, "--output-mode=overwrite").assertExitCode(0);
      assertThat(outcome.out()).startsWith("0 vectors of 5 values");
      assertThat(outcome.out().contains("Left out: 2 rows that have no vector"))
          .isEqualTo(!rows.isEmpty());
      assertThat(ReadFiles.parts(output)).isNotEmpty();
      assertThat(ReadFiles.all(output, format, 5)).isEmpty();
    }
  }

  /** Parts of the table that have no vectors get no file, and numbers have no gaps. */
  @Test
  void filesAreNumberedWithoutGaps() throws IOException {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      rows.add(MadeVectors.row(i, new float[] {1, i}));
    }
    VectorTables.write(rows, DataTypes.IntegerType, 2, 6, table);
    Path empty = directory.resolve("empty");
    VectorTables.write(List.of(), DataTypes.IntegerType, 2, 1, empty);
    for (Path part : Commands.parquetFiles(empty)) {
      Files.copy(part, table.resolve("part-zz-" + part.getFileName()));
    }
    // A part a file.
    spark.conf().set("spark.sql.files.openCostInBytes", "1g");
    try {
      export(VectorFormat.NPY).assertExitCode(0);
    } finally {
      spark.conf().unset("spark.sql.files.openCostInBytes");
    }
    List<Path> parts = ReadFiles.parts(output);
    assertThat(parts).hasSizeBetween(2, 6);
    assertThat(ReadFiles.all(output, VectorFormat.NPY, 2)).hasSize(40);
    Set<String> expected = new HashSet<>(Set.of("_SUCCESS", "_vectors.json"));
    long told = 0;
    for (int i = 0; i < parts.size(); i++) {
      expected.add(String.format(Locale.ROOT, "part-%05d.npy", i));
      expected.add(String.format(Locale.ROOT, "ids-%05d.jsonl", i));
      told += ReadFiles.report(output).at("/files/" + i + "/rows").asLong();
    }
    assertThat(told).isEqualTo(40);
    assertThat(names(output).stream().filter(name -> !name.endsWith(".crc")))
        .containsExactlyInAnyOrderElementsOf(expected);

    export(VectorFormat.NPY, "--files=2", "--output-mode=overwrite").assertExitCode(0);
    assertThat(ReadFiles.parts(output)).hasSizeBetween(1, 2);
    assertThat(ReadFiles.all(output, VectorFormat.NPY, 2)).hasSize(40);
  }

  /** Each format replaces each other, and nothing of others. */
  @Test
  void whatExistsIsTreatedAsAsked() throws IOException {
    writeFour();
    export(VectorFormat.CSV).assertExitCode(0);
    export(VectorFormat.NPY).assertExitCode(3).assertOneMessage("exists. Pass --output-mode");
    export(VectorFormat.NPY, "--output-mode=ignore").assertExitCode(0);
    assertThat(ReadFiles.all(output, VectorFormat.CSV, 3)).hasSize(3);
    for (VectorFormat format : VectorFormat.values()) {
      export(format, "--output-mode=overwrite").assertExitCode(0);
      assertThat(ReadFiles.all(output, format, 3)).hasSize(3);
    }
    Files.writeString(output.resolve("notes.txt"), "mine");
    export(VectorFormat.NPY, "--output-mode=overwrite")
        .assertExitCode(3)
        .assertOneMessage("files that this command did not write: notes.txt");
    assertThat(ReadFiles.all(output, VectorFormat.JSONL, 3)).hasSize(3);
    output = directory.resolve("foreign");
    spark.range(3).write().csv(output.toString());
    export(VectorFormat.CSV, "--output-mode=overwrite")
        .assertExitCode(3)
        .assertOneMessage("files that this command did not write: ");
    assertThat(names(directory)).containsExactly("exported", "foreign", "vectors");
  }

  @Test
  void whatIsAskedWronglyIsRefused() {
    writeFour();
    export(VectorFormat.NPY, "--files=-1").assertExitCode(2).assertOneMessage("--files");
    export(VectorFormat.NPY, "--output-mode=append")
        .assertExitCode(2)
        .assertOneMessage("append is not for an export");
    export(VectorFormat.NPY, "--id-column=nothing")
        .assertExitCode(3)
        .assertOneMessage("no column 'nothing'");
    Commands.run("export-vectors", "--vectors=" + table, "--format=lance", "--output=" + output)
        .assertExitCode(2)
        .assertOneMessage("Known: npy, fvecs, csv, jsonl");
    output = table.resolve("inside");
    export(VectorFormat.NPY).assertExitCode(3).assertOneMessage("lies in the input");
    output = table;
    export(VectorFormat.NPY, "--output-mode=overwrite").assertExitCode(3);
    assertThat(table).isDirectoryContaining(file -> file.toString().endsWith(".parquet"));
    output = directory.resolve("output");
    table = directory.resolve("none");
    export(VectorFormat.NPY).assertExitCode(3).assertOneMessage("There is no table of vectors");
    assertThat(output).doesNotExist();
  }

  /** What can't be read to its end leaves nothing, and what was there stays. */
  @ParameterizedTest
  @EnumSource(names = {"FVECS", "JSONL"})
  void aFailedExportLeavesNothing(VectorFormat format) throws IOException {
    writeFour();
    export(format).assertExitCode(0);
    byte[] before = Files.readAllBytes(ReadFiles.parts(output).get(0));
    for (Path part : Commands.parquetFiles(table)) {
      byte[] bytes = Files.readAllBytes(part);
      Arrays.fill(bytes, 4, 20, (byte) 0xff); // a page's header
      Files.write(part, bytes);
      Files.deleteIfExists(part.resolveSibling("." + part.getFileName() + ".crc"));
    }
    export(format, "--output-mode=overwrite").assertExitCode(5);
    assertThat(Files.readAllBytes(ReadFiles.parts(output).get(0))).isEqualTo(before);
    assertThat(names(directory)).containsExactly("exported", "vectors");
  }

  @Test
  void aTableOfTheCatalog() throws IOException {
    writeFour();
    spark.sql("DROP TABLE IF EXISTS exported_vectors");
    spark.sql("CREATE TABLE exported_vectors USING parquet LOCATION '" + table.toUri() + "'");
    try {
      Commands.run(
              "export-vectors",
              "--vectors-table=exported_vectors",
              "--format=npy",
              "--output=" + output)
          .assertExitCode(0);
      assertThat(ReadFiles.all(output, VectorFormat.NPY, 3)).hasSize(3);
      Commands.run(
              "export-vectors",
              "--vectors-table=exported_vectors",
              "--format=npy",
              "--output=" + table.resolve("inside"))
          .assertExitCode(3)
          .assertOneMessage("lies in the input");
    } finally {
      spark.sql("DROP TABLE exported_vectors");
    }
  }

  /** Headers, names and numbers have digits of ASCII, and lower case is that of no language. */
  @ParameterizedTest
  @EnumSource(VectorFormat.class)
  void localesChangeNothing(VectorFormat format) throws IOException {
    writeFour();
    Locales.in(
        Locale.forLanguageTag("tr-TR-u-nu-arab"),
        () -> export(format, "--normalize=NONE", "--files=1").assertExitCode(0));
    assertThat(ReadFiles.all(output, format, 3)).containsOnlyKeys("1", "2", "null");
    export(format, "--output-mode=overwrite").assertExitCode(0); // also what Spark has named
  }

  /** A task that was run twice leaves files that belong to nothing. */
  @Test
  void filesOfOtherAttemptsGo() throws IOException {
    writeFour();
    var hadoop = spark.sparkContext().hadoopConfiguration();
    ExportedTable exported =
        ExportedTable.of(
            StoredVectors.open(spark, table.toString(), List.of()), 1, Normalization.NONE);
    OutputPlace place =
        OutputPlace.whole(
            new OutputDirectoryOptions(output.toString(), OutputMode.ERRORIFEXISTS),
            List.of(),
            "",
            hadoop);
    try (ResultDirectory result = new ResultDirectory(Commands.session(), place)) {
      Path made = Path.of(result.path().toUri());
      Files.writeString(made.resolve("attempt-00000-99.vectors"), "half");
      Files.writeString(made.resolve("attempt-00000-99.ids"), "half");
      new ArrayFiles(place.fileSystem(), result, ArrayFormat.NPY).write(exported, hadoop);
      result.commit();
    }
    assertThat(names(output).stream().filter(name -> !name.endsWith(".crc")))
        .containsExactly("_SUCCESS", "ids-00000.jsonl", "part-00000.npy");
  }

  /** The number of rows is written before them. */
  @Test
  void aPartThatHasChangedFailsTheTask() {
    List<InternalRow> two =
        List.of(
            new GenericInternalRow(
                new Object[] {1L, UnsafeArrayData.fromPrimitiveArray(new float[] {1})}),
            new GenericInternalRow(
                new Object[] {2L, UnsafeArrayData.fromPrimitiveArray(new float[] {2})}));
    for (long counted : new long[] {1, 3}) {
      Iterator<InternalRow> rows =
          new ExportedRows(new long[] {counted}, DataTypes.LongType, 1, Normalization.NONE)
              .call(0, two.iterator());
      assertThatThrownBy(() -> rows.forEachRemaining(row -> {}))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining(counted == 1 ? "has more" : "has fewer");
    }
  }

  @Test
  void headersAreOfTheirLength() {
    for (long rows : new long[] {0, 9, 10, 1_000_000_000_000L}) {
      byte[] header = ArrayFormat.NPY.header(rows, 768);
      assertThat(header.length % 64).isZero();
      assertThat(Short.toUnsignedInt((short) ((header[8] & 0xff) | (header[9] << 8))))
          .isEqualTo(header.length - 10);
      assertThat(new String(header, StandardCharsets.ISO_8859_1))
          .contains("'shape': (" + rows + ", 768), }")
          .endsWith("\n");
    }
  }

  @Test
  void countsAreSent() {
    PartCount count =
        Kryo.roundTrip(new PartCount(3, 0.5, 2, Map.of(Fault.ZERO, 7L)), PartCount.class);
    assertThat(count.vectors()).isEqualTo(3);
    assertThat(count.shortest()).isEqualTo(0.5);
    assertThat(count.longest()).isEqualTo(2);
    assertThat(count.leftOut()).isEqualTo(Map.of(Fault.ZERO, 7L));
    assertThat(Fault.ZERO.rows(1))
        .isEqualTo("1 row that has a vector of zeros, which has no direction");
  }
}
