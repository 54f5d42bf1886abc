package io.mobilenetspark.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.model.checkpoint.WeightTensor;
import io.mobilenetspark.model.export.ExportFacts;
import io.mobilenetspark.model.export.ExportFormat;
import io.mobilenetspark.model.export.ExportHead;
import io.mobilenetspark.model.export.ModelExporter;
import io.mobilenetspark.model.hub.ModelLoadException;
import io.mobilenetspark.model.hub.TrainingGraph;
import io.mobilenetspark.runtime.NativeLibrary;
import io.mobilenetspark.testing.Entries;
import io.mobilenetspark.testing.Floats;
import io.mobilenetspark.testing.Modules;
import io.mobilenetspark.testing.Python;
import io.mobilenetspark.testing.TinyNetwork;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.types.TFloat32;

/** One training-mode forward pass of the modules' own graphs against TensorFlow's Python. */
class TrainingGraphTest {

  private static final int IMAGES = 8;
  private static final int SIDE = 224;
  private static final double TOLERANCE = 1e-4;

  @TempDir private Path temporary;

  @Tag("python")
  @ParameterizedTest
  @CsvSource({
    "feature_vector_1, hub1, default",
    "feature_vector_3, hub1, default",
    "feature_vector_3, hub1, 0.5",
    "feature_vector_4, tf2, default",
    "feature_vector_4, tf2, 0.5",
    "feature_vector_5, tf2, 0.5",
  })
  void equalsPython(String module, String format, String momentum) throws IOException {
    Python.require();
    float[] pixels = Arrays.copyOf(Modules.goldenPixels(SIDE), IMAGES * SIDE * SIDE * 3);
    Path batch = Python.writeFloats(temporary.resolve("batch.f32"), pixels);
    Path out = temporary.resolve("out.f32");
    Python.interop(
        "step", format, Modules.handle(module), batch.toString(), momentum, out.toString());
    float[] expected = Python.readFloats(out);

    Trainable trainable = trainable(module);
    float[] features = new float[IMAGES * 768];
    Map<String, float[]> after = new TreeMap<>();
    step(trainable, pixels, momentum, features, after);

    assertThat(Floats.maxDifference(features, Arrays.copyOf(expected, features.length)))
        .isLessThanOrEqualTo(TOLERANCE);
    int from = features.length;
    int moved = 0;
    double largest = 0;
    for (Map.Entry<String, float[]> statistic : after.entrySet()) {
      float[] value = statistic.getValue();
      float[] reference = Arrays.copyOfRange(expected, from, from + value.length);
      double difference = Floats.maxDifference(value, reference);
      largest = Math.max(largest, difference);
      assertThat(difference).as(statistic.getKey()).isLessThanOrEqualTo(TOLERANCE);
      float[] before = Entries.get(trainable.values(), statistic.getKey()).values();
      moved += Arrays.equals(before, value) ? 0 : 1;
      from += value.length;
    }
    System.out.printf(
        Locale.ROOT,
        "%s momentum %s: %d statistics, largest difference %.2e%n",
        module,
        momentum,
        after.size(),
        largest);
    assertThat(from).isEqualTo(expected.length);
    assertThat(after).hasSize(54);
    assertThat(moved).isEqualTo(54);
  }

  @Test
  void saysWhatTrainingNeeds() {
    for (String module : Modules.HUB) {
      TrainingGraph graph = trainable(module).graph();
      assertSaysWhatTrainingNeeds(graph);
      assertThat(graph.momentum().isPresent()).isEqualTo(!module.endsWith("_1"));
      assertThat(graph.graph().getNodeList())
          .extracting(NodeDef::getOp)
          .doesNotContain("FusedBatchNorm", "StatefulPartitionedCall")
          .contains("FusedBatchNormV3");
    }
    assertThatThrownBy(() -> trainable("slim"))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("no graph");
  }

  private static void assertSaysWhatTrainingNeeds(TrainingGraph graph) {
    assertThat(graph.handles()).hasSize(135);
    assertThat(graph.trainable()).hasSize(81);
    assertThat(graph.updateOps()).hasSize(54);
    assertThat(graph.regularizationLosses()).hasSize(14);
  }

  /** TensorFlow can differentiate what was made of the modules, down to the first layer. */
  @Test
  void gradientsReachAllTrainableVariables() {
    for (String module : Modules.HUB) {
      assertGradientsReachAll(trainable(module).graph());
    }
  }

  private static void assertGradientsReachAll(TrainingGraph training) {
    try (Graph graph = new Graph()) {
      graph.importGraphDef(training.graph());
      Output<?> features = output(graph, training.features());
      Output<?>[] handles =
          training.trainable().stream()
              .map(name -> graph.operation(Entries.get(training.handles(), name)).output(0))
              .toArray(Output<?>[]::new);
      Output<?>[] gradients = graph.addGradients(features, handles);
      assertThat(gradients).hasSize(81).doesNotContainNull();
    }
  }

