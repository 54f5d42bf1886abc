package io.mobilenetspark.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.model.export.ExportFacts;
import io.mobilenetspark.model.export.ExportFormat;
import io.mobilenetspark.model.export.ExportHead;
import io.mobilenetspark.model.export.ModelExporter;
import io.mobilenetspark.model.hub.ModelLoadException;
import io.mobilenetspark.model.settings.ExecutionPath;
import io.mobilenetspark.testing.Cases;
import io.mobilenetspark.testing.Floats;
import io.mobilenetspark.testing.Modules;
import io.mobilenetspark.testing.OneIn;
import io.mobilenetspark.testing.TinyNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.TensorProto;

/** What is taken for a MobileNet V1 gives what its own graph gives. */
class GraphCheckTest {

  private static final int SIDE = 64;
  private static final AttrValue FLOAT = AttrValue.newBuilder().setType(DataType.DT_FLOAT).build();

  @TempDir private static Path temporary;

  private static SavedModel genuine;
  private static float[] pixels;

  @BeforeAll
  static void export() throws IOException {
    Path output = temporary.resolve("genuine");
    Modules.load(ModelRequest.of("builtin").withImageSize(32, 32)); // loads the library
    new ModelExporter(new Configuration())
        .export(
            TinyNetwork.of(0.25, 0, 3),
            new ExportFacts(ImageSize.square(SIDE), 0.99, 4e-5),
            ExportFormat.HUB1,
            ExportHead.AUTO,
            output.toString(),
            ModelExporter.IfExists.ERRORIFEXISTS);
    genuine = SavedModel.parseFrom(Files.readAllBytes(output.resolve("saved_model.pb")));
    pixels = new float[2 * SIDE * SIDE * 3];
    Random random = new Random(4);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = random.nextFloat();
    }
  }

  /** The genuine module with another inference graph. */
  private static ModelRequest changed(Consumer<GraphDef.Builder> change) throws IOException {
    SavedModel.Builder model = genuine.toBuilder();
    for (int i = 0; i < model.getMetaGraphsCount(); i++) {
      MetaGraphDef.Builder meta = model.getMetaGraphsBuilder(i);
      if (meta.getMetaInfoDef().getTagsCount() == 0) {
        change.accept(meta.getGraphDefBuilder());
      }
    }
    Path directory = temporary.resolve("genuine");
    Files.write(directory.resolve("saved_model.pb"), model.build().toByteArray());
    return ModelRequest.of(directory.toString()).withImageSize(SIDE, SIDE);
  }

  private static void assertBothPathsAgree(String what, FrozenModel fast, ModelRequest request) {
    FrozenModel general = Modules.load(request.withPath(ExecutionPath.GENERAL));
    assertThat(
            Floats.maxDifference(Modules.vectors(fast, pixels), Modules.vectors(general, pixels)))
        .as(what)
        .isLessThan(1e-4);
  }

  /** How the pixels reach the first layer, as modules write it or might; x is the image. */
  @OneIn(4)
  @ParameterizedTest
  @CsvSource({
    "x Mul 2 Sub 1, FAST",
    "x Mul 2 AddV2 -1, FAST",
    "x Mul 2 Add -1, FAST",
    "x Sub 0.5 Mul 2, FAST",
    "x Sub 0.5 RealDiv 0.5, FAST",
    "x RealDiv 0.5 Sub 1, FAST",
    "x Mul 255 Sub 127.5 RealDiv 127.5, FAST",
    "x Mul 255 Mul 0.00784313725 Sub 1, FAST",
    "x AddV2 -0.5 Div 0.5, FAST",
    "x Mul 1, from -1 to 1",
    "x Mul 0.00784313725 Sub 1, from 0 to 255",
    "x Sub 127.5 RealDiv 127.5, from 0 to 255",
    "x Mul 2 Sub 0.9, from -0.05 to 0.95",
    "x Sub 1 Mul 2, from 0.5 to 1.5",
    "x Mul -2 AddV2 1, GENERAL",
    "x Mul 0 Sub 1, GENERAL",
    "x Mul 2 Sub 1 Relu, GENERAL",
    "x Mul 2 Sub 1 Maximum 0, GENERAL",
    "x Mul 2 Sub 1 Pow 1, GENERAL"
  })
  void theRangeOfPixelsIsKnown(String spelling, String expected) throws IOException {
    ModelRequest request = changed(graph -> spell(graph, spelling.split(" ", -1)));
    if (expected.startsWith("from")) {
      assertThatThrownBy(() -> Modules.load(request))
          .isInstanceOf(ModelLoadException.class)
          .hasMessageContaining("takes pixels " + expected)
          .hasMessageContaining("images are given as 0 to 1")
          .hasMessageContaining("--execution-path fast");
      // The weights are the same: our graph gives them the range that they were trained on.
      float[] fast = Modules.vectors(Modules.load(request.withPath(ExecutionPath.FAST)), pixels);
      float[] right = Modules.vectors(Modules.load(changed(graph -> {})), pixels);
      assertThat(fast).isEqualTo(right);
      return;
    }
    FrozenModel model = Modules.load(request);
    assertThat(model.path()).isEqualTo(ExecutionPath.valueOf(expected));
    if (model.path() == ExecutionPath.FAST) {
      assertBothPathsAgree(spelling, model, request);
    }
  }

  /** Puts ops of one constant each in the place of what scales the images. */
  private static void spell(GraphDef.Builder graph, String... words) {
    String old = firstLayerInput(graph);
    String last = imagesNode(graph);
    for (int i = 1; i < words.length; i++) {
      NodeDef.Builder node =
          NodeDef.newBuilder()
              .setName("spelled" + i)
              .setOp(words[i])
              .addInput(last)
              .putAttr("T", FLOAT);
      if (i + 1 < words.length && !words[i + 1].matches("[A-Z].*")) {
        graph.addNode(constant("constant" + i, Float.parseFloat(words[i + 1])));
        node.addInput("constant" + i);
        i++;
      }
      last = node.getName();
      graph.addNode(node);
    }
    for (NodeDef.Builder node : graph.getNodeBuilderList()) {
      for (int k = 0; k < node.getInputCount(); k++) {
        if (node.getOp().equals("Conv2D") && node.getInput(k).equals(old)) {
          node.setInput(k, last);
        }
      }
    }
  }

  private static NodeDef constant(String name, float value) {
    return NodeDef.newBuilder()
        .setName(name)
        .setOp("Const")
        .putAttr("dtype", FLOAT)
        .putAttr(
            "value",
            AttrValue.newBuilder()
                .setTensor(TensorProto.newBuilder().setDtype(DataType.DT_FLOAT).addFloatVal(value))
                .build())
        .build();
  }

  private static String firstLayerInput(GraphDef.Builder graph) {
    return graph.getNodeList().stream()
        .filter(node -> node.getOp().equals("Conv2D"))
        .findFirst()
        .orElseThrow()
        .getInput(0);
  }

  private static String imagesNode(GraphDef.Builder graph) {
    return graph.getNodeList().stream()
        .filter(node -> node.getOp().equals("Placeholder"))
        .findFirst()
        .orElseThrow()
        .getName();
  }

  /** Whatever is done to a genuine graph: what is still run fast computes the same. */
  @Test
  void mutantsThatRunFastComputeTheSame() throws IOException {
    Random random = new Random(Cases.seed(GraphCheckTest.class));
    int count = Cases.count(6, 30, 3000);
    Map<String, Integer> outcomes = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      GraphMutation mutation = new GraphMutation(random);
      ModelRequest request = changed(mutation::apply);
      String outcome;
      try {
        FrozenModel model = Modules.load(request);
        outcome = model.path().toString();
        if (model.path() == ExecutionPath.FAST) {
          assertBothPathsAgree(mutation.toString(), model, request);
        }
      } catch (ModelLoadException e) {
        outcome = "refused";
      }
      outcomes.merge(outcome, 1, Integer::sum);
      outcomes.merge(mutation.kind() + " " + outcome, 1, Integer::sum);
    }
    System.out.println("mutated graphs: " + outcomes);
    assertThat(outcomes.getOrDefault("FAST", 0)).as("what changes nothing").isPositive();
    assertThat(outcomes.getOrDefault("GENERAL", 0)).isGreaterThan(count / 5);
  }
}
