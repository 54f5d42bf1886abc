package io.mobilenetspark.model.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.model.FrozenModel;
import io.mobilenetspark.model.MobileNetWeights;
import io.mobilenetspark.model.ModelLoader;
import io.mobilenetspark.model.ModelReport;
import io.mobilenetspark.model.ModelRequest;
import io.mobilenetspark.model.checkpoint.WeightTensor;
import io.mobilenetspark.model.graph.OpDefs;
import io.mobilenetspark.model.hub.ModelLoadException;
import io.mobilenetspark.model.settings.ExecutionPath;
import io.mobilenetspark.runtime.NativeLibrary;
import io.mobilenetspark.testing.Entries;
import io.mobilenetspark.testing.Floats;
import io.mobilenetspark.testing.Modules;
import io.mobilenetspark.testing.OneIn;
import io.mobilenetspark.testing.Python;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.types.TFloat32;

/** What is written is read again: by this project, by TensorFlow's C++ loader, by its Python. */
class ExportTest {

  private static final int IMAGES = 4;
  private static final int SIDE = 224;
  private static final int BATCH_FLOATS = IMAGES * SIDE * SIDE * 3;
  private static final double TOLERANCE = 1e-4;
  private static final Configuration CONFIGURATION = new Configuration();

  @TempDir private static Path temporary;

  @BeforeAll
  static void loadLibrary() {
    NativeLibrary.load();
  }

  static Stream<Arguments> everyFormatToEveryFormat() {
    List<Arguments> pairs = new ArrayList<>();
    for (String from :
        List.of(
            "feature_vector_1",
            "feature_vector_3",
            "feature_vector_4",
            "feature_vector_5",
            "slim",
            "builtin")) {
      for (ExportFormat to : ExportFormat.values()) {
        pairs.add(Arguments.of(from, to));
      }
    }
    return pairs.stream();
  }

  @OneIn(4)
  @ParameterizedTest
  @MethodSource("everyFormatToEveryFormat")
  void weightsSurviveBitByBit(String from, ExportFormat to) {
    String handle = from.equals("builtin") ? from : Modules.handle(from);
    String first = output("trip");
    export(handle, to, first);
    for (ExportFormat again : ExportFormat.values()) {
      String second = output("trip");
      export(first, again, second);
      assertSameWeights(weights(second), weights(handle));
    }
  }

  private static void assertSameWeights(MobileNetWeights actual, MobileNetWeights expected) {
    Map<String, WeightTensor> tensors = actual.featureTensors();
    assertThat(tensors).hasSize(135);
    expected
        .featureTensors()
        .forEach(
            (name, tensor) -> {
              assertThat(Entries.get(tensors, name).shape()).isEqualTo(tensor.shape());
              Floats.assertSameBits(Entries.get(tensors, name).values(), tensor.values());
            });
    assertThat(actual.fingerprint()).isEqualTo(expected.fingerprint());
  }

  @Test
  void checkpointKeepsItsClassifier() {
    String output = output("classifier");
    export(Modules.handle("slim"), ExportFormat.SLIM, output);
    assertThat(weights(output).classCount()).isEqualTo(1001);
    assertThat(Files.exists(Path.of(output, "mobilenet_v1_0.75_224.ckpt.index"))).isTrue();
  }

  /** Through every format and back, and over what was written before. */
  @ParameterizedTest
  @EnumSource(ExportFormat.class)
  void theImageSizeTravels(ExportFormat format) throws IOException {
    ModelExporter exporter = new ModelExporter(CONFIGURATION);
    ModelLoader loader = new ModelLoader(CONFIGURATION);
    String output = output("size");
    for (int side : new int[] {96, 64}) {
      exporter.export(
          loader,
          ModelRequest.of("builtin").withImageSize(side, side),
          format,
          ExportHead.AUTO,
          output,
          ModelExporter.IfExists.OVERWRITE);
      assertThat(loader.inspect(ModelRequest.of(output)).expectedSize())
          .contains(ImageSize.square(side));
    }
    assertThat(loader.load(ModelRequest.of(output)).imageHeight()).isEqualTo(64);
    String other = output("size");
    export(output, ExportFormat.TF2, other);
    assertThat(loader.load(ModelRequest.of(other)).imageWidth()).isEqualTo(64);
    assertThat(loader.load(ModelRequest.of(other).withImageSize(32, 48)).imageWidth())
        .as("who asks for another size gets it")
        .isEqualTo(48);
    for (String damage : List.of("", "{", "{\"height\":0,\"width\":64}", "[1]")) {
      Files.writeString(Path.of(other, "assets.extra/image_size.json"), damage);
      assertThatThrownBy(() -> loader.load(ModelRequest.of(other)))
          .isInstanceOf(ModelLoadException.class)
          .hasMessageContaining("image_size.json is damaged: ");
    }
    Files.delete(Path.of(other, "assets.extra/image_size.json"));
    assertThat(loader.load(ModelRequest.of(other)).imageWidth()).isEqualTo(224);
  }

