package io.mobilenetspark.jobs.finetune;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.mobilenetspark.jobs.Commands;
import io.mobilenetspark.spark.ml.MobileNetClassificationModel;
import io.mobilenetspark.testing.Colours;
import io.mobilenetspark.testing.Floats;
import io.mobilenetspark.testing.Installed;
import io.mobilenetspark.testing.Python;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;

/** What a run takes in, and what it leaves. */
class FinetuneIT extends ColourFolder {

  @Test
  void directoriesAreClassesAndTheRunIsAllInTheOutput() throws Exception {
    Installed.Outcome outcome =
        finetune("--input=" + colours, "--validation-fraction=0.25", "--format=tf2,hub1,slim");
    outcome.assertExitCode(0);
    assertThat(outcome.err())
        .contains("Model: builtin, fingerprint 3135e7e785c5")
        .containsPattern(
            "Epoch 0, the fitted head alone: loss \\d\\.\\d{4}, accuracy [01]\\.\\d{4}; validation"
                + " loss")
        .contains("Decoding the images.", "Images to train on: ", "Fitting the head: ")
        .containsPattern(
            "Epoch 1 of 2: loss \\d\\.\\d{4}, accuracy [01]\\.\\d{4}; validation loss");
    assertThat(outcome.out())
        .containsPattern("\\d+ images of 3 classes, \\d+ for validation, 0 unreadable; 2 epochs")
        .contains("Output: file:" + output);
    assertNothingIsLeft();

    assertThat(Files.readAllLines(output.resolve("labels.txt"))).isEqualTo(CLASSES);
    JsonNode report = report();
    assertThat(report.at("/format").asInt()).isEqualTo(1);
    assertThat(report.at("/rows/training").asInt() + report.at("/rows/validation").asInt())
        .isEqualTo(36);
    assertThat(report.at("/rows/validation").asInt()).isPositive();
    assertThat(report.at("/epochs").size()).isEqualTo(3); // the head alone is epoch 0
    assertThat(report.at("/rows/classes").size()).isEqualTo(3);
    assertThat(report.at("/rows/classes/1/label").asText()).isEqualTo("green");
    assertThat(
            report.at("/rows/classes/1/training").asInt()
                + report.at("/rows/classes/1/validation").asInt())
        .isEqualTo(PER_CLASS);
    assertThat(report.at("/settings/learning_rate").asDouble()).isEqualTo(0.001);
    assertThat(report.at("/settings/batch_norm").asText()).isEqualTo("frozen");
    assertThat(report.at("/settings/label_column").asText()).isEqualTo("directory");
    assertThat(report.at("/fingerprints/start").asText()).startsWith("3135e7e785c5");
    assertThat(report.at("/fingerprints/trained").asText()).doesNotStartWith("3135e7e785c5");
    assertThat(report.at("/images_per_second").asDouble()).isPositive();

    List<Row> history =
        spark.read().parquet(output.resolve("history.parquet").toString()).collectAsList();
    assertThat(history).hasSize(3);
    assertThat(history.get(1).<Double>getAs("validationLoss"))
        .isEqualTo(report.at("/epochs/1/validationLoss").asDouble());
    validationIsToldByClass(report);
    pageIsWellFormed(report);
    everyFormatGivesTheModelsFeatures(report);
  }

  private void validationIsToldByClass(JsonNode report) {
    JsonNode validation = report.at("/validation");
    String best = "/epochs/" + report.at("/best_epoch").asInt();
    assertThat(validation.at("/accuracy").asDouble())
        .isEqualTo(report.at(best + "/validationAccuracy").asDouble());
    int images = 0;
    int wrong = 0;
    for (JsonNode confusion : validation.at("/confusions")) {
      images += confusion.at("/images").asInt();
      wrong +=
          confusion.at("/label").equals(confusion.at("/prediction"))
              ? 0
              : confusion.at("/images").asInt();
    }
    assertThat(images).isEqualTo(report.at("/rows/validation").asInt());
    assertThat(validation.at("/classes").size()).isEqualTo(3);
    assertThat(validation.at("/mistakes").size()).isEqualTo(wrong);
    for (JsonNode mistake : validation.at("/mistakes")) {
      assertThat(mistake.at("/name").asText()).contains(mistake.at("/label").asText());
    }
  }

