package io.mobilenetspark.spark.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobilenetspark.model.hub.ModelLoadException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.commons.io.FileUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.feature.Normalizer;
import org.apache.spark.ml.param.Param;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/** Stages that were saved and read again, where their model's files are no more. */
class SavedStageTest {

  private static final int PICTURES = 5;

  @TempDir private Path directory;
  private final Dataset<Row> pictures;

  SavedStageTest() {
    pictures = StageFixtures.pictures(PICTURES);
  }

  private String path(String name) {
    return directory.resolve(name).toString();
  }

  /** A stage whose model's files can be deleted. */
  private MobileNetFeaturizer stage() {
    return StageFixtures.stage(StageFixtures.tinyCheckpoint(directory.resolve("model"), 3));
  }

  private void deleteModel() throws IOException {
    FileUtils.deleteDirectory(directory.resolve("model").toFile());
  }

  private Map<Integer, float[]> vectors(MobileNetFeaturizer stage) {
    return StageFixtures.vectors(stage.transform(pictures));
  }

  @Test
  void aloneWithItsWeights() throws IOException {
    MobileNetFeaturizer stage = stage().setOutputMode("vector").setResize("area");
    Map<Integer, float[]> expected = vectors(stage);
    stage.save(path("stage"));
    deleteModel();

    MobileNetFeaturizer read = MobileNetFeaturizer.load(path("stage"));
    assertThat(read.uid()).isEqualTo(stage.uid());
    assertThat(read.explainParams()).isEqualTo(stage.explainParams());
    assertThat(read.transformSchema(pictures.schema()))
        .as("a stage that was read knows its model")
        .isEqualTo(stage.transformSchema(pictures.schema()));
    StageFixtures.assertSameBits(vectors(read), expected);
    read.save(path("again"));
    StageFixtures.assertSameBits(vectors(MobileNetFeaturizer.load(path("again"))), expected);
    assertThatThrownBy(() -> read.setImageSize(64).transform(pictures))
        .as("another model than the saved one")
        .isInstanceOf(ModelLoadException.class);
  }

  @Test
  void everyParameterIsSaved() throws IOException {
    MobileNetFeaturizer stage = new MobileNetFeaturizer();
    StageParametersTest.otherValues().forEach(stage::set);
    stage.save(path("stage"));
    MobileNetFeaturizer read = MobileNetFeaturizer.load(path("stage"));
    for (Param<?> param : stage.params()) {
      assertThat(read.getOrDefault(read.getParam(param.name())))
          .as(param.name())
          .isEqualTo(StageParametersTest.otherValues().get(param.name()));
    }
  }

  /** A pipeline passes no options on to its stages; the stage has not been used before. */
  @Test
  void inAPipelineAndItsModel() throws IOException {
    MobileNetFeaturizer stage = stage().setOutputMode("vector");
    Pipeline pipeline =
        new Pipeline()
            .setStages(
                new PipelineStage[] {
                  stage, new Normalizer().setInputCol("features").setOutputCol("unit")
                });
    pipeline.save(path("pipeline"));
    PipelineModel model = pipeline.fit(pictures);
    model.save(path("pipeline-model"));
    Map<Integer, float[]> expected = StageFixtures.vectors(model.transform(pictures));
    deleteModel();

    Pipeline readPipeline = Pipeline.load(path("pipeline"));
    StageFixtures.assertSameBits(
        StageFixtures.vectors(readPipeline.fit(pictures).transform(pictures)), expected);
    PipelineModel readModel = PipelineModel.load(path("pipeline-model"));
    Dataset<Row> transformed = readModel.transform(pictures);
    StageFixtures.assertSameBits(StageFixtures.vectors(transformed), expected);
    assertThat(transformed.columns()).endsWith("features", "unit");
    assertThat(((MobileNetFeaturizer) readModel.stages()[0]).uid()).isEqualTo(stage.uid());
  }

  @Test
  void byItsHandle() throws IOException {
    MobileNetFeaturizer stage = stage().setSaveModel("handle");
    Map<Integer, float[]> expected = vectors(stage);
    stage.save(path("stage"));
    assertThat(bytesIn("stage")).isLessThan(8_000);
    StageFixtures.assertSameBits(vectors(MobileNetFeaturizer.load(path("stage"))), expected);

    StageFixtures.tinyCheckpoint(directory.resolve("model"), 4);
    assertThatThrownBy(() -> MobileNetFeaturizer.load(path("stage")).transform(pictures))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("what the handle names has changed")
        .hasMessageContaining("saveModel=weights");
    deleteModel();
    assertThatThrownBy(() -> MobileNetFeaturizer.load(path("stage")).transform(pictures))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining(path("model"));
  }

