package io.mobilenetspark.train;

import io.mobilenetspark.model.MobileNetWeights;
import io.mobilenetspark.model.mobilenet.MobileNetV1.Layer;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.ndarray.Shape;

/**
 * Where each tensor lies in the two flat arrays that training passes around: the parameters that
 * the optimizer moves, and the moving statistics that BatchNorm in training mode updates. One array
 * instead of 83 tensors makes the broadcast, the sum over workers and the optimizer one loop each.
 */
final class ParameterLayout {

  static final String HEAD_WEIGHTS = "head/weights";
  static final String HEAD_BIASES = "head/biases";

  private final List<Slice> parameters = new ArrayList<>();
  private final List<Slice> statistics = new ArrayList<>();

  /** What a parameter is, which decides on regularisation and rate. */
  enum Role {
    /** A kernel that the module's own L2 regularises: convolutions that aren't depthwise. */
    REGULARIZED_KERNEL,
    DEPTHWISE_KERNEL,
    BATCH_NORM,
    HEAD_KERNEL,
    HEAD_BIAS;

    boolean isHead() {
      return this == HEAD_KERNEL || this == HEAD_BIAS;
    }

    boolean isKernel() {
      return this == REGULARIZED_KERNEL || this == DEPTHWISE_KERNEL || this == HEAD_KERNEL;
    }
  }

  /** One tensor's place. */
  record Slice(String name, Shape shape, int offset, int size, Role role) {
    int end() {
      return offset + size;
    }
  }

  ParameterLayout(MobileNetWeights weights, NetworkSpec spec) {
    for (Layer layer : spec.trainable().layers()) {
      add(
          parameters,
          layer.weights(),
          Shape.of(weights.get(layer.weights()).shape()),
          layer.isDepthwise() ? Role.DEPTHWISE_KERNEL : Role.REGULARIZED_KERNEL);
      Shape channels = Shape.of(weights.get(layer.gamma()).size());
      add(parameters, layer.gamma(), channels, Role.BATCH_NORM);
      add(parameters, layer.beta(), channels, Role.BATCH_NORM);
      if (spec.batchNorm() instanceof BatchNorm.Training) {
        add(statistics, layer.movingMean(), channels, Role.BATCH_NORM);
        add(statistics, layer.movingVariance(), channels, Role.BATCH_NORM);
      }
    }
    Shape head = Shape.of(weights.featureCount(), spec.classes());
    add(parameters, HEAD_WEIGHTS, head, Role.HEAD_KERNEL);
    add(parameters, HEAD_BIASES, Shape.of(spec.classes()), Role.HEAD_BIAS);
  }

  private static void add(List<Slice> slices, String name, Shape shape, Role role) {
    slices.add(new Slice(name, shape, size(slices), Math.toIntExact(shape.size()), role));
  }

  private static int size(List<Slice> slices) {
    return slices.isEmpty() ? 0 : slices.get(slices.size() - 1).end();
  }

  List<Slice> parameters() {
    return parameters;
  }

  List<Slice> statistics() {
    return statistics;
  }

  int parameterCount() {
    return size(parameters);
  }

  int statisticCount() {
    return size(statistics);
  }
}