  /** Whatever the classes are called, the page is XML that says so. */
  private void pageIsWellFormed(JsonNode report) throws Exception {
    Document page =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(output.resolve("report.html").toFile());
    assertThat(page.getElementsByTagName("svg").getLength()).isEqualTo(3);
    assertThat(page.getElementsByTagName("img").getLength())
        .isEqualTo(report.at("/validation/mistakes").size());
    // A point an epoch: loss and accuracy of both kinds of rows, and the rate.
    assertThat(page.getElementsByTagName("circle").getLength()).isEqualTo(3 * 2 * 2 + 2);
    assertThat(page.getElementsByTagName("polyline").getLength()).isEqualTo(5);
    assertThat(page.getDocumentElement().getTextContent()).contains(CLASSES.get(2));
    assertThat(page.getDocumentElement().getTextContent())
        .contains(report.at("/fingerprints/trained").asText(), "learning_rate");
  }

  private void everyFormatGivesTheModelsFeatures(JsonNode report) throws IOException {
    MobileNetClassificationModel model =
        MobileNetClassificationModel.load(output.resolve("mllib").toString());
    assertThat(model.labels()).isEqualTo(CLASSES);
    Dataset<Row> photos =
        spark
            .read()
            .format("binaryFile")
            .option("recursiveFileLookup", "true")
            .load(colours.toString())
            .select(functions.col("path"), functions.col("content").as("image"));
    TreeMap<String, float[]> features = new TreeMap<>();
    TreeMap<String, Row> predictions = new TreeMap<>();
    for (Row row : model.transform(photos).collectAsList()) {
      String path = row.getAs("path");
      features.put(path, narrowed(row.getAs("features")));
      predictions.put(path, row);
    }
    assertThat(features).hasSize(36);
    for (String format : List.of("tf2", "hub1", "slim")) {
      Path vectors = embed(format, "--id-column=path");
      List<Row> rows = spark.read().parquet(vectors.toString()).collectAsList();
      assertThat(rows).hasSize(36);
      for (Row row : rows) {
        Floats.assertSameBits(
            Commands.vector(row, "features"),
            requireNonNull(features.get(row.<String>getAs("path"))));
      }
      assertThat(Commands.report(vectors).at("/model/mobilenet.model.fingerprint").asText())
          .isEqualTo(report.at("/fingerprints/trained").asText());
    }
    Path labelled = embed("tf2", "--output-key=logits", "--labels=" + output.resolve("labels.txt"));
    assertThat(Commands.report(labelled).at("/model/mobilenet.model.fingerprint").asText())
        .isEqualTo(report.at("/fingerprints/trained_with_head").asText());
    for (Row row : spark.read().parquet(labelled.toString()).collectAsList()) {
      Row top = row.<Row>getList(row.fieldIndex("labels")).get(0);
      Row prediction = requireNonNull(predictions.get(row.<String>getAs("path")));
      assertThat(top.<Integer>getAs("index").doubleValue())
          .isEqualTo(prediction.<Double>getAs("prediction"));
    }
  }