  /** The written graph, not only the written weights, is right. */
  @ParameterizedTest
  @EnumSource(
      value = ExportFormat.class,
      names = {"TF2", "HUB1"})
  void writtenGraphEqualsOurs(ExportFormat format) throws IOException {
    String output = output("graph");
    export(Modules.handle("slim"), format, output);
    float[] pixels = Arrays.copyOf(Modules.goldenPixels(SIDE), BATCH_FLOATS);
    FrozenModel general = Modules.load(ModelRequest.of(output).withPath(ExecutionPath.GENERAL));
    FrozenModel fast = Modules.load(ModelRequest.of(Modules.handle("slim")));
    assertThat(
            Floats.maxDifference(Modules.vectors(general, pixels), Modules.vectors(fast, pixels)))
        .isLessThanOrEqualTo(TOLERANCE);
    assertThat(Modules.load(ModelRequest.of(output)).path()).isEqualTo(ExecutionPath.FAST);
  }

  @ParameterizedTest
  @EnumSource(
      value = ExportFormat.class,
      names = {"TF2", "HUB1"})
  void reportsAreTheSourcesOwn(ExportFormat format) {
    String output = output("report");
    export(Modules.handle("feature_vector_3"), format, output);
    ModelReport report = new ModelLoader(CONFIGURATION).inspect(ModelRequest.of(output));
    assertThat(report.variables()).isEqualTo(135);
    assertThat(report.trainable()).contains(81);
    assertThat(report.parameters()).isEqualTo(1_832_976);
    assertThat(report.regularizers()).isEqualTo(14);
    assertThat(report.regularizerScale()).contains(4e-5);
    assertThat(report.batchNormMomentum()).contains(0.99);
    assertThat(report.expectedSize()).contains(ImageSize.square(224));
    assertThat(report.isSizeFixed()).isFalse();
    assertThat(report.endpoints()).hasSizeGreaterThanOrEqualTo(28);
  }

  @Tag("python")
  @Test
  void pythonLoadsReusableModel() throws IOException {
    Python.require();
    String output = output("python-tf2");
    export(Modules.handle("feature_vector_4"), ExportFormat.TF2, output);
    JsonNode report = inPython("tf2", output);
    assertThat(report.get("arguments"))
        .extracting(JsonNode::asText)
        .containsExactly("inputs", "training", "return_endpoints", "batch_norm_momentum");
    assertThat(report.get("variables").asInt()).isEqualTo(135);
    assertThat(report.get("trainable").asInt()).isEqualTo(81);
    assertThat(report.get("losses").asInt()).isEqualTo(14);
    assertThat(report.get("loss_sum").asDouble()).isPositive();
    assertThat(report.get("names"))
        .extracting(JsonNode::asText)
        .contains("MobilenetV1/Conv2d_0/weights:0");
    assertThat(report.get("endpoints").size()).isEqualTo(29);
    assertThat(report.get("endpoints").get("MobilenetV1/Conv2d_13_pointwise"))
        .extracting(JsonNode::asInt)
        .containsExactly(IMAGES, 7, 7, 768);
    assertThat(report.get("signatures"))
        .extracting(JsonNode::asText)
        .containsExactly("serving_default");
    assertThat(report.get("serving_difference").asDouble()).isZero();
    assertThat(report.get("gradients").asInt()).isEqualTo(81);
    assertThat(report.get("moved").asInt()).isEqualTo(54);
    assertThat(report.get("static_channels").asInt()).isEqualTo(768);
    assertThat(report.get("smaller")).extracting(JsonNode::asInt).containsExactly(IMAGES, 768);
  }

