package io.mobilenetspark.model;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.graph.GraphOps;
import io.mobilenetspark.model.checkpoint.WeightTensor;
import io.mobilenetspark.model.hub.ModelLoadException;
import io.mobilenetspark.model.mobilenet.MobileNetV1;
import io.mobilenetspark.model.mobilenet.MobileNetV1.Layer;
import io.mobilenetspark.model.settings.ModelSettings;
import io.mobilenetspark.options.Cure;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.TFloat32;

/**
 * Builds the inference graph of a MobileNet V1: BatchNorm folded into kernels and biases, weights
 * as constants. That is about an eighth faster than the unfolded graph, and with constant weights
 * the vector of an image does not depend on the batch it is in.
 */
final class MobileNetGraph {

  private MobileNetGraph() {}

  /**
   * The graph as a serialized GraphDef, with the input and output of {@link FrozenModel}.
   *
   * @param weights the network
   * @param output what it gives
   * @param size of the input
   */
  static byte[] freeze(MobileNetWeights weights, Output output, ImageSize size) {
    try (Graph graph = new Graph()) {
      Ops model = GraphOps.of(graph).withSubScope(FrozenModel.SCOPE);
      Placeholder<TFloat32> images =
          model
              .withName(FrozenModel.INPUT_NAME)
              .placeholder(
                  TFloat32.class,
                  Placeholder.shape(Shape.of(Shape.UNKNOWN_SIZE, size.height(), size.width(), 3)));
      // The hub modules' own preprocessing: [0, 1] to the [-1, 1] that the network was trained on.
      Operand<TFloat32> x =
          model.math.sub(model.math.mul(images, model.constant(2f)), model.constant(1f));
      for (Layer layer : MobileNetV1.LAYERS.subList(0, output.layers())) {
        x = add(model.withSubScope(layer.name()), layer, weights, x);
      }
      Operand<TFloat32> pooled =
          model.math.mean(x, model.constant(new int[] {1, 2}), Mean.keepDims(false));
      Operand<TFloat32> vectors =
          output.kind() == Output.Kind.LOGITS ? classify(model, weights, pooled) : pooled;
      model.withName(FrozenModel.OUTPUT_NAME).identity(vectors);
      return GraphBytes.of(graph.toGraphDef());
    }
  }

  /**
   * What a graph gives.
   *
   * @param layers how many layers are needed
   * @param dimension length of a vector
   */
  record Output(Kind kind, int layers, int dimension) {

    enum Kind {
      /** Mean over height and width of a layer's activations. */
      POOLED,
      LOGITS
    }

    /**
     * The output of a name.
     *
     * @param model how the model is named in messages
     * @throws ModelLoadException if the network has none of that name
     */
    static Output of(String model, String name, MobileNetWeights weights) {
      int all = MobileNetV1.LAYERS.size();
      if (name.equals(ModelRequest.FEATURES) || name.equals(MobileNetV1.GLOBAL_POOL)) {
        return new Output(Kind.POOLED, all, weights.featureCount());
      }
      if (name.equals(ModelRequest.LOGITS)) {
        if (weights.classCount() == 0) {
          throw new ModelLoadException(
              model,
              "it has no classifier, so it gives no logits",
              Cure.of(
                  "Pass a classification module or a TF-Slim checkpoint, or leave out %s.",
                  ModelSettings.OUTPUT_KEY));
        }
        return new Output(Kind.LOGITS, all, weights.classCount());
      }
      for (int i = 0; i < all; i++) {
        Layer layer = MobileNetV1.LAYERS.get(i);
        if (layer.endpoint().equals(name) || layer.name().equals(name)) {
          return new Output(Kind.POOLED, i + 1, weights.get(layer.beta()).size());
        }
      }
      throw new ModelLoadException(
          model,
          String.format(Locale.ROOT, "it has no output '%s'", name),
          Cure.of("Choose features, logits, or one of %s.", endpoints()));
    }
  }

  /** The keys of all endpoints, in the network's order. */
  static List<String> endpoints() {
    return Stream.concat(
            MobileNetV1.LAYERS.stream().map(Layer::endpoint), Stream.of(MobileNetV1.GLOBAL_POOL))
        .toList();
  }

  /** A 1x1 convolution of one pixel is a product of matrices. */
  private static Operand<TFloat32> classify(
      Ops tf, MobileNetWeights weights, Operand<TFloat32> features) {
    WeightTensor kernel = weights.get(MobileNetV1.LOGITS_WEIGHTS);
    Operand<TFloat32> matrix =
        tf.constant(
            Shape.of(kernel.dimension(2), kernel.dimension(3)),
            DataBuffers.of(kernel.values(), true, false));
    float[] biases = weights.get(MobileNetV1.LOGITS_BIASES).values();
    return tf.nn.biasAdd(tf.linalg.matMul(features, matrix), tf.constant(biases));
  }

  private static Operand<TFloat32> add(
      Ops tf, Layer layer, MobileNetWeights weights, Operand<TFloat32> x) {
    Folded folded = Folded.of(layer, weights);
    Operand<TFloat32> kernel =
        tf.constant(Shape.of(folded.shape), DataBuffers.of(folded.kernel, true, false));
    List<Long> strides = List.of(1L, (long) layer.stride(), (long) layer.stride(), 1L);
    Operand<TFloat32> convolved =
        layer.isDepthwise()
            ? tf.nn.depthwiseConv2dNative(x, kernel, strides, "SAME")
            : tf.nn.conv2d(x, kernel, strides, "SAME");
    return tf.nn.relu6(tf.nn.biasAdd(convolved, tf.constant(folded.bias)));
  }

  /** A layer's kernel and bias with its BatchNorm in them. */
  private static final class Folded {
    private final long[] shape;
    private final float[] kernel;
    private final float[] bias;

    private Folded(long[] shape, float[] kernel, float[] bias) {
      this.shape = shape;
      this.kernel = kernel;
      this.bias = bias;
    }

    /**
     * In doubles, rounded once. The output channel is the last index of a convolution's kernel [k,
     * k, in, out], and the last but one of a depthwise kernel [k, k, in, 1]; with a multiplier of 1
     * both lie innermost in memory.
     */
    static Folded of(Layer layer, MobileNetWeights weights) {
      WeightTensor original = weights.get(layer.weights());
      float[] gamma = weights.get(layer.gamma()).values();
      float[] beta = weights.get(layer.beta()).values();
      float[] mean = weights.get(layer.movingMean()).values();
      float[] variance = weights.get(layer.movingVariance()).values();
      int channels = gamma.length;
      double[] scale = new double[channels];
      float[] bias = new float[channels];
      for (int c = 0; c < channels; c++) {
        scale[c] = gamma[c] / Math.sqrt((double) variance[c] + MobileNetV1.EPSILON);
        bias[c] = (float) (beta[c] - mean[c] * scale[c]);
      }
      float[] kernel = new float[original.size()];
      for (int i = 0; i < kernel.length; i++) {
        kernel[i] = (float) (original.values()[i] * scale[i % channels]);
      }
      return new Folded(original.shape(), kernel, bias);
    }
  }
}
