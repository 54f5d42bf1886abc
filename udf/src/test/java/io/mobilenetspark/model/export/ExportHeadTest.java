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
import io.mobilenetspark.model.hub.ModelLoadException;
import io.mobilenetspark.model.mobilenet.MobileNetV1;
import io.mobilenetspark.model.settings.ExecutionPath;
import io.mobilenetspark.runtime.NativeLibrary;
import io.mobilenetspark.testing.Entries;
import io.mobilenetspark.testing.Floats;
import io.mobilenetspark.testing.Modules;
import io.mobilenetspark.testing.Python;
import io.mobilenetspark.testing.TinyNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/** Networks with a classifier of their own, written with and without it. */
class ExportHeadTest {

  private static final int IMAGES = 4;
  private static final int SIDE = 224;
  private static final int CLASSES = 5;
  private static final int FEATURES = 768;
  private static final double TOLERANCE = 1e-4;
  private static final Configuration CONFIGURATION = new Configuration();
  private static final ExportFacts FACTS = new ExportFacts(ImageSize.square(SIDE), 0.99, 4e-5);

  @TempDir private Path temporary;

  @BeforeAll
  static void loadLibrary() {
    NativeLibrary.load();
  }

  @ParameterizedTest
  @CsvSource({"TF2, 2", "HUB1, 2", "SLIM, 2", "TF2, 1001", "HUB1, 1001", "SLIM, 1001"})
  void classifierSurvivesBitByBit(ExportFormat format, int classes) {
    MobileNetWeights weights = TinyNetwork.of(0.05, classes, 3);
    String first = export(weights, format, ExportHead.CLASSIFIER);
    assertSameBits(weights(first), weights);
    for (ExportFormat again : ExportFormat.values()) {
      String second = temporary.resolve("again-" + again).toString();
      new ModelExporter(CONFIGURATION)
          .export(
              new ModelLoader(CONFIGURATION),
              ModelRequest.of(first),
              again,
              ExportHead.CLASSIFIER,
              second,
              ModelExporter.IfExists.ERRORIFEXISTS);
      assertSameBits(weights(second), weights);
    }
  }

  private static void assertSameBits(MobileNetWeights actual, MobileNetWeights expected) {
    assertThat(actual.classifierTensors()).hasSize(2);
    assertSameBits(actual.classifierTensors(), expected.classifierTensors());
    assertSameBits(actual.featureTensors(), expected.featureTensors());
  }

  private static void assertSameBits(
      SortedMap<String, WeightTensor> actual, SortedMap<String, WeightTensor> expected) {
    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    expected.forEach(
        (name, tensor) -> {
          assertThat(Entries.get(actual, name).shape()).isEqualTo(tensor.shape());
          Floats.assertSameBits(Entries.get(actual, name).values(), tensor.values());
        });
  }

  @ParameterizedTest
  @EnumSource
  void featuresLeaveTheClassifierOut(ExportFormat format) {
    MobileNetWeights weights = TinyNetwork.of(0.05, CLASSES, 4);
    String output = export(weights, format, ExportHead.FEATURES);
    assertThat(weights(output).classifierTensors()).isEmpty();
    assertSameBits(weights(output).featureTensors(), weights.featureTensors());
    ModelReport report = inspect(output);
    assertThat(report.classes()).isZero();
    assertThat(report.variables()).isEqualTo(135); // no orphans in the files either
    assertThat(report.endpoints()).noneMatch(name -> name.contains("Logits"));
    assertThatThrownBy(() -> Modules.load(ModelRequest.of(output).withOutput(ModelRequest.LOGITS)))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("no classifier");
  }