  @Tag("python")
  @Test
  void pythonLoadsHubModule() throws IOException {
    Python.require();
    String output = output("python-hub1");
    export(Modules.handle("feature_vector_4"), ExportFormat.HUB1, output);
    JsonNode report = inPython("hub1", output);
    for (String tags : List.of("inference", "train")) {
      JsonNode graph = report.get(tags);
      assertThat(graph.get("variables").asInt()).isEqualTo(135);
      assertThat(graph.get("trainable").asInt()).isEqualTo(81);
      assertThat(graph.get("losses").asInt()).isEqualTo(14);
      assertThat(graph.get("updates").asInt()).isEqualTo(tags.equals("train") ? 54 : 0);
      assertThat(graph.get("attachment").asBoolean()).isTrue();
      JsonNode signatures = graph.get("signatures");
      assertThat(signatures.size()).isEqualTo(3);
      assertThat(signatures.get("default").toString()).isEqualTo("[[\"images\"],1]");
      assertThat(signatures.get("image_feature_vector").toString()).isEqualTo("[[\"images\"],29]");
      assertThat(signatures.get("image_feature_vector_with_bn_hparams").toString())
          .isEqualTo("[[\"batch_norm_momentum\",\"images\"],29]");
    }
    assertThat(report.get("train").get("moved").asInt()).isEqualTo(54);
    assertThat(report.get("train").get("gradients").asInt()).isEqualTo(81);
    assertThat(report.get("inference").get("endpoints").size()).isEqualTo(29);
    assertThat(report.get("tf2_signatures").size()).isEqualTo(3);
  }

  /** Runs Python on an export; its features must be ours. */
  private static JsonNode inPython(String command, String output) throws IOException {
    float[] pixels = Arrays.copyOf(Modules.goldenPixels(SIDE), BATCH_FLOATS);
    Path batch = Python.writeFloats(temporary.resolve(command + "-batch.f32"), pixels);
    Path features = temporary.resolve(command + "-features.f32");
    String printed = Python.interop(command, output, batch.toString(), features.toString());
    FrozenModel ours = Modules.load(ModelRequest.of(output));
    double difference =
        Floats.maxDifference(Python.readFloats(features), Modules.vectors(ours, pixels));
    System.out.printf(Locale.ROOT, "%s: Python's features to ours %.2e%n", command, difference);
    assertThat(difference).isLessThanOrEqualTo(TOLERANCE);
    return new ObjectMapper().readTree(Python.lastLine(printed));
  }

  /** The C++ loader restores by the saver and runs the signature. */
  @Test
  void tensorFlowServesReusableModel() throws IOException {
    String output = output("serving");
    export(Modules.handle("slim"), ExportFormat.TF2, output);
    float[] pixels = Arrays.copyOf(Modules.goldenPixels(SIDE), BATCH_FLOATS);
    float[] features = new float[IMAGES * 768];
    try (SavedModelBundle bundle = SavedModelBundle.load(output, "serve");
        TFloat32 images = TFloat32.tensorOf(Shape.of(IMAGES, SIDE, SIDE, 3))) {
      images.asRawTensor().data().asFloats().write(pixels);
      try (Result result = bundle.function("serving_default").call(Map.of("inputs", images))) {
        result.get(0).asRawTensor().data().asFloats().read(features);
      }
    }
    FrozenModel ours = Modules.load(ModelRequest.of(output));
    assertThat(Floats.maxDifference(features, Modules.vectors(ours, pixels)))
        .isLessThanOrEqualTo(TOLERANCE);
  }

  /** An older TensorFlow refuses attributes that it doesn't know, even at their default. */
  @ParameterizedTest
  @EnumSource(
      value = ExportFormat.class,
      names = {"TF2", "HUB1"})
  void defaultAttributesAreLeftOut(ExportFormat format) throws IOException {
    String output = output("defaults");
    export("builtin", format, output);
    SavedModel model = SavedModel.parseFrom(Files.readAllBytes(Path.of(output, "saved_model.pb")));
    int checked = 0;
    for (MetaGraphDef graph : model.getMetaGraphsList()) {
      List<NodeDef> nodes = new ArrayList<>(graph.getGraphDef().getNodeList());
      for (FunctionDef function : graph.getGraphDef().getLibrary().getFunctionList()) {
        nodes.addAll(function.getNodeDefList());
      }
      for (NodeDef node : nodes) {
        OpDef definition = OpDefs.find(node.getOp()).orElseThrow();
        for (OpDef.AttrDef attribute : definition.getAttrList()) {
          AttrValue value = node.getAttrMap().get(attribute.getName());
          boolean isDefault =
              value != null
                  && attribute.hasDefaultValue()
                  && value.equals(attribute.getDefaultValue());
          assertThat(isDefault).as("%s of %s", attribute.getName(), node.getName()).isFalse();
          checked++;
        }
      }
    }
    assertThat(checked).isGreaterThan(1000);
  }

