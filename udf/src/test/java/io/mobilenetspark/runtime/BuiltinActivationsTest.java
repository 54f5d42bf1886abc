package io.mobilenetspark.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.image.Corpus;
import io.mobilenetspark.image.ImageGraph;
import io.mobilenetspark.image.ImageInput;
import io.mobilenetspark.image.ImageLimits;
import io.mobilenetspark.image.ImageOptions;
import io.mobilenetspark.image.ImageOutcome;
import io.mobilenetspark.image.ImageReader;
import io.mobilenetspark.image.ResizeMethod;
import io.mobilenetspark.model.FrozenModel;
import io.mobilenetspark.model.ModelLoader;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.types.TFloat32;

/** On real photographs, no layer of the untrained network saturates or dies. */
class BuiltinActivationsTest {

  private static final List<String> PHOTOGRAPHS =
      List.of(
          "exif/Portrait_1.jpg",
          "exif/Landscape_1.jpg",
          "data/images/jpg/1/Oregon Scientific DS6639 - DSC_0307 - small.jpg",
          "IMAGING-136/1402522741337.jpg");

  private static final int SIDE = 224;

  @Test
  void everyLayerHasValuesBetweenItsBounds() throws Exception {
    NativeLibrary.load();
    FrozenModel model = new ModelLoader(new Configuration()).load("builtin", SIDE);
    try (Graph graph = new Graph()) {
      graph.importGraphDef(GraphDef.parseFrom(model.graphDef()));
      ImageGraph.addTo(graph);
      List<String> layers = relus(graph);
      assertThat(layers).hasSize(27);
      try (Session session = new Session(graph);
          TFloat32 batch = photographs(session)) {
        for (String layer : layers) {
          float[] values = run(session, batch, layer);
          assertThat(share(values, 0, 0)).as("dead share of %s", layer).isLessThan(0.85);
          assertThat(share(values, 6, 6)).as("saturated share of %s", layer).isLessThan(0.05);
        }
        float[] features = run(session, batch, FrozenModel.OUTPUT);
        assertThat(share(features, 0, 0)).as("features that are 0").isLessThan(0.05);
      }
    }
  }

  private static TFloat32 photographs(Session session) {
    ImageReader reader = new ImageReader(session);
    ImageOptions options =
        new ImageOptions(ImageSize.square(SIDE), ResizeMethod.BILINEAR, ImageLimits.DEFAULT);
    TFloat32 batch = TFloat32.tensorOf(Shape.of(PHOTOGRAPHS.size(), SIDE, SIDE, 3));
    long imageBytes = (long) options.size().rgbValues() * Float.BYTES;
    for (int i = 0; i < PHOTOGRAPHS.size(); i++) {
      ImageOutcome outcome =
          reader.read(
              new ImageInput.Encoded(Corpus.file(PHOTOGRAPHS.get(i))),
              options,
              batch.asRawTensor().data().offset(i * imageBytes));
      assertThat(outcome).isInstanceOf(ImageOutcome.Read.class);
    }
    return batch;
  }

  private static List<String> relus(Graph graph) {
    List<String> names = new ArrayList<>();
    graph
        .operations()
        .forEachRemaining(
            operation -> {
              if (operation.type().equals("Relu6")) {
                names.add(operation.name());
              }
            });
    return names;
  }

  private static float[] run(Session session, TFloat32 batch, String op) {
    try (Result result = session.runner().feed(FrozenModel.INPUT, batch).fetch(op).run()) {
      float[] values = new float[Math.toIntExact(result.get(0).size())];
      result.get(0).asRawTensor().data().asFloats().read(values);
      return values;
    }
  }

  private static double share(float[] values, float from, float to) {
    int count = 0;
    for (float value : values) {
      if (value >= from && value <= to) {
        count++;
      }
    }
    return (double) count / values.length;
  }
}