  /** A classifier trains as the network without it does: its feature vectors, not its logits. */
  @ParameterizedTest
  @EnumSource(
      value = ExportFormat.class,
      names = {"TF2", "HUB1"})
  void classifiersTrainTheirFeatures(ExportFormat format) {
    MobileNetWeights weights = TinyNetwork.of(0.25, 5, 11);
    Random random = new Random(12);
    float[] pixels = new float[IMAGES * SIDE * SIDE * 3];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = random.nextFloat();
    }
    List<float[]> features = new ArrayList<>();
    List<Map<String, float[]>> statistics = new ArrayList<>();
    NativeLibrary.load();
    for (ExportHead head : List.of(ExportHead.FEATURES, ExportHead.CLASSIFIER)) {
      String output = temporary.resolve(head.toString()).toString();
      new ModelExporter(new Configuration())
          .export(
              weights,
              new ExportFacts(ImageSize.square(SIDE), 0.99, 4e-5),
              format,
              head,
              output,
              ModelExporter.IfExists.ERRORIFEXISTS);
      Trainable trainable = trainableAt(output);
      assertSaysWhatTrainingNeeds(trainable.graph());
      assertGradientsReachAll(trainable.graph());
      float[] vectors = new float[IMAGES * weights.featureCount()];
      Map<String, float[]> after = new TreeMap<>();
      step(trainable, pixels, "0.5", vectors, after);
      features.add(vectors);
      statistics.add(after);
    }
    Floats.assertSameBits(features.get(1), features.get(0));
    assertThat(statistics.get(0)).hasSize(54);
    assertThat(statistics.get(1)).usingRecursiveComparison().isEqualTo(statistics.get(0));
  }

  private static Trainable trainable(String module) {
    return trainableAt(Modules.handle(module));
  }

  private static Trainable trainableAt(String handle) {
    NativeLibrary.load();
    return new ModelLoader(new Configuration()).trainable(ModelRequest.of(handle));
  }

  private static Output<?> output(Graph graph, String tensor) {
    int colon = tensor.indexOf(':');
    return colon < 0
        ? graph.operation(tensor).output(0)
        : graph
            .operation(tensor.substring(0, colon))
            .output(Integer.parseInt(tensor.substring(colon + 1)));
  }

  /** Runs one forward pass with the update ops, and then reads the moving statistics. */
  private static void step(
      Trainable trainable,
      float[] pixels,
      String momentum,
      float[] features,
      Map<String, float[]> statistics) {
    TrainingGraph training = trainable.graph();
    try (Graph graph = new Graph()) {
      graph.importGraphDef(training.graph());
      List<String> names = new ArrayList<>(training.handles().keySet());
      for (String name : names) {
        addAccess(graph, name, Entries.get(training.handles(), name));
      }
      try (Session session = new Session(graph)) {
        for (String name : names) {
          assign(session, name, Entries.get(trainable.values(), name));
        }
        try (TFloat32 images = TFloat32.tensorOf(Shape.of(IMAGES, SIDE, SIDE, 3));
            TFloat32 rate = TFloat32.scalarOf(momentum.equals("default") ? 0.99f : 0.5f)) {
          images.asRawTensor().data().asFloats().write(pixels);
          Session.Runner runner =
              session.runner().feed(training.images(), images).fetch(training.features());
          training.updateOps().forEach(runner::addTarget);
          if (!momentum.equals("default")) {
            runner.feed(training.momentum().orElseThrow(), rate);
          }
          try (Result result = runner.run()) {
            result.get(0).asRawTensor().data().asFloats().read(features);
          }
        }
        names.stream()
            .filter(name -> name.contains("/moving_"))
            .forEach(name -> statistics.put(name, read(session, name)));
      }
    }
  }

  private static void addAccess(Graph graph, String name, String handleOp) {
    GraphOperation handle = graph.operation(handleOp);
    GraphOperation value =
        graph
            .opBuilder("Placeholder", "new/" + name, graph.baseScope())
            .setAttr("dtype", DataType.DT_FLOAT)
            .build();
    graph
        .opBuilder("AssignVariableOp", "assign/" + name, graph.baseScope())
        .addInput(handle.output(0))
        .addInput(value.output(0))
        .build();
    graph
        .opBuilder("ReadVariableOp", "read/" + name, graph.baseScope())
        .addInput(handle.output(0))
        .setAttr("dtype", DataType.DT_FLOAT)
        .build();
  }

  private static void assign(Session session, String name, WeightTensor value) {
    try (TFloat32 tensor = TFloat32.tensorOf(Shape.of(value.shape()))) {
      tensor.asRawTensor().data().asFloats().write(value.values());
      session.runner().feed("new/" + name, tensor).addTarget("assign/" + name).run().close();
    }
  }

  private static float[] read(Session session, String name) {
    try (Result result = session.runner().fetch("read/" + name).run()) {
      float[] values = new float[Math.toIntExact(result.get(0).size())];
      result.get(0).asRawTensor().data().asFloats().read(values);
      return values;
    }
  }
}
