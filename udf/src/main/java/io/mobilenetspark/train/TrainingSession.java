package io.mobilenetspark.train;

import io.mobilenetspark.runtime.Gpu;
import io.mobilenetspark.runtime.NativeLibrary;
import io.mobilenetspark.runtime.SessionFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.ByteDataBuffer;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.RunOptions;
import org.tensorflow.proto.ThreadPoolOptionProto;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/**
 * Computes gradients and losses of a network. Keeps nothing between calls: the same state and rows
 * give the same result, bit for bit, on one kind of CPU and one number of threads.
 *
 * <p>Owns a graph and a session and frees them in {@link #close()}; nothing may be running then,
 * and every later call fails. For one thread at a time: see {@link TrainingSessions}. Each call
 * takes as many threads as the session was opened for, and frees all native memory it takes.
 */
public final class TrainingSession implements AutoCloseable {

  /**
   * Not in the caller's thread: TensorFlow's kernels for oneDNN keep their primitives by thread,
   * and don't tell those of constant weights, which have a layout of their own, from those of
   * weights that are fed. A model in the same thread would get the other's, and other bits.
   */
  private static final RunOptions IN_OWN_POOL =
      RunOptions.newBuilder().setInterOpThreadPool(0).build();

  private final NetworkSpec spec;
  private final ParameterLayout layout;
  private final int features;
  private final Graph graph;
  private final Session session;

  private TrainingSession(TrainingNetwork network, Graph graph, Session session) {
    this.spec = network.spec();
    this.layout = network.layout();
    this.features = network.weights().featureCount();
    this.graph = graph;
    this.session = session;
  }

  /** Opens a session for a caller that has no GPU of its own: see {@link #open}. */
  public static TrainingSession open(TrainingNetwork network, int threads) {
    return open(network, threads, Optional.empty());
  }

  /**
   * Builds the graph and opens a session on it.
   *
   * @param network what is trained
   * @param threads threads of one call, at least 1: the session has a pool of so many, and ops that
   *     don't need each other run at once. How many share a large op, TensorFlow fixes for the
   *     process at its first session.
   * @param gpu the task's
   * @throws UnsupportedOperationException if TensorFlow can't use the GPU
   */
  static TrainingSession open(TrainingNetwork network, int threads, Optional<Gpu> gpu) {
    NativeLibrary.load();
    Graph graph = new Graph();
    try {
      LossGraph.addTo(graph, network);
      ConfigProto config =
          ConfigProto.newBuilder()
              .setIntraOpParallelismThreads(threads)
              .setInterOpParallelismThreads(1)
              .addSessionInterOpThreadPool(
                  ThreadPoolOptionProto.newBuilder().setNumThreads(threads))
              .build();
      return new TrainingSession(
          network, graph, SessionFactory.ofThisJvm().open(graph, config, gpu));
    } catch (RuntimeException e) {
      graph.close();
      throw e;
    }
  }

  /**
   * The gradient of a worker's share of a batch.
   *
   * @param state the parameters
   * @param rows of the network's image side; may be empty
   * @param seed what is random depends on it and the rows' numbers alone: one a run and epoch
   * @return sums over the rows
   */
  public Gradient gradient(TrainingState state, List<TrainingRow> rows, long seed) {
    if (rows.isEmpty()) {
      return Gradient.empty(layout);
    }
    try (TUint8 pixels = pixels(rows)) {
      return gradient(
          state, rows, session.runner().feed(LossGraph.PIXELS, pixels), random(rows, seed));
    }
  }

  /**
   * The same of images that were not rounded to eight bits.
   *
   * @param images float32 [n, side, side, 3], RGB in [0, 1]; borrowed
   */
  Gradient gradient(TrainingState state, TFloat32 images, List<TrainingRow> rows, long seed) {
    return gradient(
        state, rows, session.runner().feed(LossGraph.IMAGES, images), random(rows, seed));
  }