  private long bytesIn(String name) throws IOException {
    try (Stream<Path> files = Files.walk(directory.resolve(name))) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }

  @Test
  void overwritesOnlyWhatItCanReplace() throws IOException {
    MobileNetFeaturizer first = stage();
    Map<Integer, float[]> expected = vectors(first);
    first.save(path("stage"));
    assertThatThrownBy(() -> first.save(path("stage")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("overwrite");

    MobileNetFeaturizer absent = StageFixtures.stage(path("no model there"));
    assertThatThrownBy(() -> absent.write().overwrite().save(path("stage")))
        .isInstanceOf(ModelLoadException.class);
    StageFixtures.assertSameBits(vectors(MobileNetFeaturizer.load(path("stage"))), expected);

    StageFixtures.stage("builtin").write().overwrite().save(path("stage"));
    assertThat(MobileNetFeaturizer.load(path("stage")).getModel()).isEqualTo("builtin");
  }

  @Test
  void missingAndDamagedFilesAreTold() throws IOException {
    stage().save(path("stage"));
    Path graph = directory.resolve("stage/model/frozen_graph.pb");
    Path facts = directory.resolve("stage/model/model.json");
    byte[] wholeGraph = Files.readAllBytes(graph);
    String wholeFacts = Files.readString(facts);

    byte[] flipped = wholeGraph.clone();
    flipped[flipped.length / 2] ^= 1;
    replace(graph, flipped);
    assertUnreadable("frozen_graph.pb is damaged: its SHA-256 is");
    replace(graph, Arrays.copyOf(wholeGraph, wholeGraph.length - 1));
    assertUnreadable(
        String.format(
            Locale.ROOT,
            "frozen_graph.pb has %d bytes, but %d were written",
            wholeGraph.length - 1,
            wholeGraph.length));
    Files.delete(graph);
    assertUnreadable("a file is missing: ");
    assertUnreadable("frozen_graph.pb");
    replace(graph, wholeGraph);
    replace(facts, bytes(wholeFacts.substring(0, 40)));
    assertUnreadable("model.json is damaged");
    replace(facts, bytes(wholeFacts.replace("\"output\"", "\"input\"")));
    assertUnreadable("model.json is damaged: it has no text 'output'");
    replace(facts, bytes(wholeFacts.replace("\"version\" : 1", "\"version\" : 2")));
    assertUnreadable("model.json is of version 2");
    replace(facts, bytes(wholeFacts.replace("\"fast\"", "\"sideways\"")));
    assertUnreadable("sideways");
    Files.delete(facts);
    assertUnreadable("a file is missing: ");
    replace(facts, bytes(wholeFacts));
    assertThat(vectors(MobileNetFeaturizer.load(path("stage")))).hasSize(PICTURES);

    FileUtils.deleteDirectory(directory.resolve("stage/metadata").toFile());
    assertThatThrownBy(() -> MobileNetFeaturizer.load(path("stage")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("There is no whole MobileNetFeaturizer at " + path("stage"));
    assertThatThrownBy(() -> MobileNetFeaturizer.load("a: b"))
        .hasMessageContaining(
            "no whole MobileNetFeaturizer at a: b: what is before its first colon");
    new Normalizer().save(path("other"));
    assertThatThrownBy(() -> MobileNetFeaturizer.load(path("other")))
        .hasMessageContaining("no whole MobileNetFeaturizer")
        .hasMessageContaining("Normalizer");
  }

  /** A graph is a program, also one that lies in a folder that someone gave us. */
  @Test
  void graphsThatReachOutsideAreRefused() throws IOException {
    stage().save(path("stage"));
    Path graph = directory.resolve("stage/model/frozen_graph.pb");
    GraphDef whole = GraphDef.parseFrom(Files.readAllBytes(graph));
    forge(graph, whole.toBuilder().addNode(node("model/spy", "ReadFile")).build());
    assertThatThrownBy(() -> MobileNetFeaturizer.load(path("stage")))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("[ReadFile]");
    forge(
        graph,
        whole.toBuilder()
            .addNode(node("model/far", "NoOp").toBuilder().setDevice("/job:worker/task:1"))
            .build());
    assertThatThrownBy(() -> MobileNetFeaturizer.load(path("stage")))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("device '/job:worker/task:1'");
    forge(graph, whole.toBuilder().addNode(node("model/spy", "Placeholder")).build());
    assertThatThrownBy(() -> MobileNetFeaturizer.load(path("stage")))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("needs a tensor that nothing supplies");
    forge(graph, whole.toBuilder().addNode(whole.getNode(0)).build());
    assertUnreadable("its graph has two nodes");
    forge(graph, GraphDef.newBuilder().addNode(node("model/images", "Placeholder")).build());
    assertUnreadable("its frozen graph has no node 'model/features'");
    forge(graph, whole);
    assertThat(vectors(MobileNetFeaturizer.load(path("stage")))).hasSize(PICTURES);
  }

  private static NodeDef node(String name, String op) {
    return NodeDef.newBuilder().setName(name).setOp(op).build();
  }

  /** Writes a graph with length and sum to match. */
  private static void forge(Path graph, GraphDef forged) throws IOException {
    byte[] bytes = forged.toByteArray();
    replace(graph, bytes);
    Path facts = graph.resolveSibling("model.json");
    String text =
        Files.readString(facts)
            .replaceFirst("\"graphBytes\" : \\d+", "\"graphBytes\" : " + bytes.length)
            .replaceFirst(
                "\"graphSha256\" : \"\\w+\"",
                "\"graphSha256\" : \"" + DigestUtils.sha256Hex(bytes) + "\"");
    replace(facts, bytes(text));
  }

  private void assertUnreadable(String message) {
    assertThatThrownBy(() -> MobileNetFeaturizer.load(path("stage")))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining(path("stage"))
        .hasMessageContaining(message)
        .hasMessageContaining("save it again");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Hadoop's check sums tell most damage; here the files come from where there were none. */
  private static void replace(Path file, byte[] bytes) throws IOException {
    Files.deleteIfExists(file.resolveSibling("." + file.getFileName() + ".crc"));
    Files.write(file, bytes);
  }

  @Tag("slow")
  @Test
  void onHdfs() throws IOException {
    Configuration configuration = new Configuration();
    configuration.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, path("hdfs"));
    MiniDFSCluster cluster = new MiniDFSCluster.Builder(configuration).numDataNodes(1).build();
    try {
      cluster.waitActive();
      String target = cluster.getURI() + "/stages/one";
      MobileNetFeaturizer stage = stage();
      Map<Integer, float[]> expected = vectors(stage);
      stage.save(target);
      stage.write().overwrite().save(target);
      deleteModel();
      assertThat(target).startsWith("hdfs://");
      StageFixtures.assertSameBits(vectors(MobileNetFeaturizer.load(target)), expected);
    } finally {
      cluster.shutdown();
    }
  }

  /** What a later version saves may mean something else. */
  @Test
  void aLaterFormatIsRefusedByName() throws IOException {
    stage().setSaveModel("handle").save(path("stage"));
    new MobileNetFineTuner().save(path("tuner"));
    assertThat(MobileNetFineTuner.load(path("tuner")).explainParams()).contains("learningRate");
    for (String name : List.of("stage", "tuner")) {
      Path metadata;
      try (Stream<Path> files = Files.list(directory.resolve(name).resolve("metadata"))) {
        metadata =
            files
                .filter(file -> file.getFileName().toString().startsWith("part-"))
                .findFirst()
                .orElseThrow();
      }
      String json = Files.readString(metadata);
      assertThat(json).contains("\"mobilenetFormat\":1");
      Files.writeString(metadata, json.replace("\"mobilenetFormat\":1", "\"mobilenetFormat\":2"));
      Files.delete(metadata.resolveSibling("." + metadata.getFileName() + ".crc"));
    }
    assertThatThrownBy(() -> MobileNetFeaturizer.load(path("stage")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("The MobileNetFeaturizer at " + path("stage") + " is of format 2")
        .hasMessageContaining("reads formats up to 1");
    assertThatThrownBy(() -> MobileNetFineTuner.load(path("tuner")))
        .hasMessageContaining("The MobileNetFineTuner at " + path("tuner") + " is of format 2");
  }

  /** Saved by version 0.1.0; later versions must read it and give the same vectors. */
  @Test
  void stageOfVersion010() throws IOException {
    String saved =
        Path.of("src/test/resources/io/mobilenetspark/spark/ml/stage-0.1.0")
            .toAbsolutePath()
            .toString();
    MobileNetFeaturizer read = MobileNetFeaturizer.load(saved);
    assertThat(read.uid()).isEqualTo("MobileNetFeaturizer_of_version_010");
    assertThat(read.getModel()).isEqualTo("builtin");
    assertThat(read.getOutputMode()).isEqualTo("vector");
    assertThat(read.getCropFraction()).isEqualTo(0.875);
    assertThat(read.getTags()).containsExactly("train");
    assertThat(read.getMaxImageBytes()).isEqualTo(1L << 30);
    MobileNetFeaturizer same =
        StageFixtures.stage("builtin").setCropFraction(0.875).setTags(new String[] {"train"});
    StageFixtures.assertSameBits(vectors(read), vectors(same));
  }
}
