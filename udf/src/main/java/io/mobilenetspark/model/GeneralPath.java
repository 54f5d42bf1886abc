package io.mobilenetspark.model;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.common.Sha256;
import io.mobilenetspark.graph.GraphOps;
import io.mobilenetspark.model.hub.GraphFreezer;
import io.mobilenetspark.model.hub.GraphRequest;
import io.mobilenetspark.model.hub.HubModule;
import io.mobilenetspark.model.hub.ModelLoadException;
import io.mobilenetspark.model.hub.ModuleFormat;
import io.mobilenetspark.model.hub.ModuleGraph;
import io.mobilenetspark.model.mobilenet.MobileNetV1;
import io.mobilenetspark.model.settings.ExecutionPath;
import io.mobilenetspark.model.settings.ModelSettings;
import io.mobilenetspark.options.Cure;
import java.io.IOException;
import java.util.Locale;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.math.Mean;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.types.TFloat32;

/** Freezes a module's own graph. */
final class GeneralPath {

  private static final String SCOPE = FrozenModel.SCOPE + "/graph/";
  private static final String RAW_OUTPUT = FrozenModel.SCOPE + "/raw_output";

  /** The first session of a process fixes its threads: a task's own number is 1 by default. */
  private static final ConfigProto ONE_THREAD =
      ConfigProto.newBuilder()
          .setIntraOpParallelismThreads(1)
          .setInterOpParallelismThreads(1)
          .putDeviceCount("GPU", 0) // a driver was assigned none
          .build();

  private static final String CLASSIFICATION = "image_classification";

  private final ModelRequest request;
  private final HubModule module;

  GeneralPath(ModelRequest request, HubModule module) {
    this.request = request;
    this.module = module;
  }

  /**
   * The frozen model.
   *
   * @throws IOException if the module's files are damaged
   * @throws ModelLoadException if the graph has no such output, or TensorFlow refuses it
   */
  FrozenModel freeze(ImageSize size) throws IOException {
    Target target = target();
    ModuleGraph graph = target.graph();
    String key = target.key();
    GraphDef frozen =
        GraphFreezer.freeze(
            request.handle(),
            graph,
            key,
            module,
            new GraphFreezer.Ends(FrozenModel.INPUT, RAW_OUTPUT, SCOPE, size),
            request.trust());
    try (Graph imported = new Graph()) {
      imported.importGraphDef(frozen);
      int dimension = addVectors(imported, key, size);
      return new FrozenModel(
          new FrozenModel.Facts(
              request.handle(),
              module.format().optionName(),
              ExecutionPath.GENERAL,
              request.output(),
              Sha256.hex(GraphBytes.of(frozen)),
              dimension,
              size.height(),
              size.width()),
          request.trust(),
          GraphBytes.of(imported.toGraphDef()));
    } catch (TensorFlowException | IllegalArgumentException | IllegalStateException e) {
      throw new ModelLoadException(
          request.handle(),
          "TensorFlow refuses its graph: " + e.getMessage(),
          Cure.of(
              "Its files are damaged or need a newer TensorFlow; fetch it again or use another"
                  + " version."),
          e);
    }
  }

  /**
   * What would be run.
   *
   * @param key of the output
   */
  record Target(ModuleGraph graph, String key) {

    /** The output, {@code op:index}. */
    String tensor() {
      return graph.outputs().getOrDefault(key, key);
    }
  }

  /**
   * Finds what is to be run.
   *
   * @throws IOException if the module's files are damaged
   * @throws ModelLoadException if the module has no such output
   */
  Target target() throws IOException {
    ModuleGraph graph = module.graph(graphRequest());
    return new Target(graph, outputKey(graph));
  }

  /** A TF1 classifier gives features by default; its logits have a signature of their own. */
  private boolean isTf1Logits() {
    return module.format() == ModuleFormat.HUB1
        && request.output().equals(ModelRequest.LOGITS)
        && request.signature() == null
        && module.signatures().stream()
            .anyMatch(signature -> signature.name().equals(CLASSIFICATION));
  }

  private GraphRequest graphRequest() throws IOException {
    if (isTf1Logits()) {
      return request.withSignature(CLASSIFICATION).graph();
    }
    boolean needsEndpoints =
        request.output().equals(ModelRequest.FEATURES)
            && request.signature() == null
            && module.givesLogits();
    return needsEndpoints ? request.graph().withEndpoints() : request.graph();
  }

  private String outputKey(ModuleGraph graph) throws IOException {
    if (isTf1Logits()) {
      return ModuleGraph.DEFAULT_OUTPUT;
    }
    if (request.output().equals(ModelRequest.LOGITS) && module.givesLogits()) {
      return graph.featureKey().orElse(ModelRequest.LOGITS);
    }
    if (request.output().equals(ModelRequest.FEATURES)) {
      if (module.givesLogits() && graph.outputs().containsKey(MobileNetV1.GLOBAL_POOL)) {
        return MobileNetV1.GLOBAL_POOL;
      }
      return graph
          .featureKey()
          .orElseThrow(
              () ->
                  new ModelLoadException(
                      request.handle(),
                      "none of its outputs is known to be the feature vector",
                      Cure.of(
                          "Set %s to one of %s.",
                          ModelSettings.OUTPUT_KEY, graph.outputs().keySet())));
    }
    if (!graph.outputs().containsKey(request.output())) {
      throw new ModelLoadException(
          request.handle(),
          String.format(Locale.ROOT, "its signature has no output '%s'", request.output()),
          Cure.of(
              "Set %s to one of %s, or another %s.",
              ModelSettings.OUTPUT_KEY, graph.outputs().keySet(), ModelSettings.SIGNATURE));
    }
    return request.output();
  }

  /** Adds the output [n, dimension]; activations [n, h, w, dimension] are averaged. */
  private int addVectors(Graph graph, String key, ImageSize size) {
    GraphOperation raw = graph.operation(RAW_OUTPUT);
    Operand<TFloat32> output = raw.<TFloat32>output(0);
    Shape shape = output.shape();
    Ops tf = GraphOps.of(graph).withSubScope(FrozenModel.SCOPE);
    int rank = shape.isUnknown() ? -1 : shape.numDimensions();
    Operand<TFloat32> vectors =
        switch (rank) {
          case 2 -> output;
          case 4 -> tf.math.mean(output, tf.constant(new int[] {1, 2}), Mean.keepDims(false));
          default ->
              throw new ModelLoadException(
                  request.handle(),
                  String.format(
                          Locale.ROOT,
                          "its output '%s' has the shape %s, which is neither [n, dimension] nor [n,",
                          key,
                          shape.isUnknown() ? "of unknown dimensions" : shape)
                      + " height, width, dimension]",
                  Cure.of("Choose another output with %s.", ModelSettings.OUTPUT_KEY));
        };
    tf.withName(FrozenModel.OUTPUT_NAME).identity(vectors);
    long dimension = shape.get(rank - 1);
    return dimension > 0 ? Math.toIntExact(dimension) : probe(graph, size);
  }

  /** The dimension of a graph that does not say it. */
  private int probe(Graph graph, ImageSize size) {
    try (Session session = new Session(graph, ONE_THREAD);
        TFloat32 black =
            TFloat32.tensorOf(
                Shape.of(1, size.height(), size.width(), 3),
                data -> data.scalars().forEach(scalar -> scalar.setFloat(0)));
        Result result =
            session.runner().feed(FrozenModel.INPUT, black).fetch(FrozenModel.OUTPUT).run()) {
      return Math.toIntExact(result.get(0).shape().get(1));
    }
  }
}
