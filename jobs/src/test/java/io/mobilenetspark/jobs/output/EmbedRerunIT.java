package io.mobilenetspark.jobs.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.image.ImageLimits;
import io.mobilenetspark.image.ImageOptions;
import io.mobilenetspark.image.ResizeMethod;
import io.mobilenetspark.jobs.Commands;
import io.mobilenetspark.jobs.PhotoFolder;
import io.mobilenetspark.jobs.cli.InputOptions;
import io.mobilenetspark.jobs.input.ImageTable;
import io.mobilenetspark.jobs.table.OutputContent;
import io.mobilenetspark.model.ModelLoader;
import io.mobilenetspark.runtime.Precision;
import io.mobilenetspark.spark.EmbedOptions;
import io.mobilenetspark.spark.MalformedMode;
import io.mobilenetspark.spark.sql.EmbeddedTable;
import io.mobilenetspark.testing.Installed;
import io.mobilenetspark.testing.OneIn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The job on its second day: what was there, what another run left, what is not ours. */
@Tag("slow")
class EmbedRerunIT extends PhotoFolder {

  @Test
  void failedRunLeavesTheOldTableAndNothingElse() throws IOException {
    embed("--input=" + photos).assertExitCode(0);
    List<String> before = names(output);
    embed("--input=" + photos, "--mode=FAILFAST", "--output-mode=overwrite").assertExitCode(5);
    assertThat(names(output)).isEqualTo(before);
    assertThat(table().count()).isEqualTo(5);
    assertThat(names(directory)).containsExactly("photos", "vectors");
  }

  @Test
  void failedFirstRunDoesNotBlockTheNext() throws IOException {
    embed("--input=" + photos, "--mode=FAILFAST").assertExitCode(5);
    assertThat(names(directory)).containsExactly("photos");
    embed("--input=" + photos).assertExitCode(0);
    assertThat(names(directory)).containsExactly("photos", "vectors");
    embed("--input=" + photos, "--mode=FAILFAST", "--output-mode=append").assertExitCode(5);
    assertThat(table().count()).isEqualTo(5);
    assertThat(output.resolve("_SUCCESS")).exists();
    assertThat(output.resolve(OutputContent.STAGING)).doesNotExist();
  }

  /** What another job of Spark has until it commits, and leaves if it is killed. */
  @ParameterizedTest
  @ValueSource(strings = {"errorifexists", "ignore", "append", "overwrite", "incremental"})
  void whatAnotherJobIsWritingStays(String mode) throws IOException {
    Path part = output.resolve("_temporary/0/task_1_m_000000/part-00000.parquet");
    Files.createDirectories(part.getParent());
    Files.write(part, new byte[4]);
    embed("--input=" + photos, "--output-mode=" + mode)
        .assertExitCode(3)
        .assertOneMessage("Another job is writing", output + "/_temporary");
    assertThat(part).exists();
  }

  /** Beside a table, too, unless it is only added to. */
  @Test
  void whatAnotherJobAddsToATableStays() throws IOException {
    embed("--input=" + photos).assertExitCode(0);
    Path temporary = Files.createDirectories(output.resolve("_temporary/0"));
    embed("--input=" + photos, "--output-mode=overwrite")
        .assertExitCode(3)
        .assertOneMessage("Another job is writing");
    embed("--input=" + photos, "--output-mode=append").assertExitCode(0);
    assertThat(table().count()).isEqualTo(10);
    Files.delete(output.resolve("_SUCCESS"));
    embed("--input=" + photos, "--output-mode=overwrite")
        .assertExitCode(3)
        .assertOneMessage("Another job is writing");
    assertThat(temporary).exists();
  }

  @ParameterizedTest
  @ValueSource(strings = {"errorifexists", "ignore", "append"})
  void filesWithoutSuccessAreSaidToBeIncomplete(String mode) throws IOException {
    embed("--input=" + photos).assertExitCode(0);
    Files.delete(output.resolve("_SUCCESS"));
    embed("--input=" + photos, "--output-mode=" + mode)
        .assertExitCode(3)
        .assertOneMessage("is incomplete", "no _SUCCESS", "--output-mode overwrite");
    embed("--input=" + photos, "--output-mode=overwrite").assertExitCode(0);
    assertThat(table().count()).isEqualTo(5);
  }

