package io.mobilenetspark.jobs.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mobilenetspark.common.Quantity;
import io.mobilenetspark.jobs.Commands;
import io.mobilenetspark.jobs.PhotoFolder;
import io.mobilenetspark.jobs.table.StoredVectors;
import io.mobilenetspark.jobs.table.VectorWriteSupport;
import io.mobilenetspark.jobs.table.VectorWriter;
import io.mobilenetspark.runtime.InstructionSet;
import io.mobilenetspark.testing.Installed;
import io.mobilenetspark.testing.OneIn;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A table as embed wrote it passes; whatever happens to one is found, and named. */
class VerifyIT extends PhotoFolder {

  private static final String MODEL = "--model=builtin";

  @BeforeEach
  void embedPhotos() throws IOException {
    for (String name : List.of("Portrait_2.jpg", "Portrait_3.jpg", "Landscape_1.jpg")) {
      Files.copy(demoImage(name), photos.resolve(name));
    }
    embed("--input=" + photos).assertExitCode(0);
  }

  private Installed.Outcome verify(String... options) {
    return Commands.run(
        Stream.concat(Stream.of("verify", "--output=" + output), Stream.of(options))
            .toArray(String[]::new));
  }

  private static List<String> faults(Installed.Outcome outcome) {
    return outcome.out().lines().filter(line -> line.startsWith("FAULT ")).toList();
  }

  @Test
  void whatWasWrittenPasses() {
    Installed.Outcome byItself = verify().assertExitCode(0);
    assertThat(byItself.out())
        .contains(
            "8 rows, 5 of them with a vector",
            "as many rows as _run.json says",
            "768 values a vector",
            "every path is unique",
            "one kind of vectors: model builtin")
        .doesNotContain("FAULT", "computed again");

    Installed.Outcome besideInput =
        verify("--input=" + photos, MODEL, "--sample=4").assertExitCode(0);
    assertThat(besideInput.out())
        .contains(
            "no row of the input is missing",
            "every row has its input",
            "4 of 4 vectors computed again with the same bits")
        .doesNotContain("FAULT");
  }

