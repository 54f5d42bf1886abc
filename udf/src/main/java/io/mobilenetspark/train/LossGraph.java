package io.mobilenetspark.train;

import io.mobilenetspark.graph.GraphOps;
import io.mobilenetspark.model.mobilenet.MobileNetV1;
import io.mobilenetspark.model.mobilenet.MobileNetV1.Layer;
import io.mobilenetspark.train.ParameterLayout.Slice;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.math.Mean;
import org.tensorflow.op.nn.FusedBatchNorm;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/**
 * Builds the graph of losses, gradients and predictions.
 *
 * <p>It has no variables. Parameters and moving statistics come in as two flat tensors and the
 * gradient leaves as one, so a run depends on its input alone and a session can serve any number of
 * tasks, attempts and workers at once. Copying the 7 MB takes a hundredth of a step.
 */
final class LossGraph {

  static final String PIXELS = "pixels";
  static final String IMAGES = "images";
  static final String LABELS = "labels";
  static final String WEIGHTS = "weights";
  static final String PARAMETERS = "parameters";
  static final String STATISTICS = "statistics";
  static final String DROPOUT_MASK = "dropout_mask";

  static final String GRADIENT = "gradient";
  static final String BATCH_STATISTICS = "batch_statistics";
  static final String TRAINING = "training";
  static final String INFERENCE = "inference";
  static final String FEATURES = "features";
  static final String LOSSES = "losses";
  static final String PREDICTED = "predicted";

  /** As {@code tf.image.convert_image_dtype} does it: a multiplication. */
  private static final float BYTE_TO_UNIT = 1f / 255f;

  private final Graph graph;
  private final Ops tf;
  private final TrainingNetwork network;
  private final NetworkSpec spec;
  private final ParameterLayout layout;
  private final Map<String, Operand<TFloat32>> trained = new HashMap<>();
  private final List<Operand<TFloat32>> batchStatistics = new ArrayList<>();

  private LossGraph(Graph graph, TrainingNetwork network) {
    this.graph = graph;
    this.tf = GraphOps.of(graph);
    this.network = network;
    this.spec = network.spec();
    this.layout = network.layout();
  }

  /** Adds everything to an empty graph. */
  static void addTo(Graph graph, TrainingNetwork network) {
    new LossGraph(graph, network).build();
  }

  private void build() {
    int side = spec.imageSide();
    Placeholder<TUint8> pixels =
        tf.withName(PIXELS)
            .placeholder(
                TUint8.class, Placeholder.shape(Shape.of(Shape.UNKNOWN_SIZE, side, side, 3)));
    Operand<TFloat32> unit =
        tf.math.mul(tf.dtypes.cast(pixels, TFloat32.class), tf.constant(BYTE_TO_UNIT));
    Operand<TFloat32> images = tf.withName(IMAGES).identity(unit);
    Placeholder<TInt32> labels =
        tf.withName(LABELS)
            .placeholder(TInt32.class, Placeholder.shape(Shape.of(Shape.UNKNOWN_SIZE)));
    addInputs(PARAMETERS, layout.parameters());
    addInputs(STATISTICS, layout.statistics());

    Operand<TFloat32> trainingLosses = addBranch(Mode.TRAINING, images, labels);
    addBranch(Mode.INFERENCE, images, labels);
    addGradient(trainingLosses);
    if (!batchStatistics.isEmpty()) {
      tf.withName(BATCH_STATISTICS).concat(batchStatistics, tf.constant(0));
    }
  }

  private enum Mode {
    TRAINING,
    INFERENCE
  }

  /** One flat placeholder, cut into the tensors that it is made of. */
  private void addInputs(String name, List<Slice> slices) {
    if (slices.isEmpty()) {
      return;
    }
    int[] sizes = slices.stream().mapToInt(Slice::size).toArray();
    Placeholder<TFloat32> flat =
        tf.withName(name)
            .placeholder(
                TFloat32.class, Placeholder.shape(Shape.of(slices.get(slices.size() - 1).end())));
    List<Output<TFloat32>> parts =
        tf.splitV(flat, tf.constant(sizes), tf.constant(0), (long) sizes.length).output();
    for (int i = 0; i < sizes.length; i++) {
      Slice slice = slices.get(i);
      trained.put(slice.name(), tf.reshape(parts.get(i), tf.constant(slice.shape().asArray())));
    }
  }

