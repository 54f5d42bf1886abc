package io.mobilenetspark.jobs.embed;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.jobs.Commands;
import io.mobilenetspark.testing.Installed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is wrong with a command: one message that says what to do, the right code, no stack trace.
 */
class EmbedErrorsIT {

  @TempDir private Path directory;

  private final SparkSession spark = Commands.session();
  private Path products;

  @BeforeEach
  void prepareTable() {
    products = directory.resolve("products");
    spark
        .range(2)
        .withColumn("price", functions.lit(1.5))
        .withColumn("jpeg", functions.lit(new byte[] {1}))
        .withColumn("status", functions.lit("sold"))
        .write()
        .parquet(products.toString());
  }

  @Test
  void noSuchInput() {
    embed("--input=" + directory + "/nowhere")
        .assertExitCode(3)
        .assertOneMessage("There is no input " + directory + "/nowhere", "Check the path");
  }

  @Test
  void emptyDirectory() throws IOException {
    Path empty = Files.createDirectories(directory.resolve("empty"));
    embed("--input=" + empty)
        .assertExitCode(3)
        .assertOneMessage("There are no files in " + empty, "'_' or '.'");
  }

  @Test
  void inputOfAnotherFormat() throws IOException {
    Path file = Files.writeString(directory.resolve("x.parquet"), "no Parquet");
    embed("--input=" + file).assertExitCode(3).assertOneMessage("Can't read " + file);
  }

  @Test
  void namesWithColons() throws IOException {
    embed("--input=files: x")
        .assertExitCode(3)
        .assertOneMessage("Can't read files: x: ", "taken for a scheme", "put ./ before the path");
    Commands.run("embed", "--model=builtin", "--input=" + products, "--output=12:30")
        .assertExitCode(3)
        .assertOneMessage("Can't write to 12:30: ", "put ./ before the path");
    embed("--input=" + products, "--image-column=jpeg", "--model=mod: el.ckpt", "--id-column=id")
        .assertExitCode(4)
        .assertOneMessage("Can't use the model mod: el.ckpt", "put ./ before the path");
    Commands.run("verify", "--output=12:30")
        .assertExitCode(3)
        .assertOneMessage("Can't read 12:30", "put ./ before the path");
    Files.createFile(Files.createDirectory(directory.resolve("shots")).resolve("12:30:01.png"));
    embed("--input=" + directory + "/shots/*.png")
        .assertExitCode(3)
        .assertOneMessage("Can't read " + directory, "a colon in its name", "pathGlobFilter");
  }

  @Test
  void noSuchFormat() {
    embed("--input=" + products, "--input-format=nosuchformat")
        .assertExitCode(3)
        .assertOneMessage("Can't read " + products, "nosuchformat");
  }

  @Test
  void noSuchTable() {
    embed("--table=nosuchtable").assertExitCode(3).assertOneMessage("nosuchtable");
  }

  @Test
  void neitherInputNorTable() {
    embed().assertExitCode(2).assertOneMessage("--input", "--table");
    embed("--table=t", "--input=" + products).assertExitCode(2).assertOneMessage("either");
  }

  @Test
  void imageColumnMissing() {
    embed("--input=" + products, "--image-column=photo")
        .assertExitCode(3)
        .assertOneMessage(
            "There is no column 'photo'", "id bigint, price double, jpeg binary, status string");
    embed("--input=" + products)
        .assertExitCode(3)
        .assertOneMessage("Pass --image-column", "image or content or path", "id, price, jpeg");
  }

  @Test
  void imageColumnOfTheWrongType() {
    embed("--input=" + products, "--image-column=price")
        .assertExitCode(3)
        .assertOneMessage("Column 'price' holds no images: its type is double", "BINARY", "STRING");
  }

  @Test
  void keptColumns() {
    embed("--input=" + products, "--image-column=jpeg", "--keep-columns=price,weight")
        .assertExitCode(3)
        .assertOneMessage("There is no column 'weight'");
    embed("--input=" + products, "--image-column=jpeg", "--keep-columns=status")
        .assertExitCode(3)
        .assertOneMessage("Column 'status' can't be kept", "features, status, error");
    embed("--input=" + products, "--image-column=jpeg", "--keep-columns=price,id")
        .assertExitCode(3)
        .assertOneMessage("Column 'id' is named twice");
  }