  /** Of a table's rows, by an SQL query on the view {@code vectors}. */
  @OneIn(4)
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SELECT * FROM vectors WHERE path NOT LIKE '%Portrait_2%' | 8 rows, but the table has 7",
        "SELECT * FROM vectors UNION ALL SELECT * FROM vectors WHERE path LIKE '%Portrait_2%'"
            + " | 1 value of path in 2 rows",
        "SELECT path, IF(path LIKE '%Portrait_2%', transform(features, (x, i) -> IF(i = 7,"
            + " float('NaN'), x)), features) AS features, status, error, width, height FROM vectors"
            + " | 1 vector with a value that is NaN, infinite or NULL",
        "SELECT path, IF(path LIKE '%Portrait_2%', transform(features, (x, i) -> IF(i = 7,"
            + " float('-Infinity'), x)), features) AS features, status, error, width, height FROM"
            + " vectors | 1 vector with a value that is NaN, infinite or NULL",
        "SELECT path, slice(features, 1, 767) AS features, status, error, width, height FROM vectors"
            + " | 5 vectors without exactly 768 values",
        "SELECT path, IF(path LIKE '%Portrait_2%', NULL, features) AS features, status, error, width,"
            + " height FROM vectors | 1 row with a vector but not the status OK",
        "SELECT path, features, IF(path LIKE '%Portrait_2%', 'CORRUPT', status) AS status, error,"
            + " width, height FROM vectors | 1 row with a vector but not the status OK",
        "SELECT IF(path LIKE '%Portrait_2%', NULL, path) AS path, features, status, error, width,"
            + " height FROM vectors | 1 row with NULL in path"
      })
  void changedRowsAreFound(String query, String fault) throws IOException {
    rewrite(query);
    Installed.Outcome outcome = verify().assertExitCode(5);
    List<String> found = faults(outcome);
    assertThat(found).anySatisfy(text -> assertThat(text).contains(fault));
    boolean isLonger = query.contains("UNION ALL"); // which the count of rows shows, too
    assertThat(found).hasSize(isLonger ? 2 : 1);
    outcome.assertOneMessage("has " + Quantity.of(found.size(), "fault"));
  }

  /** The files of the table become those of the query; everything else stays. */
  private void rewrite(String query) throws IOException {
    Dataset<Row> vectors = table();
    vectors.createOrReplaceTempView("vectors");
    Path changed = directory.resolve("changed");
    Dataset<Row> rows = spark.sql(query);
    rows.withColumn(
            "features",
            rows.col("features").as("features", vectors.schema().apply("features").metadata()))
        .write()
        .parquet(changed.toString());
    replaceParts(changed);
  }

  private void replaceParts(Path by) throws IOException {
    for (Path part : parts(output)) {
      Files.delete(part);
      Files.deleteIfExists(part.resolveSibling("." + part.getFileName() + ".crc"));
    }
    for (Path part : parts(by)) {
      Files.copy(part, output.resolve(part.getFileName()));
    }
  }

  private static List<Path> parts(Path table) {
    try (Stream<Path> files = Files.list(table)) {
      return files
          .filter(file -> file.getFileName().toString().matches("part-.*\\.parquet"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Tag("slow")
  @Test
  void aVectorThatIsNotItsImagesIsFound() throws IOException {
    rewrite(
        "SELECT path, IF(path LIKE '%Portrait_2%', transform(features, (x, i) -> IF(i = 7, x +"
            + " float(0.001), x)), features) AS features, status, error, width, height FROM vectors");
    verify().assertExitCode(0); // by itself there is nothing wrong with it
    Installed.Outcome outcome = verify("--input=" + photos, MODEL).assertExitCode(5);
    assertThat(faults(outcome))
        .singleElement()
        .asString()
        .contains("1 of 5 vectors unlike those of their images", "Portrait_2.jpg by 1.0e-03");
  }

  @Tag("slow")
  @Test
  void anImageThatHasChangedIsFound() throws IOException {
    Files.copy(
        photos.resolve("Portrait_3.jpg"),
        photos.resolve("good.jpg"),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    Installed.Outcome outcome = verify("--input=" + photos, MODEL).assertExitCode(5);
    assertThat(faults(outcome)).singleElement().asString().contains("good.jpg by ");
  }

  @Test
  void newAndDeletedImagesAreTold() throws IOException {
    Files.copy(photos.resolve("good.jpg"), photos.resolve("new.jpg"));
    Files.delete(photos.resolve("text.jpg"));
    Installed.Outcome outcome = verify("--input=" + photos, MODEL).assertExitCode(5);
    assertThat(faults(outcome))
        .singleElement()
        .asString()
        .contains("1 row of the input missing", "new.jpg", "--output-mode append");
    assertThat(outcome.out()).contains("1 row whose input is gone", "text.jpg");
  }

  @Tag("slow")
  @Test
  void rowsLeftOutOnPurposeAreNoFault() {
    embed("--input=" + photos, "--mode=DROPMALFORMED", "--output-mode=overwrite").assertExitCode(0);
    assertThat(verify("--input=" + photos, MODEL).assertExitCode(0).out())
        .contains("3 rows of the input missing, as --mode DROPMALFORMED");
  }

  @Test
  void severalModelsInOneTableAreFound() throws IOException {
    Path other = directory.resolve("other");
    Commands.run(args("--input=" + photos, "--output=" + other, "--resize=area")).assertExitCode(0);
    Files.copy(parts(other).get(0), output.resolve("part-90000-other.parquet"));
    assertThat(faults(verify().assertExitCode(5)))
        .anySatisfy(
            fault -> assertThat(fault).contains("several kinds", "differ in mobilenet.resize"));
  }

  @Test
  void damagedAndLostFilesAreFound() throws IOException {
    Path part = parts(output).get(0);
    Files.write(part, new byte[] {1, 2, 3});
    Files.deleteIfExists(part.resolveSibling("." + part.getFileName() + ".crc"));
    assertThat(faults(verify().assertExitCode(5)))
        .hasSize(2)
        .anySatisfy(fault -> assertThat(fault).contains("damaged: 1 of ", part.getFileName() + ""))
        .anySatisfy(
            fault -> assertThat(fault).contains("_run.json says 8 rows, but the table has"));
  }

  @Test
  void whatIsNoTableIsSaidToBeNone() throws IOException {
    Files.delete(output.resolve("_SUCCESS"));
    verify().assertExitCode(3).assertOneMessage("is incomplete", "no _SUCCESS");
    output = directory.resolve("nothing");
    verify().assertExitCode(3).assertOneMessage("There is no table of vectors", "there is nothing");
    output = photos;
    verify().assertExitCode(3).assertOneMessage("is incomplete: it has 0 Parquet files");
    output = directory.resolve("ids");
    spark.range(3).write().parquet(output.toString());
    verify().assertExitCode(3).assertOneMessage("it has no column 'features'");
  }

  @Test
  void aReportOfALaterFormatIsRefusedByName() throws IOException {
    Path report = output.resolve("_run.json");
    String json = Files.readString(report);
    assertThat(json).contains("\"format\" : 1,");
    Files.deleteIfExists(output.resolve("._run.json.crc"));
    Files.writeString(report, json.replace("\"format\" : 1,", "\"format\" : 2,"));
    verify()
        .assertExitCode(3)
        .assertOneMessage("_run.json is of format 2", "reads formats up to 1");
  }

  @Tag("slow")
  @Test
  void anotherModelOrInputIsRefused() {
    verify("--input=" + photos, MODEL, "--output-key=MobilenetV1/Conv2d_12_pointwise")
        .assertExitCode(3)
        .assertOneMessage("from another model", "mobilenet.model.output is features");
    Path list = directory.resolve("ids.parquet");
    spark.sql("SELECT X'01' AS image, 1 AS number").write().parquet(list.toString());
    verify("--input=" + list, MODEL)
        .assertExitCode(3)
        .assertOneMessage("The input has no column 'path'");
    verify("--sample=-1").assertExitCode(2).assertOneMessage("--sample must be between 0 and");
  }

  /** Where the table says that it was computed on these instructions, rounding is no excuse. */
  @EnabledIfSystemProperty(
      named = "cases",
      matches = "all",
      disabledReason = "of the exhaustive tier: CI has no seconds left")
  @Tag("slow")
  @Test
  void theLastBitCountsOnTheSameInstructions() throws IOException {
    String query =
        "SELECT path, transform(features, x -> x * float(1.0000002)) AS features, status, error,"
            + " width, height FROM vectors";
    rewriteOn(InstructionSet.ofThisProcess(), query);
    Installed.Outcome outcome = verify("--input=" + photos, MODEL).assertExitCode(5);
    assertThat(faults(outcome))
        .singleElement()
        .asString()
        .contains("5 of 5 vectors unlike those of their images");
    embed("--input=" + photos, "--output-mode=overwrite").assertExitCode(0);
    rewriteOn("another", query);
    assertThat(verify("--input=" + photos, MODEL).assertExitCode(0).out())
        .contains("0 of 5 vectors computed again with the same bits, others within ", "another");
  }

  /** The files of the table become those of the query, which say what they were computed on. */
  private void rewriteOn(String instructions, String query) throws IOException {
    Map<String, String> footer =
        new HashMap<>(StoredVectors.open(spark, output.toString(), List.of()).facts());
    footer.put(VectorWriteSupport.FORMAT, "1");
    footer.put(VectorWriteSupport.INSTRUCTION_SET, instructions);
    Dataset<Row> vectors = table();
    vectors.createOrReplaceTempView("vectors");
    Path changed = Files.createTempDirectory(directory, "changed").resolve("vectors");
    VectorWriter.of(
            spark
                .sql(query)
                .withMetadata("features", vectors.schema().apply("features").metadata()),
            footer)
        .save(changed.toString());
    replaceParts(changed);
  }

  /**
   * One executor has fewer instructions than the machines of the rows before, and than the one that
   * verifies.
   */
  @EnabledIfSystemProperty(
      named = "cases",
      matches = "all",
      disabledReason = "of the exhaustive tier: an executor of its own")
  @Tag("slow")
  @Tag("cluster")
  @Test
  void anExecutorWithFewerInstructionsIsNoFault() throws Exception {
    String here = InstructionSet.ofThisProcess();
    assumeTrue(here.startsWith("avx512"), "this CPU has no more than AVX2");
    Path more = Files.createDirectory(directory.resolve("more"));
    for (String name : List.of("Portrait_4.jpg", "Landscape_2.jpg", "Landscape_3.jpg")) {
      Files.copy(demoImage(name), more.resolve(name));
    }
    Commands.launch(
            Map.of(),
            args(
                "--master=local-cluster[1,1,1024]",
                "--conf=spark.executorEnv.ONEDNN_MAX_CPU_ISA=AVX2",
                "--input=" + more,
                "--output=" + output,
                "--output-mode=append"))
        .assertExitCode(0);
    assertThat(StoredVectors.open(spark, output.toString(), List.of()).instructionSets())
        .containsExactlyInAnyOrder("avx2", here);

    String[] both = {"--input=" + photos, "--input=" + more, MODEL};
    assertThat(verify(both).assertExitCode(0).out())
        .contains("of 8 vectors computed again", "computed on avx2, " + here)
        .contains("again on " + here + ")");

    rewriteOn(
        "avx2, " + here,
        "SELECT path, IF(path LIKE '%Landscape_2%', transform(features, (x, i) -> IF(i = 7, x +"
            + " float(0.0002), x)), features) AS features, status, error, width, height"
            + " FROM vectors");
    assertThat(faults(verify(both).assertExitCode(5)))
        .singleElement()
        .asString()
        .contains("1 of 8 vectors unlike those of their images", "Landscape_2.jpg by 2.0e-04");
  }

  /** Executors of two kinds: the last bits differ, and that is no fault. */
  @Tag("slow")
  @Test
  void otherInstructionsGiveOtherBits() throws Exception {
    Installed.Outcome outcome =
        Commands.launch(
            Map.of("ONEDNN_MAX_CPU_ISA", "AVX2"),
            "verify",
            "--output=" + output,
            "--input=" + photos,
            MODEL);
    outcome.assertExitCode(0);
    assertThat(outcome.out()).contains("again on avx2)").doesNotContain("FAULT");
  }
}
