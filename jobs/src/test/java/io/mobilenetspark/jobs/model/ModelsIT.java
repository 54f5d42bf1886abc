package io.mobilenetspark.jobs.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mobilenetspark.jobs.Commands;
import io.mobilenetspark.testing.FileReadingModule;
import io.mobilenetspark.testing.Floats;
import io.mobilenetspark.testing.Installed;
import io.mobilenetspark.testing.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands about models, and models of every format in the embedding job. */
class ModelsIT {

  @TempDir private Path directory;
  private Path photos;

  @BeforeEach
  void preparePhotos() throws IOException {
    photos = Files.createDirectories(directory.resolve("photos"));
    Files.copy(Commands.demoImages().resolve("exif/Portrait_1.jpg"), photos.resolve("one.jpg"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"tf2", "hub1", "slim"})
  void whatIsExportedGivesTheSameVectors(String format) {
    Path module = directory.resolve(format);
    export("builtin", format, module).assertExitCode(0);
    String handle = format.equals("slim") ? onlyCheckpoint(module).toString() : module.toString();

    float[] expected = embed("builtin");
    Floats.assertSameBits(embed(handle), expected);
    if (!format.equals("slim")) {
      assertThat(Floats.maxDifference(embed(handle, "--execution-path=general"), expected))
          .isLessThanOrEqualTo(1e-4);
    }
  }

  /** A module that would read files of the machine; and it reads them for who trusts it. */
  @Test
  void untrustedModulesEndWithFour() throws IOException {
    Path module = FileReadingModule.write(directory.resolve("reading"));
    List<String> embed =
        List.of(
            "embed",
            "--input=" + photos,
            "--image-size=32",
            "--model=" + module,
            "--output=" + directory.resolve("vectors"));
    Commands.run(embed.toArray(String[]::new))
        .assertExitCode(4)
        .assertOneMessage("ReadFile", "--trust-model");
    assertThat(directory.resolve("vectors")).doesNotExist();
    List<String> trusting = new ArrayList<>(embed);
    trusting.add("--trust-model");
    Commands.run(trusting.toArray(String[]::new)).assertExitCode(0);
  }

  @Test
  void inspectTellsPeopleAndPrograms() throws IOException {
    Path module = directory.resolve("module");
    export("builtin", "tf2", module).assertExitCode(0);

    Installed.Outcome text = Commands.run("inspect", "--model=" + module);
    text.assertExitCode(0);
    assertThat(text.out())
        .contains("MobileNet V1 0.75", "135 (81 trainable), 1,832,976 parameters");

    Installed.Outcome json = Commands.run("inspect", "--model=" + module, "--json");
    json.assertExitCode(0);
    JsonNode report = new ObjectMapper().readTree(json.out());
    assertThat(report.get("format").asText()).isEqualTo("tf2");
    assertThat(report.get("dimension").asInt()).isEqualTo(768);
    assertThat(report.get("fingerprint").asText())
        .isEqualTo("3135e7e785c5e27c8056cae91e7529f52711b043445fb835f18003fd20de3055");
  }

  @Test
  void exportRefusesWhatIsThere() throws IOException {
    Path module = Files.createDirectories(directory.resolve("module"));
    export("builtin", "slim", module)
        .assertExitCode(3)
        .assertOneMessage(module.toString(), "--output-mode overwrite");
    for (String format : List.of("slim", "hub1", "tf2", "slim")) {
      export("builtin", format, module, "--output-mode=overwrite").assertExitCode(0);
    }
    assertThat(onlyCheckpoint(module)).isNotNull();
    Commands.run(
            "export",
            "--model=" + onlyCheckpoint(module),
            "--format=tf2",
            "--output=" + module,
            "--output-mode=overwrite")
        .assertExitCode(3)
        .assertOneMessage("holds the model", "which would be deleted");
    Path photo = Files.writeString(module.resolve("photo.jpg"), "precious");
    export("builtin", "tf2", module, "--output-mode=overwrite")
        .assertExitCode(3)
        .assertOneMessage("it has photo.jpg, which no model has");
    assertThat(photo).hasContent("precious");
    assertThat(onlyCheckpoint(module)).isNotNull();
  }

  /** The classifier goes from the checkpoint into modules, and comes out as it was. */
  @Tag("slow")
  @ParameterizedTest
  @ValueSource(strings = {"tf2", "hub1"})
  void classifiersAreExportedOnDemand(String format) {
    String checkpoint = SharedData.slimCheckpoint().toString();
    Path features = directory.resolve("features");
    Path classifier = directory.resolve("classifier");
    export(checkpoint, format, features).assertExitCode(0);
    export(checkpoint, format, classifier, "--head=classifier").assertExitCode(0);

    float[] logits = embed(checkpoint, "--output-key=logits");
    assertThat(logits).hasSize(1001);
    Floats.assertSameBits(embed(classifier.toString(), "--output-key=logits"), logits);
    Floats.assertSameBits(embed(classifier.toString()), embed(checkpoint));
    Commands.run(
            "embed",
            "--input=" + photos,
            "--model=" + features,
            "--output-key=logits",
            "--output=" + directory.resolve("x"))
        .assertExitCode(4)
        .assertOneMessage("no classifier");
  }

  @Test
  void exportNeedsTheHeadItIsAskedFor() {
    Path module = directory.resolve("module");
    export("builtin", "tf2", module, "--head=classifier")
        .assertExitCode(3)
        .assertOneMessage(module.toString(), "no classifier", "--head");
    assertThat(module).doesNotExist();
  }

  @Test
  void anEndpointIsAVectorToo() {
    float[] vector = embed("builtin", "--output-key=MobilenetV1/Conv2d_5_pointwise");
    assertThat(vector).hasSize(192);
  }

  /** The trained classifier knows a daisy; its class 985 is 'daisy' in ImageNet's list of 1000. */
  @Test
  void topLabelsOfAClassifier() throws IOException {
    Path checkpoint = SharedData.slimCheckpoint();
    Path labels =
        Files.write(
            directory.resolve("labels.txt"),
            IntStream.range(-1, 1000).mapToObj(i -> i < 0 ? "background" : "class " + i).toList());
    Path daisies = SharedData.directory().resolve("flower_photos/test/daisy");
    Path output = directory.resolve("labelled");

    Commands.run(
            "embed",
            "--input=" + daisies,
            "--model=" + checkpoint,
            "--output-key=logits",
            "--labels=" + labels,
            "--top-k=3",
            "--output=" + output)
        .assertExitCode(0);

    List<Row> rows = Commands.session().read().parquet(output.toString()).collectAsList();
    int right = 0;
    for (Row row : rows) {
      List<Row> top = row.getList(row.fieldIndex("labels"));
      assertThat(top).hasSize(3);
      assertThat(top.get(0).<Double>getAs("probability"))
          .isGreaterThanOrEqualTo(top.get(1).<Double>getAs("probability"))
          .isBetween(0.0, 1.0);
      assertThat(row.getList(row.fieldIndex("features"))).hasSize(1001);
      if (top.get(0).<String>getAs("label").equals("class 985")) {
        right++;
      }
    }
    assertThat(right).isGreaterThan(rows.size() / 2);
  }

  @Test
  void labelsThatDontFit() throws IOException {
    Path labels = Files.writeString(directory.resolve("labels.txt"), "one\ntwo\n");
    String[] common = {
      "embed", "--input=" + photos, "--output=" + directory.resolve("x"), "--labels=" + labels
    };
    run(common, "--model=builtin")
        .assertExitCode(2)
        .assertOneMessage("--labels needs --output-key logits");
    run(common, "--model=builtin", "--output-key=logits")
        .assertExitCode(4)
        .assertOneMessage("it has no classifier");
    run(common, "--model=" + SharedData.slimCheckpoint(), "--output-key=logits")
        .assertExitCode(3)
        .assertOneMessage("has 2 labels, but the model has 1,001 classes");
    Files.write(labels, IntStream.range(0, 1000).mapToObj(i -> "class " + i).toList());
    run(common, "--model=" + SharedData.slimCheckpoint(), "--output-key=logits")
        .assertExitCode(3)
        .assertOneMessage("the first one is the background");
  }

  private static Installed.Outcome run(String[] common, String... options) {
    List<String> all = new ArrayList<>(List.of(common));
    all.addAll(List.of(options));
    return Commands.run(all.toArray(String[]::new));
  }

  @Test
  void unknownOutputsAndMissingModulesAreTold() {
    Commands.run("inspect", "--model=" + directory + "/nothing")
        .assertExitCode(4)
        .assertOneMessage(directory + "/nothing");
    Commands.run(
            "embed",
            "--input=" + photos,
            "--model=builtin",
            "--output-key=nonsense",
            "--output=" + directory.resolve("x"))
        .assertExitCode(4)
        .assertOneMessage("nonsense", "features, logits, or one of");
  }

  private static Installed.Outcome export(
      String model, String format, Path output, String... options) {
    String[] common = {"export", "--model=" + model, "--format=" + format, "--output=" + output};
    return run(common, options);
  }

  private float[] embed(String model, String... options) {
    Path output = directory.resolve("vectors");
    List<String> all =
        new ArrayList<>(
            List.of(
                "embed",
                "--input=" + photos,
                "--model=" + model,
                "--output-mode=overwrite",
                "--output=" + output));
    all.addAll(List.of(options));
    Commands.run(all.toArray(String[]::new)).assertExitCode(0);
    Commands.session().catalog().refreshByPath(output.toString());
    return Commands.vector(
        Commands.session()
            .read()
            .parquet(output.toString())
            .where(functions.col("status").equalTo("OK"))
            .head(),
        "features");
  }

  private static Path onlyCheckpoint(Path module) {
    String[] indices = module.toFile().list((folder, name) -> name.endsWith(".index"));
    assertThat(indices).hasSize(1);
    String index = String.valueOf(indices[0]);
    return module.resolve(index.substring(0, index.length() - ".index".length()));
  }
}