  @Test
  void foreignFilesAreNotDeleted() throws IOException {
    embed("--input=" + photos).assertExitCode(0);
    Path notes = Files.writeString(output.resolve("notes.txt"), "mine");
    for (String mode : List.of("overwrite", "append")) {
      embed("--input=" + photos, "--output-mode=" + mode)
          .assertExitCode(3)
          .assertOneMessage("has files that this command did not write: notes.txt");
    }
    assertThat(notes).exists();
    Path products = directory.resolve("products");
    spark.range(3).write().parquet(products.toString());
    output = products;
    embed("--input=" + photos, "--output-mode=overwrite")
        .assertExitCode(3)
        .assertOneMessage("has files that this command did not write: part-");
    assertThat(table().count()).isEqualTo(3);
  }

  @Test
  void outputIsAFile() throws IOException {
    Files.writeString(output, "a file");
    embed("--input=" + photos, "--output-mode=overwrite")
        .assertExitCode(3)
        .assertOneMessage("is a file");
    assertThat(output).hasContent("a file");
  }

  /** Even root can't make a directory there. */
  @Test
  void unwritableOutputIsFoundBeforeTheModelIsLoaded() {
    Commands.run(
            "embed",
            "--input=" + photos,
            "--output=/proc/vectors",
            "--model=" + directory.resolve("nothing"))
        .assertExitCode(3)
        .assertOneMessage("Can't write to", "/proc/vectors");
  }

  @Test
  void outputInsideTheInputIsRefusedUnlessItIsNotRead() {
    output = photos.resolve("vectors");
    embed("--input=" + photos).assertExitCode(3).assertOneMessage("lies in the input");
    embed("--input=" + photos + "/../some folder/")
        .assertExitCode(3)
        .assertOneMessage("lies in the input");
    embed("--input=" + photos + "/*").assertExitCode(3).assertOneMessage("lies in the input");
    output = photos.resolve("_vectors");
    embed("--input=" + photos).assertExitCode(0);
    embed("--input=" + photos, "--output-mode=overwrite").assertExitCode(0);
    assertThat(table().count()).isEqualTo(5);
  }

  @Test
  void outputThatHoldsTheInputIsRefusedByAnyName() throws IOException {
    Path link = Files.createSymbolicLink(directory.resolve("link"), photos);
    for (String spelling :
        List.of(
            photos + "/",
            "file:" + photos,
            "file://" + photos,
            link + "",
            photos + "/../some folder")) {
      Commands.run(args("--input=" + photos, "--output=" + spelling, "--output-mode=overwrite"))
          .assertExitCode(3)
          .assertOneMessage("holds the input");
    }
    assertThat(names(photos)).hasSize(5);
  }

  @Test
  void tableOfVectorsIsNotReadAndWritten() {
    embed("--input=" + photos).assertExitCode(0);
    spark.sql("CREATE TABLE vectors_read USING parquet LOCATION '" + output + "'");
    try {
      for (String mode : List.of("overwrite", "append")) {
        embed("--table=vectors_read", "--image-column=path", "--output-mode=" + mode)
            .assertExitCode(3)
            .assertOneMessage("holds the input", "would delete it");
      }
      assertThat(table().count()).isEqualTo(5);
    } finally {
      spark.sql("DROP TABLE vectors_read");
    }
  }

