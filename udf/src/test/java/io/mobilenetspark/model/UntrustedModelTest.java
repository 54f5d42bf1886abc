package io.mobilenetspark.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.model.checkpoint.TensorBundleWriter;
import io.mobilenetspark.model.checkpoint.WeightTensor;
import io.mobilenetspark.model.export.ExportFacts;
import io.mobilenetspark.model.export.ExportFormat;
import io.mobilenetspark.model.export.ExportHead;
import io.mobilenetspark.model.export.ModelExporter;
import io.mobilenetspark.model.hub.ModelLoadException;
import io.mobilenetspark.model.hub.Trust;
import io.mobilenetspark.model.settings.ExecutionPath;
import io.mobilenetspark.runtime.NativeLibrary;
import io.mobilenetspark.testing.Entries;
import io.mobilenetspark.testing.Floats;
import io.mobilenetspark.testing.Modules;
import io.mobilenetspark.testing.TinyNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;

/** Modules that are programs: what they may do, and what damage is told. */
class UntrustedModelTest {

  private static final Configuration CONFIGURATION = new Configuration();

  @TempDir private Path temporary;

  @BeforeEach
  void loadLibrary() {
    NativeLibrary.load();
  }

  private static ModelRequest general(Path module) {
    return ModelRequest.of(module.toString()).withPath(ExecutionPath.GENERAL).withImageSize(32, 32);
  }

  private Path module(String name, Consumer<GraphDef.Builder> change) throws IOException {
    return LinearModule.write(temporary.resolve(name), change);
  }

  /** Any image module runs its own graph; this one can be computed by hand. */
  @Test
  void otherArchitecturesRunTheirOwnGraph() throws IOException {
    Path module = module("linear", graph -> {});
    FrozenModel model = Modules.load(ModelRequest.of(module.toString()).withImageSize(32, 32));
    assertThat(model.path()).isEqualTo(ExecutionPath.GENERAL);
    assertThat(model.dimension()).isEqualTo(5);
    float[] white = new float[2 * 32 * 32 * 3];
    Arrays.fill(white, 1);
    float[] sums = {18, 21, 24, 27, 30, 18, 21, 24, 27, 30}; // of the kernel's columns
    assertThat(Floats.maxDifference(Modules.vectors(model, white), sums)).isLessThan(1e-4);
    assertThatThrownBy(
            () ->
                Modules.load(
                    ModelRequest.of(module.toString())
                        .withImageSize(32, 32)
                        .withPath(ExecutionPath.FAST)))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("not a MobileNet V1");
    assertThatThrownBy(() -> Modules.load(ModelRequest.of(module.toString())))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("which image size")
        .hasMessageContaining("--image-size");
  }

  /** The features are multiplied by something read from a file. */
  private static void readsFile(GraphDef.Builder graph, String file) {
    try (Graph built = new Graph()) {
      Ops tf = Ops.create(built);
      Operand<TString> text = tf.withName("text").io.readFile(tf.withName("name").constant(file));
      tf.withName("number").strings.toNumber(text, TFloat32.class);
      graph.addAllNode(built.toGraphDef().getNodeList());
    }
    LinearModule.rename(graph, "features", "clean");
    graph.addNode(
        NodeDef.newBuilder()
            .setName("features")
            .setOp("Mul")
            .addInput("clean")
            .addInput("number")
            .putAttr("T", AttrValue.newBuilder().setType(DataType.DT_FLOAT).build()));
  }

  @Test
  void opsThatTouchFilesAreRefusedUnlessTrusted() throws IOException {
    Path secret = Files.writeString(temporary.resolve("secret.txt"), "2.0");
    Path module = module("reads", graph -> readsFile(graph, secret.toString()));
    assertThatThrownBy(() -> Modules.load(general(module)))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("[ReadFile, StringToNumber]")
        .hasMessageContaining("--trust-model");
    FrozenModel trusted = Modules.load(general(module).withTrust(Trust.TRUSTED));
    float[] white = new float[32 * 32 * 3];
    Arrays.fill(white, 1);
    assertThat(
            Floats.maxDifference(Modules.vectors(trusted, white), new float[] {36, 42, 48, 54, 60}))
        .isLessThan(1e-4);
  }

  /** Files, network, processes, Python, and what nobody knows. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "WriteFile",
        "MatchingFiles",
        "RestoreV2",
        "SaveV2",
        "PyFunc",
        "EagerPyFunc",
        "PyFuncStateless",
        "PrintV2",
        "TFRecordDataset",
        "_Recv",
        "CollectiveReduceV2",
        "RemoteCall",
        "DebugIdentityV2",
        "InitializeTableFromTextFileV2",
        "TPUReplicate",
        "XlaLaunch",
        "NoSuchOp"
      })
  void opsThatReachOutsideAreRefused(String op) throws IOException {
    Path module =
        module(
            "op-" + op,
            graph -> {
              LinearModule.rename(graph, "features", "clean");
              graph.addNode(NodeDef.newBuilder().setName("features").setOp(op).addInput("clean"));
            });
    assertThatThrownBy(() -> Modules.load(general(module)))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("[" + op + "]")
        .hasMessageContaining("--trust-model");
  }

  /** Hidden in a function that a branch calls. */
  @Test
  void opsWithinFunctionsAreRefused() throws IOException {
    Path module =
        module(
            "hidden",
            graph -> {
              FunctionDef.Builder function = FunctionDef.newBuilder();
              function.getSignatureBuilder().setName("innocent");
              function.addNodeDef(NodeDef.newBuilder().setName("read").setOp("ReadFile"));
              graph.getLibraryBuilder().addFunction(function);
              LinearModule.rename(graph, "features", "clean");
              AttrValue.Builder call = AttrValue.newBuilder();
              call.getFuncBuilder().setName("innocent");
              graph.addNode(
                  NodeDef.newBuilder()
                      .setName("features")
                      .setOp("StatelessIf")
                      .addInput("clean")
                      .addInput("clean")
                      .putAttr("then_branch", call.build())
                      .putAttr("else_branch", call.build()));
            });
    assertThatThrownBy(() -> Modules.load(general(module)))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("[ReadFile]");
  }

