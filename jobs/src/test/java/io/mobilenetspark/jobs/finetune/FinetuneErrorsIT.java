package io.mobilenetspark.jobs.finetune;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.testing.Colours;
import io.mobilenetspark.testing.Installed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong with a run: one message that says what to do, the right code, and no output. */
class FinetuneErrorsIT extends ColourFolder {

  @AfterEach
  void nothingIsLeft() throws IOException {
    assertNothingIsLeft();
  }

  private void assertNoOutput() {
    assertThat(output).doesNotExist();
  }

  @Test
  void labelsMissing() {
    Path table = directory.resolve("table");
    spark
        .range(4)
        .withColumn("jpeg", functions.lit(Colours.png(0, 0)))
        .withColumn("species", functions.expr("case when id > 1 then 'daisy' end"))
        .withColumn("held", functions.lit("yes"))
        .write()
        .parquet(table.toString());
    finetune("--input=" + table, "--image-column=jpeg")
        .assertExitCode(3)
        .assertOneMessage("There is no column 'label', which --label-column names", "species");
    finetune("--input=" + table, "--image-column=jpeg", "--label-column=species")
        .assertExitCode(3)
        .assertOneMessage("Column 'species' has no label (it is NULL) in 2 rows.");
    finetune("--input=" + table, "--image-column=jpeg", "--label-column=jpeg")
        .assertExitCode(3)
        .assertOneMessage("Column 'jpeg' holds no labels: its type is binary");
    finetune(
            "--input=" + table,
            "--image-column=jpeg",
            "--label-column=species",
            "--validation-indicator-column=held")
        .assertExitCode(3)
        .assertOneMessage("Column 'held' is of type string; it must hold booleans");
    finetune("--input=" + colours, "--label-column=species")
        .assertExitCode(3)
        .assertOneMessage("There is no column 'species', which --label-column names");
    assertNoOutput();
  }

  @Test
  void oneClassOnly() {
    finetune("--input=" + colours.resolve("green"))
        .assertExitCode(3)
        .assertOneMessage("All rows have one label, green, in column 'directory'");
    assertNoOutput();
  }

  @Test
  void validationInputOfAnotherKind() {
    Path training = directory.resolve("training");
    Path validation = directory.resolve("validation");
    Dataset<Row> table =
        spark
            .range(4)
            .withColumn("jpeg", functions.lit(Colours.png(0, 0)))
            .withColumn("label", functions.col("id").cast("string"));
    table.write().parquet(training.toString());
    table.withColumn("label", functions.lit(1)).write().parquet(validation.toString());
    finetune("--input=" + training, "--image-column=jpeg", "--validation-input=" + validation)
        .assertExitCode(3)
        .assertOneMessage("Column 'label' of --validation-input is of type int", "of type string");
    Path unlabelled = directory.resolve("unlabelled");
    table.drop("label").write().parquet(unlabelled.toString());
    finetune("--input=" + training, "--image-column=jpeg", "--validation-input=" + unlabelled)
        .assertExitCode(3)
        .assertOneMessage("There is no column 'label' in " + unlabelled);
    finetune("--input=" + training, "--image-column=jpeg", "--validation-input=/nowhere")
        .assertExitCode(3)
        .assertOneMessage("There is no input /nowhere");
    assertNoOutput();
  }

  @Test
  void failFastStopsWithTheFile() throws IOException {
    Files.writeString(colours.resolve("green").resolve("page.jpg"), "<html>");
    finetune("--input=" + colours, "--mode=FAILFAST")
        .assertExitCode(5)
        .assertOneMessage("1 image can't be read", "green/page.jpg: UNSUPPORTED_FORMAT");
    finetune("--input=" + colours, "--mode=FAILFAST", "--trainable=head")
        .assertExitCode(5)
        .assertOneMessage("green/page.jpg", "can't be read: UNSUPPORTED_FORMAT");
    assertNoOutput();
  }

  @Test
  void nothingReadable() throws IOException {
    for (String name : new String[] {"one", "two"}) {
      Path folder = Files.createDirectories(directory.resolve("pages").resolve(name));
      Files.writeString(folder.resolve("page.jpg"), "<html>");
    }
    finetune("--input=" + directory.resolve("pages"))
        .assertExitCode(3)
        .assertOneMessage("There is nothing to train on: 2 images can't be read", "page.jpg");
    assertNoOutput();
  }