  private Operand<TFloat32> addBranch(Mode mode, Operand<TFloat32> images, Operand<TInt32> labels) {
    boolean isTraining = mode == Mode.TRAINING;
    Ops branch = tf.withSubScope(isTraining ? TRAINING : INFERENCE);
    Operand<TFloat32> input =
        isTraining && !spec.augmentation().equals(Augmentation.NONE)
            ? AugmentationGraph.addTo(tf, images, spec.imageSide())
            : images;
    Operand<TFloat32> features = branch.withName(FEATURES).identity(features(branch, mode, input));
    if (isTraining && spec.dropout() > 0) {
      Placeholder<TFloat32> mask =
          tf.withName(DROPOUT_MASK)
              .placeholder(
                  TFloat32.class,
                  Placeholder.shape(
                      Shape.of(Shape.UNKNOWN_SIZE, network.weights().featureCount())));
      features = branch.math.mul(features, mask);
    }
    Operand<TFloat32> logits =
        branch.nn.biasAdd(
            branch.linalg.matMul(features, tensor(branch, ParameterLayout.HEAD_WEIGHTS)),
            tensor(branch, ParameterLayout.HEAD_BIASES));
    branch.withName(PREDICTED).math.argMax(logits, branch.constant(1), TInt32.class);
    float spread = (float) (spec.labelSmoothing() / spec.classes());
    Operand<TFloat32> targets =
        branch.oneHot(
            labels,
            branch.constant(spec.classes()),
            branch.constant((float) (1 - spec.labelSmoothing()) + spread),
            branch.constant(spread));
    return branch
        .withName(LOSSES)
        .identity(branch.nn.softmaxCrossEntropyWithLogits(logits, targets).loss());
  }

  private Operand<TFloat32> features(Ops branch, Mode mode, Operand<TFloat32> images) {
    Operand<TFloat32> x =
        branch.math.sub(branch.math.mul(images, branch.constant(2f)), branch.constant(1f));
    for (Layer layer : MobileNetV1.LAYERS) {
      Ops scope = branch.withSubScope(layer.name());
      List<Long> strides = List.of(1L, (long) layer.stride(), (long) layer.stride(), 1L);
      Operand<TFloat32> kernel = kernel(scope, layer.weights());
      Operand<TFloat32> convolved =
          layer.isDepthwise()
              ? scope.nn.depthwiseConv2dNative(x, kernel, strides, "SAME")
              : scope.nn.conv2d(x, kernel, strides, "SAME");
      x = scope.nn.relu6(normalize(scope, mode, layer, convolved));
    }
    return branch.math.mean(x, branch.constant(new int[] {1, 2}), Mean.keepDims(false));
  }

  private Operand<TFloat32> normalize(
      Ops scope, Mode mode, Layer layer, Operand<TFloat32> convolved) {
    Operand<TFloat32> gamma = tensor(scope, layer.gamma());
    Operand<TFloat32> beta = tensor(scope, layer.beta());
    boolean usesBatch = mode == Mode.TRAINING && trained.containsKey(layer.movingMean());
    if (!usesBatch) {
      return scope
          .nn
          .fusedBatchNorm(
              convolved,
              gamma,
              beta,
              tensor(scope, layer.movingMean()),
              tensor(scope, layer.movingVariance()),
              FusedBatchNorm.epsilon(MobileNetV1.EPSILON),
              FusedBatchNorm.isTraining(false))
          .y();
    }
    Operand<TFloat32> none = scope.constant(new float[0]);
    FusedBatchNorm<TFloat32, TFloat32> norm =
        scope.nn.fusedBatchNorm(
            convolved,
            gamma,
            beta,
            none,
            none,
            FusedBatchNorm.epsilon(MobileNetV1.EPSILON),
            FusedBatchNorm.isTraining(true));
    batchStatistics.add(norm.batchMean()); // in the order of the layout's statistics
    batchStatistics.add(norm.batchVariance());
    return norm.y();
  }

  /**
   * A kernel that is not trained does not look like a constant to TensorFlow where others are:
   * oneDNN's primitives are kept by thread and shape, and those for constants, which have a layout
   * of their own, would be used for trained kernels of that shape, or not, as threads meet them.
   */
  private Operand<TFloat32> kernel(Ops scope, String name) {
    Operand<TFloat32> kernel = tensor(scope, name);
    boolean othersAreTrained =
        MobileNetV1.LAYERS.stream().anyMatch(layer -> trained.containsKey(layer.weights()));
    return trained.containsKey(name) || !othersAreTrained
        ? kernel
        : scope.placeholderWithDefault(kernel, Shape.of(network.weights().get(name).shape()));
  }

  /** A trained tensor as it came in, or one that is kept as a constant. */
  private Operand<TFloat32> tensor(Ops scope, String name) {
    Operand<TFloat32> input = trained.get(name);
    if (input != null) {
      return input;
    }
    return scope.constant(
        Shape.of(network.weights().get(name).shape()),
        DataBuffers.of(network.weights().get(name).values(), true, false));
  }

  /** The gradient of the weighted sum (not mean) of the losses: sums add up over workers. */
  private void addGradient(Operand<TFloat32> losses) {
    Placeholder<TFloat32> weights =
        tf.withName(WEIGHTS)
            .placeholder(TFloat32.class, Placeholder.shape(Shape.of(Shape.UNKNOWN_SIZE)));
    Operand<TFloat32> total = tf.sum(tf.math.mul(losses, weights), tf.constant(0));
    Output<?>[] parameters =
        layout.parameters().stream()
            .map(slice -> tensor(tf, slice.name()).asOutput())
            .toArray(Output<?>[]::new);
    List<Operand<TFloat32>> flat = new ArrayList<>();
    for (Output<?> gradient : graph.addGradients(total.asOutput(), parameters)) {
      flat.add(tf.reshape(gradient.expect(TFloat32.class), tf.constant(new int[] {-1})));
    }
    tf.withName(GRADIENT).concat(flat, tf.constant(0));
  }
}