  /** What is not needed for the features is not run, and need not be trusted. */
  @Test
  void opsThatAreNotRunDoNotMatter() throws IOException {
    Path module =
        module(
            "unused",
            graph -> graph.addNode(NodeDef.newBuilder().setName("writer").setOp("WriteFile")));
    assertThat(Modules.load(general(module)).dimension()).isEqualTo(5);
  }

  /** A few bytes that ask for terabytes, and shapes that the native code asserts away. */
  @Test
  void enormousConstantsAreRefused() throws IOException {
    for (long size : new long[] {1L << 50, 1L << 33, -5, Long.MAX_VALUE}) {
      Path module =
          module(
              "huge" + size,
              graph -> {
                TensorProto huge =
                    TensorProto.newBuilder()
                        .setDtype(DataType.DT_FLOAT)
                        .setTensorShape(
                            TensorShapeProto.newBuilder()
                                .addDim(TensorShapeProto.Dim.newBuilder().setSize(size)))
                        .addFloatVal(0)
                        .build();
                graph.addNode(
                    NodeDef.newBuilder()
                        .setName("huge")
                        .setOp("Const")
                        .putAttr("dtype", AttrValue.newBuilder().setType(DataType.DT_FLOAT).build())
                        .putAttr("value", AttrValue.newBuilder().setTensor(huge).build()));
              });
      assertThatThrownBy(() -> Modules.load(general(module)))
          .isInstanceOf(ModelLoadException.class)
          .hasMessageContaining("'huge'");
    }
  }

  @Test
  void wrongWeightsAreTold() throws IOException {
    Map<String, WeightTensor> tensors = new TreeMap<>(TinyNetwork.of(0.25, 0, 1).featureTensors());
    String gamma = "MobilenetV1/Conv2d_3_pointwise/BatchNorm/gamma";
    WeightTensor right = Entries.get(tensors, gamma);

    Map<String, WeightTensor> missing = new TreeMap<>(tensors);
    missing.remove(gamma);
    assertRefused("missing", missing, "none is '" + gamma + "'");

    Map<String, WeightTensor> shorter = new TreeMap<>(tensors);
    shorter.put(
        gamma,
        new WeightTensor(
            new long[] {right.size() - 1L}, Arrays.copyOf(right.values(), right.size() - 1)));
    assertRefused("shorter", shorter, "'" + gamma + "' has shape [31], expected [32]");

    Map<String, WeightTensor> notNumbers = new TreeMap<>(tensors);
    float[] values = right.values().clone();
    values[7] = Float.NaN;
    notNumbers.put(gamma, new WeightTensor(right.shape(), values));
    assertRefused("nan", notNumbers, "value 7 of tensor '" + gamma + "' is NaN");
  }

  private void assertRefused(String name, Map<String, WeightTensor> tensors, String problem)
      throws IOException {
    Path directory = Files.createDirectories(temporary.resolve(name));
    TensorBundleWriter writer = new TensorBundleWriter();
    tensors.forEach(writer::add);
    writer.write(
        FileSystem.getLocal(CONFIGURATION),
        new org.apache.hadoop.fs.Path(directory.resolve("model.ckpt").toUri()));
    assertThatThrownBy(
            () -> Modules.load(ModelRequest.of(directory.toString()).withImageSize(64, 64)))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageStartingWith("Can't use the model " + directory)
        .hasMessageContaining(problem);
  }

  /** The whole family, recognised by the tensors' shapes, at any size, with its classifier. */
  @ParameterizedTest
  @ValueSource(doubles = {0.25, 0.5, 0.75, 1.0})
  void everyDepthMultiplierIsKnown(double multiplier) {
    MobileNetWeights weights = TinyNetwork.of(multiplier, 1001, 7);
    assertThat(weights.depthMultiplier()).isEqualTo(multiplier);
    for (ExportFormat format : ExportFormat.values()) {
      Path output = temporary.resolve(multiplier + "-" + format);
      new ModelExporter(CONFIGURATION)
          .export(
              weights,
              new ExportFacts(new ImageSize(128, 160), 0.99, 4e-5),
              format,
              ExportHead.AUTO,
              output.toString(),
              ModelExporter.IfExists.ERRORIFEXISTS);
      ModelReport report =
          new ModelLoader(CONFIGURATION).inspect(ModelRequest.of(output.toString()));
      assertThat(report.architecture()).isEqualTo("MobileNet V1 " + multiplier);
      assertThat(report.dimension()).isEqualTo((int) (1024 * multiplier));
      FrozenModel model = Modules.load(ModelRequest.of(output.toString()).withImageSize(96, 128));
      assertThat(model.dimension()).isEqualTo((int) (1024 * multiplier));
      if (format == ExportFormat.SLIM) {
        assertThat(report.classes()).isEqualTo(1001);
        assertThat(
                Modules.load(ModelRequest.of(output.toString()).withOutput(ModelRequest.LOGITS))
                    .dimension())
            .isEqualTo(1001);
      }
    }
  }
}