  @Tag("slow")
  @Test
  void divergenceTellsStepRateAndCure() {
    for (String steps : new String[] {"1", "2"}) { // the driver's, and those of the workers alone
      finetune(
              "--input=" + colours,
              "--learning-rate=1e30",
              "--warmup-epochs=0",
              "--sync-every=" + steps)
          .assertExitCode(5)
          .assertOneMessage("Training diverged at step", "E29", "Lower the learning rate");
    }
    assertNoOutput();
  }

  @Test
  void batchLargerThanTheData() {
    finetune("--input=" + colours, "--batch-size=100")
        .assertExitCode(3)
        .assertOneMessage("The batch size is 100, but the training set has 36 rows", "at most 36");
    assertNoOutput();
  }

  @Tag("slow")
  @Test
  void checkpointsThatCantBeRead() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "");
    finetune("--input=" + colours, "--checkpoint-dir=" + file)
        .assertExitCode(3)
        .assertOneMessage("The checkpoint directory " + file + " is a file");
    finetune("--input=" + colours, "--checkpoint-dir=nosuchscheme://x/y")
        .assertExitCode(3)
        .assertOneMessage("Can't read the checkpoint directory nosuchscheme://x/y");
    finetune("--input=" + colours, "--checkpoint-dir=" + output.resolve("checkpoints"))
        .assertExitCode(2)
        .assertOneMessage("lies in the output");

    Path checkpoints = directory.resolve("checkpoints");
    finetune("--input=" + colours, "--checkpoint-dir=" + checkpoints, "--epochs=1")
        .assertExitCode(0);
    try (Stream<Path> files = Files.walk(checkpoints)) {
      Path facts = files.filter(path -> path.endsWith("checkpoint.json")).findFirst().get();
      Files.writeString(facts, "{");
      Files.delete(facts.resolveSibling(".checkpoint.json.crc")); // or Hadoop finds it first
    }
    finetune(
            "--input=" + colours,
            "--checkpoint-dir=" + checkpoints,
            "--epochs=1",
            "--output-mode=overwrite")
        .assertExitCode(3)
        .assertOneMessage(
            "Can't read the checkpoints in " + checkpoints,
            "is damaged",
            "there is no older one that is intact");
  }

  @Test
  void outputThatCantBeWritten() throws IOException {
    Files.createDirectories(output);
    finetune("--input=" + colours)
        .assertExitCode(3)
        .assertOneMessage("run exists. Pass --output-mode overwrite or ignore");
    finetune("--input=" + colours, "--output-mode=append")
        .assertExitCode(2)
        .assertOneMessage("--output-mode append is for tables");
    finetune("--input=" + colours, "--output-mode=overwrite", "--output=" + directory)
        .assertExitCode(3)
        .assertOneMessage("holds the input");
    Path file = Files.writeString(directory.resolve("file"), "");
    finetune("--input=" + colours, "--epochs=1", "--output=" + file.resolve("run"))
        .assertExitCode(3)
        .assertOneMessage("Can't write to " + file + "/run", "is not a directory");
  }

  @Test
  void modelThatCantBeTrained() {
    finetune("--input=" + colours, "--model=" + directory + "/model.ckpt")
        .assertExitCode(4)
        .assertOneMessage(directory + "/model.ckpt");
    assertNoOutput();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--learning-rate=0 | --learning-rate: it must be above 0, not 0.0",
        "--trainable=nonsense | --trainable: unknown layer 'nonsense'. Known: head, all",
        "--batch-norm-momentum=1 | --batch-norm-momentum: it must be at least 0 and below 1, not 1.0",
        "--crop-fraction=0 | --crop-fraction: it must be above 0 and at most 1, not 0.0",
        "--download-timeout=0 | --download-timeout: it must be at least 1",
      })
  void valuesThatCantBe(String option, String message) {
    finetune("--input=" + colours, option).assertExitCode(2).assertOneMessage(message);
    assertNoOutput();
  }

  @Test
  void optionsThatDontGoTogether() {
    finetune("--input=" + colours, "--validation-input=x", "--validation-fraction=0.5")
        .assertExitCode(2)
        .assertOneMessage("one of --validation-input, --validation-indicator-column");
    finetune("--input=" + colours, "--patience=2")
        .assertExitCode(3)
        .assertOneMessage("Set --validation-fraction or --validation-indicator-column");
    finetune("--input=" + colours, "--class-weights=green=2,tulip=1")
        .assertExitCode(3)
        .assertOneMessage("'tulip=1' is not such a pair", "green");
    Installed.Outcome format = finetune("--input=" + colours, "--format=onnx");
    format.assertExitCode(2);
    assertThat(format.err()).contains("--format: unknown format 'onnx'. Known: tf2, hub1, slim");
    assertNoOutput();
  }
}