  private static float[] narrowed(Vector features) {
    float[] values = new float[features.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) features.apply(i);
    }
    return values;
  }

  private Path embed(String format, String... options) throws IOException {
    Path module = output.resolve(format);
    if (format.equals("slim")) {
      try (Stream<Path> files = Files.list(module)) {
        String index =
            files.map(Path::toString).filter(file -> file.endsWith(".index")).findFirst().get();
        module = Path.of(index.substring(0, index.length() - ".index".length()));
      }
    }
    Path vectors = directory.resolve("vectors " + format + options.length);
    List<String> args =
        new ArrayList<>(
            List.of("embed", "--input=" + colours, "--model=" + module, "--output=" + vectors));
    args.addAll(List.of(options));
    Commands.run(args.toArray(String[]::new)).assertExitCode(0);
    return vectors;
  }

  /** Columns of the user's names, labels as text, and columns that are none of our business. */
  @Tag("slow")
  @Test
  void tablesNameTheirColumns() throws IOException {
    table()
        .withColumn("features", functions.lit("somebody's"))
        .withColumn("held", functions.expr("hash(path) % 4 = 0"))
        .withColumn("worth", functions.lit(2))
        .write()
        .parquet(directory.resolve("table").toString());
    finetune(
            "--input=" + directory.resolve("table"),
            "--image-column=jpeg",
            "--label-column=species",
            "--weight-column=worth",
            "--validation-indicator-column=held",
            "--class-weights=balanced")
        .assertExitCode(0);
    long held = spark.read().parquet(directory.resolve("table").toString()).where("held").count();
    assertThat(held).isPositive();
    assertThat(report().at("/rows/validation").asLong()).isEqualTo(held);
    assertThat(report().at("/rows/training").asLong()).isEqualTo(36 - held);
    assertThat(Files.readAllLines(output.resolve("labels.txt"))).isEqualTo(CLASSES);
  }

  @Tag("slow")
  @Test
  void validationHasAnInputOfItsOwn() throws IOException {
    writeColours(directory.resolve("held out"), 1000);
    finetune("--input=" + colours, "--validation-input=" + directory.resolve("held out"))
        .assertExitCode(0);
    assertThat(report().at("/rows/training").asInt()).isEqualTo(36);
    assertThat(report().at("/rows/validation").asInt()).isEqualTo(36);
    assertThat(report().at("/epochs/0/validationAccuracy").asDouble()).isBetween(0.5, 1.0);
  }

  /** Spark's own source of images gives other paths than its source of files. */
  @Tag("slow")
  @ParameterizedTest
  @ValueSource(strings = {"binaryFile", "image"})
  void headAloneIsFittedAtOnce(String format) throws IOException {
    finetune(
            "--input=" + colours, "--input-format=" + format, "--trainable=head", "--head=features")
        .assertExitCode(0);
    JsonNode report = report();
    assertThat(Files.readAllLines(output.resolve("labels.txt"))).isEqualTo(CLASSES);
    assertThat(report.at("/epochs").size()).isEqualTo(1);
    assertThat(report.at("/epochs/0/accuracy").asDouble()).isGreaterThan(0.9);
    assertThat(report.at("/fingerprints/trained")).isEqualTo(report.at("/fingerprints/start"));
    Commands.run(
            "embed",
            "--input=" + colours,
            "--model=" + output.resolve("tf2"),
            "--output-key=logits",
            "--output=" + directory.resolve("x"))
        .assertExitCode(4)
        .assertOneMessage("no classifier");
  }

  @Tag("slow")
  @Test
  void outputModesAndTheReportsCommand() throws Exception {
    Installed.Outcome told =
        finetune("--input=" + colours, "--epochs=1", "--output-mode=overwrite", "--json")
            .assertExitCode(0);
    JsonNode result = new ObjectMapper().readTree(told.out());
    assertThat(result.at("/output").asText()).isEqualTo("file:" + output);
    assertThat(result.at("/fingerprints")).isEqualTo(report().at("/fingerprints"));
    String first = report().at("/started").asText();
    finetune("--input=" + colours, "--epochs=1", "--output-mode=ignore").assertExitCode(0);
    assertThat(report().at("/started").asText()).isEqualTo(first);
    Path mine = Files.createDirectory(directory.resolve("mine"));
    Files.writeString(mine.resolve("labels.txt"), "mine");
    finetune("--input=" + colours, "--output=" + mine, "--output-mode=overwrite")
        .assertExitCode(3)
        .assertOneMessage("files that this command did not write: labels.txt");
    assertThat(mine.resolve("labels.txt")).hasContent("mine");
    Path notes = Files.writeString(output.resolve("somebody's notes.txt"), "");
    finetune("--input=" + colours, "--epochs=1", "--output-mode=overwrite")
        .assertExitCode(3)
        .assertOneMessage("files that this command did not write: somebody's notes.txt");
    assertThat(report().at("/started").asText()).isEqualTo(first);
    Files.delete(notes);
    JsonNode fingerprints = report().at("/fingerprints");
    String again = report().at("/command").asText();
    assertThat(Files.readString(output.resolve("report.html"))).contains("<pre>mobilenet-spark ");
    Commands.run(words(again)).assertExitCode(0);
    assertThat(report().at("/started").asText()).as("untouched").isEqualTo(first);
    output = output.resolveSibling("run-again");
    assertThat(report().at("/fingerprints")).as("by %s", again).isEqualTo(fingerprints);
    assertThat(report().at("/command").asText())
        .isEqualTo(again.replace("run-again", "run-again-again"));
  }

  /** What a shell would start the command with. */
  private static String[] words(String command) throws IOException, InterruptedException {
    Process shell =
        new ProcessBuilder(
                "sh",
                "-c",
                "mobilenet_spark() { printf '%s\\0' \"$@\"; }; mobilenet_spark " + command)
            .start();
    String words = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(shell.waitFor()).isZero();
    List<String> all = List.of(words.split("\0", 0));
    assertThat(all.get(0)).isEqualTo("mobilenet-spark");
    return all.subList(1, all.size()).toArray(String[]::new);
  }

  @Tag("slow")
  @Test
  void unreadableImagesAreLeftOutAndATenthIsKept() throws IOException {
    Files.writeString(colours.resolve(CLASSES.get(1)).resolve("page.jpg"), "<html>");
    Files.write(colours.resolve(CLASSES.get(1)).resolve("empty.jpg"), new byte[0]);
    for (int seed = 2 * PER_CLASS; seed < 2 * PER_CLASS + 3; seed++) { // nine of the third are left
      Files.delete(
          colours
              .resolve(CLASSES.get(2))
              .resolve(String.format(Locale.ROOT, "picture %d.png", seed)));
    }
    List<String> args = args("--input=" + colours, "--epochs=1");
    args.remove("--validation-fraction=0");
    Installed.Outcome outcome = Commands.run(args.toArray(String[]::new));
    outcome.assertExitCode(0);
    assertThat(outcome.err())
        .contains("2 images can't be read; the first: file:", ".jpg: ")
        .contains(
            "2 of 33 images are kept for validation, a tenth of each class; --validation-fraction 0"
                + " keeps none.",
            "1 class without images for validation, which takes at least 10 different ones: "
                + CLASSES.get(2));
    assertThat(outcome.out()).contains("31 images of 3 classes, 2 for validation", "2 unreadable");
    for (int label = 0; label < CLASSES.size(); label++) {
      JsonNode images = report().at("/rows/classes/" + label);
      assertThat(images.at("/validation").asInt()).isEqualTo(label < 2 ? 1 : 0);
      assertThat(images.at("/training").asInt())
          .isEqualTo(label < 2 ? PER_CLASS - 1 : PER_CLASS - 3);
    }
    assertThat(report().at("/settings/validation_fraction").asText()).startsWith("a tenth");
    assertThat(report().at("/rows/unreadable").asInt()).isEqualTo(2);
    assertThat(report().at("/rows/first_unreadable").asText()).contains(".jpg: ");
  }

  /** As Keras has it: an image beside the directories of classes is of no class. */
  @Tag("slow")
  @Test
  void looseFilesAreOfNoClass() throws IOException {
    for (int i = 0; i < 3; i++) {
      Files.write(colours.resolve("logo " + i + ".png"), Colours.png(0, 500 + i));
    }
    Installed.Outcome outcome = finetune("--input=" + colours, "--epochs=1");
    outcome.assertExitCode(0);
    assertThat(outcome.err()).contains("Left out 3 files directly in file:" + colours);
    assertThat(report().at("/rows/training").asInt()).isEqualTo(36);
    assertThat(Files.readAllLines(output.resolve("labels.txt"))).isEqualTo(CLASSES);
    // Named one by one, the directories are the inputs, and what is in them is theirs.
    List<String> args =
        args("--input=" + colours.resolve("green"), "--epochs=1", "--output-mode=overwrite");
    args.add("--input=" + colours.resolve("blue sky"));
    Commands.run(args.toArray(String[]::new)).assertExitCode(0);
    assertThat(report().at("/rows/training").asInt()).isEqualTo(24);
  }

  /** TensorBoard's own reader checks the checksums, so it reads nothing of a wrong one. */
  @Tag("python")
  @Test
  void eventFilesAreTensorFlows() throws IOException {
    Python.require();
    finetune("--input=" + colours, "--validation-fraction=0.25").assertExitCode(0);
    JsonNode epochs = report().at("/epochs");
    Path tensorboard = output.resolve("tensorboard");
    JsonNode training = events(tensorboard.resolve("train"));
    JsonNode validation = events(tensorboard.resolve("validation"));
    assertThat(training.at("/version").asText()).isEqualTo("brain.Event:2");
    List<JsonNode> batches = removeBatches((ArrayNode) training.at("/steps"));
    assertThat(batches).extracting(batch -> batch.at("/step").asLong()).startsWith(1L, 2L, 3L);
    assertThat(batches).hasSize(epochs.at("/2/step").asInt());
    double mean =
        batches.stream()
            .skip(epochs.at("/1/step").asInt())
            .mapToDouble(batch -> batch.at("/batch_loss").asDouble())
            .average()
            .orElseThrow();
    assertThat(mean).isCloseTo(epochs.at("/2/loss").asDouble(), within(1e-5));
    assertThat(training.at("/steps").size()).isEqualTo(3);
    assertThat(training.at("/steps/0/step").asInt()).isZero();
    assertThat(training.at("/steps/0/epoch_loss").asDouble()).isPositive();
    assertThat(training.at("/steps/0/epoch_learning_rate").isMissingNode()).isTrue();
    assertThat(validation.at("/steps/0/epoch_accuracy").asDouble())
        .isEqualTo((float) epochs.at("/0/validationAccuracy").asDouble());
    for (int i = 1; i <= 2; i++) {
      JsonNode scalars = training.at("/steps/" + i);
      assertThat(scalars.at("/step").asInt()).isEqualTo(i);
      assertThat(scalars.at("/epoch_loss").asDouble())
          .isEqualTo((float) epochs.at(String.format(Locale.ROOT, "/%d/loss", i)).asDouble());
      assertThat(scalars.at("/epoch_learning_rate").asDouble())
          .isEqualTo(
              (float) epochs.at(String.format(Locale.ROOT, "/%d/learningRate", i)).asDouble());
      assertThat(
              validation.at(String.format(Locale.ROOT, "/steps/%d/epoch_accuracy", i)).asDouble())
          .isEqualTo(
              (float)
                  epochs.at(String.format(Locale.ROOT, "/%d/validationAccuracy", i)).asDouble());
    }
    assertThat(training.at("/steps/1/wall_time").asDouble())
        .isGreaterThan(training.at("/steps/0/wall_time").asDouble())
        .isBetween(System.currentTimeMillis() / 1000.0 - 600, System.currentTimeMillis() / 1000.0);
  }

  /** Takes the training steps out of all events. */
  private static List<JsonNode> removeBatches(ArrayNode events) {
    List<JsonNode> batches = new ArrayList<>();
    for (Iterator<JsonNode> all = events.iterator(); all.hasNext(); ) {
      JsonNode event = all.next();
      if (event.has("batch_loss")) {
        batches.add(event);
        all.remove();
      }
    }
    return batches;
  }

  private static JsonNode events(Path folder) throws IOException {
    return new ObjectMapper()
        .readTree(Python.lastLine(Python.interop("events", folder.toString())));
  }

  private Dataset<Row> table() {
    return spark
        .read()
        .format("binaryFile")
        .option("recursiveFileLookup", "true")
        .load(colours.toString())
        .select(
            functions.col("path"),
            functions.col("content").as("jpeg"),
            functions.element_at(functions.split(functions.col("path"), "/"), -2).as("species"));
  }

  /** A table of Spark's catalog, with labels as numbers. */
  @Tag("slow")
  @Test
  void catalogTablesWithNumbersAsLabels() throws IOException {
    table()
        .withColumn("label", functions.expr("case when species = 'green' then 1 else 0 end"))
        .write()
        .mode(SaveMode.Overwrite)
        .saveAsTable("finetune_colours");
    finetune("--table=finetune_colours", "--image-column=jpeg", "--epochs=1").assertExitCode(0);
    assertThat(Files.readAllLines(output.resolve("labels.txt"))).containsExactly("0", "1");
    spark.sql("drop table finetune_colours");
  }
}