  @Test
  void appendRefusesOtherVectors() throws IOException {
    embed("--input=" + photos).assertExitCode(0);
    for (String other :
        List.of(
            "--resize=area",
            "--exif-orientation=ignore",
            "--alpha=white",
            "--crop-fraction=0.875",
            "--aspect=pad",
            "--decode-scale=fast",
            "--color-profile=srgb",
            "--output-key=MobilenetV1/Conv2d_12_pointwise")) {
      embed("--input=" + photos, "--output-mode=append", other)
          .assertExitCode(3)
          .assertOneMessage("Can't append to", " there and ", "--output-mode overwrite");
    }
    Commands.run(
            "embed",
            "--model=builtin",
            "--image-size=96",
            "--input=" + photos,
            "--output=" + output,
            "--output-mode=append")
        .assertExitCode(3)
        .assertOneMessage("mobilenet.image.size is 64x64 there and 96x96 here");
    embed("--input=" + photos, "--output-mode=append", "--keep-columns=length")
        .assertExitCode(3)
        .assertOneMessage("its columns are");
    assertThat(table().count()).isEqualTo(5);

    embed("--input=" + photos, "--output-mode=append", "--max-pixels=1000", "--batch-size=2")
        .assertExitCode(0);
    assertThat(table().count()).isEqualTo(10);
    JsonNode report = Commands.report(output);
    assertThat(report.at("/images").asInt()).isEqualTo(5);
    assertThat(report.at("/table/rows").asInt()).isEqualTo(10);
  }

  /** That each fact is looked at is VectorKindTest's matter; these are the models' own. */
  @EnabledIfSystemProperty(
      named = "cases",
      matches = "all",
      disabledReason = "of the exhaustive tier: three more models")
  @Test
  void appendRefusesOtherModels() {
    Path module = directory.resolve("module");
    Path checkpoint =
        Commands.projectRoot()
            .resolve(
                "udf/src/test/resources/io/mobilenetspark/spark/ml/fine-tuned-0.1.0/model/model")
            .resolve("mobilenet_v1_0.009765625_32.ckpt");
    Commands.run("export", "--model=" + checkpoint, "--format=hub1", "--output=" + module)
        .assertExitCode(0);
    embedWith("overwrite", "--model=" + module).assertExitCode(0);
    embedWith("append", "--model=builtin")
        .assertExitCode(3)
        .assertOneMessage("mobilenet.model.fingerprint is ", "mobilenet.dimension is 10 there");
    embedWith("append", "--model=" + module, "--execution-path=general")
        .assertExitCode(3)
        .assertOneMessage("mobilenet.model.path is ");
    embedWith("append", "--model=" + checkpoint).assertExitCode(0);
    assertThat(table().count()).isEqualTo(10);
  }

  private Installed.Outcome embedWith(String mode, String... options) {
    return Commands.run(
        Stream.concat(
                Stream.of(
                    "embed",
                    "--input=" + photos,
                    "--image-size=32",
                    "--output=" + output,
                    "--output-mode=" + mode),
                Stream.of(options))
            .toArray(String[]::new));
  }

  @Test
  void linksThatLeadNowhereAreRowsAndLoopsAreNotWalked() throws IOException {
    Files.createSymbolicLink(photos.resolve("dangling.jpg"), Path.of("/no/such/file"));
    Files.createSymbolicLink(photos.resolve("loop"), photos);
    Files.createSymbolicLink(photos.resolve("loop2"), photos.getParent());
    embed("--input=" + photos).assertExitCode(0);
    assertThat(statuses()).hasSize(6);
    assertThat(statuses())
        .extracting(row -> row.toList().get(0), row -> row.toList().get(1))
        .contains(tuple("dangling.jpg", "READ_ERROR"));
  }

  @Test
  void fileThatVanishesAfterTheListingIsARow() throws IOException {
    Dataset<Row> listed =
        ImageTable.open(spark, InputOptions.ofDirectory(photos.toString())).rows();
    Files.delete(photos.resolve("good.jpg"));
    List<Row> rows =
        EmbeddedTable.select(
                listed,
                "path",
                List.of("path"),
                new ModelLoader(new Configuration()).load("builtin", 64),
                new EmbedOptions(
                    new ImageOptions(
                        ImageSize.square(64), ResizeMethod.BILINEAR, ImageLimits.DEFAULT),
                    Precision.FLOAT32,
                    16,
                    MalformedMode.PERMISSIVE),
                Optional.empty())
            .where("path LIKE '%/good.jpg'")
            .collectAsList();
    assertThat(rows).extracting(row -> row.<String>getAs("status")).containsExactly("READ_ERROR");
  }