  @Test
  void onlyCheckpointsKeepTheClassifierUnasked() {
    MobileNetWeights weights = TinyNetwork.of(0.05, CLASSES, 5);
    assertThat(weights(export(weights, ExportFormat.SLIM, ExportHead.AUTO)).classCount())
        .isEqualTo(CLASSES);
    assertThat(weights(export(weights, ExportFormat.TF2, ExportHead.AUTO)).classCount()).isZero();
    assertThat(weights(export(weights, ExportFormat.HUB1, ExportHead.AUTO)).classCount()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void classifierThatIsNotThere(ExportFormat format) throws IOException {
    Path output = Files.createDirectories(temporary.resolve("mine"));
    Path precious = Files.writeString(output.resolve("saved_model.pb"), "mine");
    assertThatThrownBy(
            () ->
                new ModelExporter(CONFIGURATION)
                    .export(
                        new ModelLoader(CONFIGURATION),
                        ModelRequest.of("builtin"),
                        format,
                        ExportHead.CLASSIFIER,
                        output.toString(),
                        ModelExporter.IfExists.OVERWRITE))
        .isInstanceOf(ModelExportException.class)
        .hasMessageContaining(output.toString())
        .hasMessageContaining("no classifier")
        .hasMessageContaining("768")
        .hasMessageContaining("--head");
    assertThat(precious).exists();
    assertThat(temporary.toFile().list()).containsExactly("mine");
  }

  /** Our graph gives the same bits whatever the weights went through; the module's own, nearly. */
  @ParameterizedTest
  @EnumSource
  void loaderGivesFeaturesAndLogits(ExportFormat format) {
    MobileNetWeights weights = fineTuned();
    float[] pixels = pixels();
    String reference = export(weights, ExportFormat.SLIM, ExportHead.CLASSIFIER);
    String output =
        format == ExportFormat.SLIM ? reference : export(weights, format, ExportHead.CLASSIFIER);
    String headless = temporary.resolve("headless").toString();
    new ModelExporter(CONFIGURATION)
        .export(
            new ModelLoader(CONFIGURATION),
            ModelRequest.of(output),
            format,
            ExportHead.FEATURES,
            headless,
            ModelExporter.IfExists.ERRORIFEXISTS);
    for (String key : new String[] {ModelRequest.FEATURES, ModelRequest.LOGITS}) {
      ModelRequest request = ModelRequest.of(output).withOutput(key);
      FrozenModel model = Modules.load(request);
      assertThat(model.path()).isEqualTo(ExecutionPath.FAST);
      assertThat(model.dimension()).isEqualTo(key.equals("logits") ? CLASSES : FEATURES);
      float[] expected =
          Modules.vectors(Modules.load(ModelRequest.of(reference).withOutput(key)), pixels);
      Floats.assertSameBits(Modules.vectors(model, pixels), expected);
      if (key.equals(ModelRequest.FEATURES)) {
        Floats.assertSameBits(
            Modules.vectors(Modules.load(ModelRequest.of(headless)), pixels), expected);
      }
      if (format != ExportFormat.SLIM) {
        FrozenModel own = Modules.load(request.withPath(ExecutionPath.GENERAL));
        assertThat(Floats.maxDifference(Modules.vectors(own, pixels), expected))
            .isLessThanOrEqualTo(TOLERANCE);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = ExportFormat.class,
      names = {"TF2", "HUB1"})
  void reportsCountTheClassifier(ExportFormat format) {
    ModelReport report = inspect(export(fineTuned(), format, ExportHead.CLASSIFIER));
    assertThat(report.classes()).isEqualTo(CLASSES);
    assertThat(report.variables()).isEqualTo(137);
    assertThat(report.trainable()).contains(83);
    assertThat(report.parameters()).isEqualTo(1_832_976 + (FEATURES + 1) * CLASSES);
    assertThat(report.regularizers()).isEqualTo(15);
    assertThat(report.regularizerScale()).contains(4e-5);
    assertThat(report.batchNormMomentum()).contains(0.99);
    assertThat(report.dimension()).isEqualTo(FEATURES);
    assertThat(report.endpoints()).contains("MobilenetV1/Logits", "MobilenetV1/Predictions");
  }

  @Tag("python")
  @Test
  void pythonLoadsReusableClassifier() throws IOException {
    JsonNode report = inPython("tf2", ExportFormat.TF2);
    assertThat(report.get("arguments"))
        .extracting(JsonNode::asText)
        .containsExactly("inputs", "training", "return_endpoints", "batch_norm_momentum");
    assertThat(report.get("variables").asInt()).isEqualTo(137);
    assertThat(report.get("trainable").asInt()).isEqualTo(83);
    assertThat(report.get("losses").asInt()).isEqualTo(15);
    assertThat(report.get("names"))
        .extracting(JsonNode::asText)
        .contains(MobileNetV1.LOGITS_WEIGHTS + ":0", MobileNetV1.LOGITS_BIASES + ":0");
    assertThat(report.get("endpoints").size()).isEqualTo(31);
    assertThat(report.get("serving").toString()).isEqualTo("{\"logits\":[4,5]}");
    assertThat(report.get("serving_difference").asDouble()).isZero();
    assertThat(report.get("gradients").asInt()).isEqualTo(83);
    assertThat(report.get("moved").asInt()).isEqualTo(54);
    assertThat(report.get("momentum_error").asDouble()).isLessThan(TOLERANCE);
    assertThat(report.get("static_channels").asInt()).isEqualTo(CLASSES);
    assertThat(report.get("smaller").toString()).isEqualTo("[4,5]");
  }

  @Tag("python")
  @Test
  void pythonLoadsClassificationHubModule() throws IOException {
    JsonNode report = inPython("hub1", ExportFormat.HUB1);
    for (String tags : new String[] {"inference", "train"}) {
      JsonNode graph = report.get(tags);
      assertThat(graph.get("variables").asInt()).isEqualTo(137);
      assertThat(graph.get("trainable").asInt()).isEqualTo(83);
      assertThat(graph.get("losses").asInt()).isEqualTo(15);
      assertThat(graph.get("updates").asInt()).isEqualTo(tags.equals("train") ? 54 : 0);
      JsonNode signatures = graph.get("signatures");
      assertThat(signatures.size()).isEqualTo(5);
      assertThat(signatures.get("default").toString()).isEqualTo("[[\"images\"],1]");
      assertThat(signatures.get("image_classification").toString()).isEqualTo("[[\"images\"],31]");
      assertThat(signatures.get("image_feature_vector").toString()).isEqualTo("[[\"images\"],29]");
      assertThat(signatures.get("image_classification_with_bn_hparams").toString())
          .isEqualTo("[[\"batch_norm_momentum\",\"images\"],31]");
    }
    JsonNode train = report.get("train");
    assertThat(train.get("gradients").asInt()).isEqualTo(83);
    assertThat(train.get("moved").asInt()).isEqualTo(54);
    assertThat(train.get("momentum_error").asDouble()).isLessThan(TOLERANCE);
    assertThat(report.get("loader_difference").asDouble()).isZero();
    assertThat(report.get("tf2_signatures").size()).isEqualTo(5);
  }

  @Tag("python")
  @Test
  void pythonReadsCheckpoint() throws IOException {
    JsonNode variables = inPython("slim", ExportFormat.SLIM).get("variables");
    assertThat(variables.size()).isEqualTo(137);
    assertThat(variables.get(MobileNetV1.LOGITS_WEIGHTS).toString()).isEqualTo("[1,1,768,5]");
    assertThat(variables.get(MobileNetV1.LOGITS_BIASES).toString()).isEqualTo("[5]");
  }

  /** Runs Python on an export; its logits and features must be ours. */
  private JsonNode inPython(String command, ExportFormat format) throws IOException {
    Python.require();
    String output = export(fineTuned(), format, ExportHead.CLASSIFIER);
    float[] pixels = pixels();
    Path batch = Python.writeFloats(temporary.resolve("batch.f32"), pixels);
    Path out = temporary.resolve("out.f32");
    String printed = Python.interop(command, output, batch.toString(), out.toString());
    float[] theirs = Python.readFloats(out);
    assertThat(theirs).hasSize(IMAGES * (CLASSES + FEATURES));
    ModelRequest request = ModelRequest.of(output);
    float[] logits = Modules.vectors(Modules.load(request.withOutput(ModelRequest.LOGITS)), pixels);
    float[] features = Modules.vectors(Modules.load(request), pixels);
    double ofLogits = Floats.maxDifference(Arrays.copyOf(theirs, logits.length), logits);
    double ofFeatures =
        Floats.maxDifference(Arrays.copyOfRange(theirs, logits.length, theirs.length), features);
    System.out.printf(
        Locale.ROOT,
        "SHOW %s classifier: Python's logits to ours %.2e, features %.2e%n",
        command,
        ofLogits,
        ofFeatures);
    assertThat(ofLogits).isLessThanOrEqualTo(TOLERANCE);
    assertThat(ofFeatures).isLessThanOrEqualTo(TOLERANCE);
    return new ObjectMapper().readTree(Python.lastLine(printed));
  }

  /** The C++ loader restores by the saver and runs the signature. */
  @Test
  void tensorFlowServesLogits() {
    String output = export(fineTuned(), ExportFormat.TF2, ExportHead.CLASSIFIER);
    float[] pixels = pixels();
    float[] logits = new float[IMAGES * CLASSES];
    try (SavedModelBundle bundle = SavedModelBundle.load(output, "serve");
        TFloat32 images = TFloat32.tensorOf(Shape.of(IMAGES, SIDE, SIDE, 3))) {
      images.asRawTensor().data().asFloats().write(pixels);
      try (Result result = bundle.function("serving_default").call(Map.of("inputs", images))) {
        result.get("logits").orElseThrow().asRawTensor().data().asFloats().read(logits);
      }
    }
    FrozenModel ours = Modules.load(ModelRequest.of(output).withOutput(ModelRequest.LOGITS));
    assertThat(Floats.maxDifference(logits, Modules.vectors(ours, pixels)))
        .isLessThanOrEqualTo(TOLERANCE);
  }

  /** The network that needs no files, with a classifier of five classes. */
  private static MobileNetWeights fineTuned() {
    Random random = new Random(20181120);
    Map<String, WeightTensor> tensors = new TreeMap<>(weights("builtin").featureTensors());
    tensors.put(MobileNetV1.LOGITS_WEIGHTS, random(random, 1, 1, FEATURES, CLASSES));
    tensors.put(MobileNetV1.LOGITS_BIASES, random(random, CLASSES));
    return MobileNetWeights.of("fine-tuned", tensors);
  }

  private static WeightTensor random(Random random, long... shape) {
    float[] values = new float[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (0.1 * random.nextGaussian());
    }
    return new WeightTensor(shape, values);
  }

  /** Images that differ in light and grain, [n, side, side, 3] in [0, 1]. */
  private static float[] pixels() {
    Random random = new Random(7);
    float[] pixels = new float[IMAGES * SIDE * SIDE * 3];
    int image = pixels.length / IMAGES;
    for (int i = 0; i < pixels.length; i++) {
      float grain = (1 + i / image) / (float) (IMAGES + 1);
      pixels[i] = grain * random.nextFloat() + (1 - grain) * (i % image) / image;
    }
    return pixels;
  }

  private String export(MobileNetWeights weights, ExportFormat format, ExportHead head) {
    String output = temporary.resolve(format + "-" + head).toString();
    new ModelExporter(CONFIGURATION)
        .export(weights, FACTS, format, head, output, ModelExporter.IfExists.ERRORIFEXISTS);
    return output;
  }

  private static MobileNetWeights weights(String handle) {
    return new ModelLoader(CONFIGURATION).weights(ModelRequest.of(handle));
  }

  private static ModelReport inspect(String handle) {
    return new ModelLoader(CONFIGURATION).inspect(ModelRequest.of(handle));
  }
}
