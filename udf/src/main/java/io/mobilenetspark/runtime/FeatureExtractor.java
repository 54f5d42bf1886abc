package io.mobilenetspark.runtime;

import io.mobilenetspark.graph.Runs;
import io.mobilenetspark.image.ImageGraph;
import io.mobilenetspark.image.ImageReader;
import io.mobilenetspark.model.FrozenModel;
import io.mobilenetspark.model.ModelGuard;
import io.mobilenetspark.model.hub.ModelLoadException;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.GraphOptions;
import org.tensorflow.proto.RewriterConfig;
import org.tensorflow.types.TFloat32;

/**
 * A model in one TensorFlow session, with the decoder's and resizer's ops in the same session; on a
 * GPU, these are in a session of their own on the CPU.
 *
 * <p>Owns the graph and the session and frees them in {@link #close()}; nothing may be running
 * then, and every later call fails. Safe for use by many threads at once: each call runs in its
 * caller's thread, with {@code threads} - 1 helpers for large ops.
 */
public final class FeatureExtractor implements AutoCloseable {

  private final FrozenModel model;
  private final ModelGuard guard;
  private final Graph graph;
  private final Session session;
  private final @Nullable ImageSession imageSession;
  private final ImageReader images;

  private FeatureExtractor(
      FrozenModel model,
      ModelGuard guard,
      Graph graph,
      Session session,
      @Nullable ImageSession imageSession) {
    this.model = model;
    this.guard = guard;
    this.graph = graph;
    this.session = session;
    this.imageSession = imageSession;
    this.images = imageSession == null ? new ImageReader(session) : imageSession.images();
  }

  /** Opens a session for a caller that has no GPU of its own: see {@link #open}. */
  public static FeatureExtractor open(FrozenModel model, Precision precision, int threads) {
    return open(model, precision, threads, Optional.empty(), SessionFactory.ofThisJvm());
  }

  /**
   * Opens a session.
   *
   * @param model the model
   * @param precision the arithmetic
   * @param threads threads of one forward pass, at least 1. TensorFlow fixes this for the process
   *     at its first session.
   * @param gpu the task's
   * @param sessions opens the session
   * @throws UnsupportedOperationException if the CPU lacks what the precision needs, or TensorFlow
   *     can't use the GPU
   * @throws ModelLoadException if the model's trust does not extend to its graph
   */
  static FeatureExtractor open(
      FrozenModel model,
      Precision precision,
      int threads,
      Optional<Gpu> gpu,
      SessionFactory sessions) {
    precision.requireSupport(gpu);
    NativeLibrary.load();
    GraphDef graphDef = model.parsedGraph();
    ModelGuard guard = ModelGuard.of(model, graphDef);
    guard.check(1);
    Graph graph = new Graph();
    try {
      graph.importGraphDef(graphDef);
      if (gpu.isEmpty()) {
        ImageGraph.addTo(graph);
      }
      Session session = sessions.open(graph, config(precision, threads), gpu);
      ImageSession imageSession = gpu.isPresent() ? ImageSession.open(threads) : null;
      return new FeatureExtractor(model, guard, graph, session, imageSession);
    } catch (RuntimeException e) {
      graph.close();
      throw e;
    }
  }

  private static ConfigProto config(Precision precision, int threads) {
    RewriterConfig.Builder rewriter = RewriterConfig.newBuilder();
    if (precision == Precision.BFLOAT16) {
      rewriter.setAutoMixedPrecisionOnednnBfloat16(RewriterConfig.Toggle.ON);
    }
    return ConfigProto.newBuilder()
        .setIntraOpParallelismThreads(threads)
        .setInterOpParallelismThreads(1)
        .setGraphOptions(GraphOptions.newBuilder().setRewriteOptions(rewriter))
        .build();
  }

  /** The model. */
  public FrozenModel model() {
    return model;
  }

  /** Reads images in this session; valid until {@link #close()}. */
  public ImageReader images() {
    return images;
  }

  /** How many images a run must have for an image's vector not to depend on the others. */
  public RunSize runSize() {
    return imageSession == null ? RunSize.ofThisProcess() : RunSize.ANY;
  }

  /**
   * The feature vectors of a batch, in one run.
   *
   * @param batch float32 [n, imageHeight, imageWidth, 3], RGB in [0, 1]; borrowed
   * @return n vectors of the model's dimension, one after another
   * @throws ModelLoadException if a graph whose author is not trusted takes too much for n images
   */
  public float[] extract(TFloat32 batch) {
    Shape shape = batch.shape();
    boolean fits =
        shape.numDimensions() == 4
            && shape.get(1) == model.imageHeight()
            && shape.get(2) == model.imageWidth()
            && shape.get(3) == 3;
    if (!fits) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "model %s takes [n, %d, %d, 3], not %s",
              model.name(),
              model.imageHeight(),
              model.imageWidth(),
              shape));
    }
    guard.check(shape.get(0));
    try (Result result =
        session
            .runner()
            .feed(FrozenModel.INPUT, batch)
            .fetch(FrozenModel.OUTPUT)
            .setOptions(Runs.IN_CALLERS_THREAD)
            .run()) {
      float[] features = new float[Math.toIntExact(shape.get(0) * model.dimension())];
      result.get(0).asRawTensor().data().asFloats().read(features);
      return features;
    }
  }

  @Override
  public void close() {
    if (imageSession != null) {
      imageSession.close();
    }
    session.close();
    graph.close();
  }
}