  /** Both renames are one run's: what died between them is finished. */
  @Test
  void runThatDiedBetweenTheRenamesIsFinished() throws IOException {
    embed("--input=" + photos).assertExitCode(0);
    Path dead =
        Files.createDirectories(
            directory
                .resolve(".vectors.mobilenet-staging")
                .resolve(new RunOwner(host(), space(), 4_000_000_000L, 1, "dead").name()));
    Files.move(output, dead.resolve("old"));
    Installed.Outcome none = embed("--input=" + photos, "--output-mode=ignore");
    none.assertExitCode(0);
    assertThat(none.out()).contains("left as it is");
    assertThat(table().count()).isEqualTo(5);
    assertThat(names(directory)).containsExactly("photos", "vectors");
  }

  /** Two runs at once: this JVM is the other one. */
  @Test
  void secondRunAtTheSameTimeIsTold() throws IOException {
    OtherRun other = OtherRun.on(output);
    embed("--input=" + photos)
        .assertExitCode(3)
        .assertOneMessage("Another run is writing the output", "process ");
    other.end();
    embed("--input=" + photos).assertExitCode(0);
    assertThat(names(directory)).containsExactly("photos", "vectors");
  }

  private static String host() {
    return RunOwner.ofThisRun("").host();
  }

  private static String space() {
    return RunOwner.ofThisRun("").space();
  }

  @Test
  void hugeLimitOfBytesIsNoLimit() {
    embed("--input=" + photos, "--max-image-bytes=9223372036854775807").assertExitCode(0);
    assertThat(statuses())
        .extracting(row -> row.toList().get(1))
        .contains("OK")
        .doesNotContain("TOO_LARGE");
  }

  @Test
  void listsOfPathsAreDealtOut() throws IOException {
    Path list = directory.resolve("list.csv");
    Files.writeString(
        list,
        IntStream.range(0, 300)
            .mapToObj(i -> i + "," + photos.resolve("good.jpg"))
            .collect(Collectors.joining("\n")));
    Commands.run(
            args(
                "--input=" + list,
                "--input-option=inferSchema=true",
                "--image-column=_c1",
                "--id-column=_c0",
                "--max-image-bytes=10",
                "--output=" + output))
        .assertExitCode(0);
    assertThat(Commands.parquetFiles(output)).hasSize(8); // two a core
    assertThat(table().select("_c0").distinct().count()).isEqualTo(300);
  }

  @Test
  void namesOfColumnsAreSparks() {
    Path input = directory.resolve("bytes");
    spark
        .read()
        .format("binaryFile")
        .load(photos.toString())
        .withColumn("Features", functions.lit(1))
        .withColumnRenamed("content", "Content")
        .withColumnRenamed("path", "PATH")
        .write()
        .parquet(input.toString());
    embed("--input=" + input, "--image-column=CONTENT", "--keep-columns=Features")
        .assertExitCode(3)
        .assertOneMessage("Column 'Features' can't be kept");
    embed("--input=" + input, "--keep-columns=LENGTH").assertExitCode(0);
  }

  @OneIn(4)
  @ParameterizedTest
  @ValueSource(strings = {"a b", "100%", "50%20", "x:y", "\u015fekil", "[a]", "{b}", "k=v"})
  void namesOfOutputsMayBeAnything(String name) throws IOException {
    output = directory.resolve("out").resolve(name);
    embed("--input=" + photos).assertExitCode(0);
    embed("--input=" + photos, "--output-mode=overwrite").assertExitCode(0);
    embed("--input=" + photos, "--output-mode=append").assertExitCode(0);
    assertThat(names(output)).contains("_SUCCESS", "_run.json");
    assertThat(Commands.report(output).at("/table/rows").asInt()).isEqualTo(10);
    assertThat(names(directory.resolve("out"))).containsExactly(name);
  }

  @Test
  void linkToAnOutputStaysALink() throws IOException {
    Path elsewhere = Files.createDirectories(directory.resolve("elsewhere/table"));
    Files.createSymbolicLink(output, elsewhere);
    embed("--input=" + photos).assertExitCode(0);
    embed("--input=" + photos, "--output-mode=overwrite").assertExitCode(0);
    assertThat(output).isSymbolicLink();
    assertThat(elsewhere.resolve("_SUCCESS")).exists();
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName() + "").sorted().toList();
    }
  }
}