  /** Maps of attributes come in another order in each process; the files may not. */
  @Test
  void attributesAreWrittenInTheOrderOfTheirNames() throws IOException {
    String output = output("order");
    export("builtin", ExportFormat.HUB1, output);
    SavedModel model = SavedModel.parseFrom(Files.readAllBytes(Path.of(output, "saved_model.pb")));
    for (NodeDef node : model.getMetaGraphs(0).getGraphDef().getNodeList()) {
      assertThat(List.copyOf(node.getAttrMap().keySet())).as(node.getName()).isSorted();
    }
  }

  @Test
  void existingOutputIsLeftAloneUnlessOverwritten() throws IOException {
    String output = output("existing");
    Files.createDirectories(Path.of(output));
    Path old = Files.writeString(Path.of(output, "saved_model.pb"), "mine");
    assertThatThrownBy(() -> export("builtin", ExportFormat.TF2, output))
        .isInstanceOf(ModelExportException.class)
        .hasMessageContaining("it already exists")
        .hasMessageContaining("--output-mode overwrite");
    assertThat(old).hasContent("mine");

    Path precious = Files.writeString(Path.of(output, "precious.txt"), "mine");
    assertThatThrownBy(() -> overwrite(output))
        .isInstanceOf(ModelExportException.class)
        .hasMessageContaining("it has precious.txt, which no model has");
    assertThat(old).hasContent("mine");
    Files.delete(precious);
    Path variables = Files.createDirectory(Path.of(output, "variables"));
    Path settings = Files.writeString(variables.resolve("prod.tfvars"), "mine");
    assertThatThrownBy(() -> overwrite(output)).hasMessageContaining("it has prod.tfvars");
    Files.delete(settings);
    overwrite(output);
    String empty = output("empty");
    Files.createDirectories(Path.of(empty));
    overwrite(empty);
    String album = output("album");
    Path holiday = Files.createDirectories(Path.of(album, "assets")).resolve("holiday.jpg");
    Files.writeString(holiday, "mine");
    assertThatThrownBy(() -> overwrite(album)).hasMessageContaining("it has assets");
    assertThat(holiday).hasContent("mine");
    assertThat(weights(output).featureCount()).isEqualTo(768);
    assertThat(hidden(temporary)).isEmpty();
  }

  private static void overwrite(String output) {
    new ModelExporter(CONFIGURATION)
        .export(
            new ModelLoader(CONFIGURATION),
            ModelRequest.of("builtin"),
            ExportFormat.TF2,
            ExportHead.AUTO,
            output,
            ModelExporter.IfExists.OVERWRITE);
  }

  @Test
  void failureLeavesNothing() throws IOException {
    Path file = Files.writeString(temporary.resolve("a-file"), "not a directory");
    assertThatThrownBy(() -> export("builtin", ExportFormat.TF2, file + "/below"))
        .isInstanceOf(ModelExportException.class)
        .hasMessageContaining("a-file/below");
    assertThat(hidden(temporary)).isEmpty();
  }

  private static List<Path> hidden(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.getFileName().toString().startsWith(".")).toList();
    }
  }

  private static int outputs;

  private static synchronized String output(String name) {
    return temporary.resolve(name + "-" + outputs++).toString();
  }

  private static void export(String handle, ExportFormat format, String output) {
    new ModelExporter(CONFIGURATION)
        .export(
            new ModelLoader(CONFIGURATION),
            ModelRequest.of(handle),
            format,
            ExportHead.AUTO,
            output,
            ModelExporter.IfExists.ERRORIFEXISTS);
  }

  private static MobileNetWeights weights(String handle) {
    return new ModelLoader(CONFIGURATION).weights(ModelRequest.of(handle));
  }
}
