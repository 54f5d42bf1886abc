package io.mobilenetspark.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobilenetspark.model.Bombs.Bomb;
import io.mobilenetspark.model.hub.ModelLoadException;
import io.mobilenetspark.model.hub.Trust;
import io.mobilenetspark.model.settings.ExecutionPath;
import io.mobilenetspark.runtime.FeatureExtractor;
import io.mobilenetspark.runtime.NativeLibrary;
import io.mobilenetspark.runtime.Precision;
import io.mobilenetspark.testing.ForkedJvm;
import io.mobilenetspark.testing.Modules;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.types.TFloat32;

/** Graphs of strangers that take more than there is are refused, soon and in words. */
class BombsTest {

  /** Of address space for a JVM with TensorFlow; a bomb that goes off asks for more. */
  private static final long MEMORY_BYTES = 12L << 30;

  private static final long MAX_MILLIS = 10_000;

  @TempDir private Path temporary;

  @Tag("slow")
  @Test
  void areRefusedInABoundedProcess() throws IOException, InterruptedException {
    Map<String, Bomb> bombs = Bombs.all();
    String[] modules = new String[bombs.size() + 1];
    int count = 0;
    for (Map.Entry<String, Bomb> bomb : bombs.entrySet()) {
      modules[count++] =
          LinearModule.write(temporary.resolve(bomb.getKey()), bomb.getValue().change()).toString();
    }
    modules[count] = LinearModule.write(temporary.resolve("harmless"), graph -> {}).toString();
    ForkedJvm.Outcome outcome =
        ForkedJvm.runWithin(MEMORY_BYTES, BombMain.class, List.of("-Xmx512m"), modules);
    assertThat(outcome.exitCode()).as(outcome.output()).isZero();
    for (Map.Entry<String, Bomb> bomb : bombs.entrySet()) {
      String[] told = told(outcome, bomb.getKey());
      assertThat(told[2])
          .as(bomb.getKey())
          .contains(bomb.getValue().problem())
          .contains("--trust-model");
      assertThat(Long.parseLong(told[1])).as(bomb.getKey()).isLessThan(MAX_MILLIS);
    }
    assertThat(told(outcome, "harmless")[2]).isEqualTo("RUN");
  }

  private static String[] told(ForkedJvm.Outcome outcome, String module) {
    return outcome
        .output()
        .lines()
        .filter(line -> line.startsWith(module + "\t"))
        .findFirst()
        .orElseThrow(() -> new AssertionError(module + " is not in " + outcome.output()))
        .split("\t", -1);
  }

  /** What a forger puts into a saved stage or a broadcast, whatever it says of itself. */
  private static FrozenModel forged(GraphDef graph) {
    return new FrozenModel(
        new FrozenModel.Facts(
            "forged", "builtin", ExecutionPath.FAST, ModelRequest.FEATURES, "0", 5, 32, 32),
        Trust.UNTRUSTED,
        graph.toByteArray());
  }

  private GraphDef harmless() throws IOException {
    return Modules.load(
            ModelRequest.of(LinearModule.write(temporary.resolve("module"), graph -> {}).toString())
                .withImageSize(32, 32))
        .parsedGraph();
  }

  private static void assertRefused(GraphDef graph, String problem) {
    assertThatThrownBy(() -> FeatureExtractor.open(forged(graph), Precision.FLOAT32, 1).close())
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining(problem)
        .hasMessageContaining("--trust-model");
  }

  /** Executors don't take the driver's word for it. */
  @Test
  void areRefusedWhereTheyAreRun() throws IOException {
    NativeLibrary.load();
    GraphDef graph = harmless();
    FeatureExtractor.open(forged(graph), Precision.FLOAT32, 1).close();
    assertRefused(
        graph.toBuilder().addNode(NodeDef.newBuilder().setName("a").setOp("ReadFile")).build(),
        "[ReadFile]");
    NodeDef.Builder zeros =
        NodeDef.newBuilder()
            .setName("a")
            .setOp("ZerosLike")
            .addInput(FrozenModel.INPUT)
            .putAttr("T", AttrValue.newBuilder().setType(DataType.DT_FLOAT).build());
    FeatureExtractor.open(forged(graph.toBuilder().addNode(zeros).build()), Precision.FLOAT32, 1)
        .close();
    assertRefused(
        graph.toBuilder().addNode(zeros.clone().setDevice("/job:worker/task:1")).build(),
        "device '/job:worker/task:1'");
    assertRefused(
        graph.toBuilder()
            .addNode(
                zeros.clone().putAttr("_XlaMustCompile", AttrValue.newBuilder().setB(true).build()))
            .build(),
        "attribute _XlaMustCompile");
    assertRefused(
        graph.toBuilder()
            .addNode(
                NodeDef.newBuilder()
                    .setName("a")
                    .setOp("Placeholder")
                    .putAttr("dtype", AttrValue.newBuilder().setType(DataType.DT_FLOAT).build()))
            .build(),
        "'a' (Placeholder)");
  }

  /** A graph may be harmless for one image and take too much for many. */
  @Test
  void batchesAreBoundedEachBySize() throws IOException {
    NativeLibrary.load();
    // Every pixel of every image with every other: [n * 3072, 1] * [1, n * 3072].
    Path module =
        LinearModule.write(
            temporary.resolve("quadratic"),
            graph -> Bombs.outerProductOfImages().change().accept(graph));
    FrozenModel model = Modules.load(ModelRequest.of(module.toString()).withImageSize(32, 32));
    try (FeatureExtractor extractor = FeatureExtractor.open(model, Precision.FLOAT32, 1);
        TFloat32 one = TFloat32.tensorOf(Shape.of(1, 32, 32, 3));
        TFloat32 many = TFloat32.tensorOf(Shape.of(32, 32, 32, 3))) {
      one.scalars().forEach(scalar -> scalar.setFloat(0));
      assertThat(extractor.extract(one)).hasSize(5);
      assertThatThrownBy(() -> extractor.extract(many))
          .isInstanceOf(ModelLoadException.class)
          .hasMessageContaining("for 32 images")
          .hasMessageContaining("--batch-size");
    }
  }
}