  private Gradient gradient(
      TrainingState state, List<TrainingRow> rows, Session.Runner runner, RandomInputs random) {
    float[] weights = new float[rows.size()];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = rows.get(i).weight();
    }
    boolean hasStatistics = layout.statisticCount() > 0;
    try (TFloat32 weightTensor = TFloat32.vectorOf(weights);
        Feeds feeds = new Feeds(state, rows);
        random) {
      random.feed(runner);
      feeds
          .to(runner)
          .feed(LossGraph.WEIGHTS, weightTensor)
          .fetch(LossGraph.TRAINING + "/" + LossGraph.LOSSES)
          .fetch(LossGraph.TRAINING + "/" + LossGraph.PREDICTED)
          .fetch(LossGraph.GRADIENT);
      if (hasStatistics) {
        runner.fetch(LossGraph.BATCH_STATISTICS);
      }
      try (Result result = runner.setOptions(IN_OWN_POOL).run()) {
        float[] statistics = hasStatistics ? floats(result.get(3)) : new float[0];
        for (int i = 0; i < statistics.length; i++) {
          statistics[i] *= rows.size();
        }
        return new Gradient(floats(result.get(2)), statistics, totals(rows, result));
      }
    }
  }

  /**
   * Loss and accuracy in inference: no augmentation, no dropout, BatchNorm's moving statistics.
   *
   * @param state the parameters
   * @param rows of the network's image side; may be empty
   */
  public Totals evaluate(TrainingState state, List<TrainingRow> rows) {
    if (rows.isEmpty()) {
      return Totals.NONE;
    }
    try (TUint8 pixels = pixels(rows);
        Feeds feeds = new Feeds(state, rows);
        Result result =
            feeds
                .to(session.runner().feed(LossGraph.PIXELS, pixels))
                .fetch(LossGraph.INFERENCE + "/" + LossGraph.LOSSES)
                .fetch(LossGraph.INFERENCE + "/" + LossGraph.PREDICTED)
                .setOptions(IN_OWN_POOL)
                .run()) {
      return totals(rows, result);
    }
  }

  /**
   * The feature vectors of a state in inference, to fit a head on.
   *
   * @param state the parameters
   * @param rows of the network's image side, at least one
   * @return a vector a row
   */
  public float[][] features(TrainingState state, List<TrainingRow> rows) {
    try (TUint8 pixels = pixels(rows);
        Feeds feeds = new Feeds(state, rows);
        Result result =
            feeds
                .to(session.runner().feed(LossGraph.PIXELS, pixels))
                .fetch(LossGraph.INFERENCE + "/" + LossGraph.FEATURES)
                .setOptions(IN_OWN_POOL)
                .run()) {
      float[] all = floats(result.get(0));
      float[][] vectors = new float[rows.size()][];
      for (int i = 0; i < vectors.length; i++) {
        vectors[i] = Arrays.copyOfRange(all, i * features, (i + 1) * features);
      }
      return vectors;
    }
  }

  /** The images that training sees of these rows, [n, side, side, 3]; for tests. */
  float[] augmented(List<TrainingRow> rows, long seed) {
    try (TUint8 pixels = pixels(rows);
        RandomInputs random = random(rows, seed)) {
      Session.Runner runner = session.runner().feed(LossGraph.PIXELS, pixels);
      random.feed(runner);
      try (Result result = runner.fetch(AugmentationGraph.OUTPUT).run()) {
        return floats(result.get(0));
      }
    }
  }

  private static Totals totals(List<TrainingRow> rows, Result result) {
    float[] losses = floats(result.get(0));
    TInt32 predicted = (TInt32) result.get(1);
    double weight = 0;
    double loss = 0;
    long correct = 0;
    for (int i = 0; i < losses.length; i++) {
      TrainingRow row = rows.get(i);
      weight += row.weight();
      loss += (double) losses[i] * row.weight();
      correct += predicted.getInt(i) == row.label() ? 1 : 0;
    }
    return new Totals(rows.size(), weight, loss, correct);
  }

  private TUint8 pixels(List<TrainingRow> rows) {
    int side = spec.imageSide();
    int size = side * side * 3;
    TUint8 tensor = TUint8.tensorOf(Shape.of(rows.size(), side, side, 3));
    try {
      ByteDataBuffer buffer = tensor.asRawTensor().data();
      for (int i = 0; i < rows.size(); i++) {
        byte[] pixels = rows.get(i).pixels();
        if (pixels.length != size) {
          throw new IllegalArgumentException(
              String.format(
                  Locale.ROOT,
                  "row %d has %d bytes of pixels; an image of %d x %d has %d",
                  rows.get(i).index(),
                  pixels.length,
                  side,
                  side,
                  size));
        }
        buffer.offset((long) i * size).write(pixels);
      }
      return tensor;
    } catch (RuntimeException e) {
      tensor.close();
      throw e;
    }
  }

  private RandomInputs random(List<TrainingRow> rows, long seed) {
    return RandomInputs.draw(spec, features, rows, seed);
  }

  private static float[] floats(Tensor tensor) {
    float[] values = new float[Math.toIntExact(tensor.size())];
    tensor.asRawTensor().data().asFloats().read(values);
    return values;
  }

  /** The tensors that every run is fed. */
  private static final class Feeds implements AutoCloseable {
    private final TFloat32 parameters;
    private final TFloat32 statistics;
    private final TInt32 labels;

    Feeds(TrainingState state, List<TrainingRow> rows) {
      parameters = vector(state.parameters());
      statistics = vector(state.statistics());
      labels = TInt32.vectorOf(rows.stream().mapToInt(TrainingRow::label).toArray());
    }

    private static TFloat32 vector(float[] values) {
      return TFloat32.tensorOf(Shape.of(values.length), DataBuffers.of(values, true, false));
    }

    Session.Runner to(Session.Runner runner) {
      runner.feed(LossGraph.PARAMETERS, parameters).feed(LossGraph.LABELS, labels);
      if (statistics.size() > 0) {
        runner.feed(LossGraph.STATISTICS, statistics);
      }
      return runner;
    }

    @Override
    public void close() {
      parameters.close();
      statistics.close();
      labels.close();
    }
  }

  /** Augmentation and dropout of a batch, drawn row by row. */
  private static final class RandomInputs implements AutoCloseable {
    private final TFloat32 boxes;
    private final TFloat32 colours;
    private final TFloat32 mask;
    private final NetworkSpec spec;

    private RandomInputs(NetworkSpec spec, int rows, float[] boxes, float[] colours, float[] mask) {
      this.spec = spec;
      this.boxes = matrix(rows, boxes);
      this.colours = matrix(rows, colours);
      this.mask = matrix(rows, mask);
    }

    private static TFloat32 matrix(int rows, float[] values) {
      return TFloat32.tensorOf(
          Shape.of(rows, values.length / rows), DataBuffers.of(values, true, false));
    }

    static RandomInputs draw(NetworkSpec spec, int features, List<TrainingRow> rows, long seed) {
      int n = rows.size();
      float[] boxes = new float[n * 4];
      float[] colours = new float[n * 3];
      float[] mask = new float[spec.dropout() > 0 ? n * features : 0];
      for (int i = 0; i < n; i++) {
        SplittableRandom random = new SplittableRandom(RunSeed.mix(seed, rows.get(i).index()));
        Augmentation.Draw draw = spec.augmentation().draw(random);
        float[] box = {draw.top(), draw.left(), draw.bottom(), draw.right()};
        float[] colour = {draw.brightness(), draw.contrast(), draw.saturation()};
        System.arraycopy(box, 0, boxes, i * 4, 4);
        System.arraycopy(colour, 0, colours, i * 3, 3);
        for (int j = 0; j < mask.length / n; j++) {
          // Kept values grow so that the expectation stays.
          mask[i * features + j] =
              random.nextDouble() < spec.dropout() ? 0 : (float) (1 / (1 - spec.dropout()));
        }
      }
      return new RandomInputs(spec, n, boxes, colours, mask);
    }

    void feed(Session.Runner runner) {
      if (!spec.augmentation().equals(Augmentation.NONE)) {
        runner.feed(AugmentationGraph.BOXES, boxes).feed(AugmentationGraph.COLOURS, colours);
      }
      if (spec.dropout() > 0) {
        runner.feed(LossGraph.DROPOUT_MASK, mask);
      }
    }

    @Override
    public void close() {
      boxes.close();
      colours.close();
      mask.close();
    }
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