  @Test
  void outputExists() throws IOException {
    Files.createFile(Files.createDirectories(directory.resolve("vectors")).resolve("_SUCCESS"));
    embed("--input=" + products, "--image-column=jpeg")
        .assertExitCode(3)
        .assertOneMessage(
            "vectors exists", "--output-mode append, incremental, overwrite or ignore");
  }

  @Test
  void outputAboveTheInput() {
    Commands.run(
            "embed",
            "--input=" + products,
            "--image-column=jpeg",
            "--model=builtin",
            "--output=" + directory,
            "--output-mode=overwrite")
        .assertExitCode(3)
        .assertOneMessage("holds the input", "would delete it");
  }

  @Test
  void outputOfATableThatIsRead() {
    spark.sql("CREATE TABLE read_as_well USING parquet LOCATION '" + products + "'");
    try {
      Commands.run(
              "embed",
              "--table=read_as_well",
              "--image-column=jpeg",
              "--model=builtin",
              "--image-size=32",
              "--output=" + products,
              "--output-mode=overwrite")
          .assertExitCode(3)
          .assertOneMessage("has files that this command did not write: part-", "another --output");
      assertThat(spark.table("read_as_well").count()).isEqualTo(2);
    } finally {
      spark.sql("DROP TABLE read_as_well");
    }
  }

  @Test
  void noSuchModel() {
    embed("--input=" + products, "--image-column=jpeg", "--model=" + directory + "/model.ckpt")
        .assertExitCode(4)
        .assertOneMessage(
            directory + "/model.ckpt: neither a directory", ".index is there", "builtin");
  }

  @Test
  @Tag("slow")
  void damagedModel() throws IOException {
    Path prefix = directory.resolve("model.ckpt");
    Files.writeString(directory.resolve("model.ckpt.index"), "not an index");
    embed("--input=" + products, "--image-column=jpeg", "--model=" + prefix)
        .assertExitCode(4)
        .assertOneMessage(prefix.toString());
  }

  /** The default is the published module, and nothing else runs in its place. */
  @Test
  void defaultModelDoesNotFallBack() {
    Commands.run(
            "embed",
            "--input=" + products,
            "--image-column=jpeg",
            "--output=" + output(),
            "--offline",
            "--model-cache=" + directory.resolve("cache"))
        .assertExitCode(4)
        .assertOneMessage(
            "https://tfhub.dev/google/imagenet/mobilenet_v1_075_224/feature_vector/4", "offline");
  }

  @Test
  void unknownOptionsSuggestTheNearest() {
    Installed.Outcome outcome = embed("--image-colum=x");
    outcome.assertExitCode(2);
    assertThat(outcome.err())
        .contains("unknown option '--image-colum'; did you mean '--image-column'?")
        .doesNotContain("\tat ");
  }

  @Test
  void valuesOutOfRange() {
    embed("--input=" + products, "--batch-size=-1")
        .assertExitCode(2)
        .assertOneMessage("--batch-size: it must be at least 0, not -1");
    embed("--input=" + products, "--image-size=-1")
        .assertExitCode(2)
        .assertOneMessage("--image-size: it must be at least 1, not -1");
    embed("--input=" + products, "--max-error-rate=2")
        .assertExitCode(2)
        .assertOneMessage("--max-error-rate must be between 0.0 and 1.0");
    embed("--input=" + products, "--crop-fraction=1.5")
        .assertExitCode(2)
        .assertOneMessage("--crop-fraction: it must be above 0 and at most 1, not 1.5");
    embed("--input=" + products, "--resize=lanczos")
        .assertExitCode(2)
        .assertOneMessage(
            "--resize: unknown resize method 'lanczos'. Known: bilinear, bilinear_tf1");
  }

  @Test
  void verboseShowsTheStackTrace() {
    Installed.Outcome outcome = embed("--input=" + directory + "/nowhere", "--verbose");
    outcome.assertExitCode(3);
    assertThat(outcome.err()).contains("\tat io.mobilenetspark");
  }

  private Path output() {
    return directory.resolve("vectors");
  }

  private Installed.Outcome embed(String... options) {
    List<String> all = new ArrayList<>(List.of("embed", "--output=" + output()));
    all.addAll(List.of(options));
    if (all.stream().noneMatch(option -> option.startsWith("--model="))) {
      all.add("--model=builtin");
    }
    return Commands.run(all.toArray(String[]::new));
  }
}
