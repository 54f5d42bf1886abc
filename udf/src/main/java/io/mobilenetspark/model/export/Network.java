package io.mobilenetspark.model.export;

import io.mobilenetspark.model.MobileNetWeights;
import io.mobilenetspark.model.mobilenet.MobileNetV1;
import io.mobilenetspark.model.mobilenet.MobileNetV1.Layer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/**
 * The nodes of a MobileNet V1 that reads its variables: from images in [0, 1] to the feature vector
 * and the logits, all activations on the way, and in training the updates of the moving statistics.
 * Names follow the published modules. For one graph, by one thread.
 *
 * <p>There is no dropout before the classifier: its rate is a choice of a training run, which the
 * weights don't know, and a training-mode pass stays repeatable without it.
 */
final class Network {

  private static final String SCOPE = MobileNetV1.SCOPE + MobileNetV1.SCOPE;
  private static final String LOGITS_SCOPE = MobileNetV1.SCOPE + "Logits/";
  private static final int UNKNOWN = -1;

  /** How BatchNorm behaves. */
  enum Mode {
    INFERENCE,
    TRAINING
  }

  /** Which op BatchNorm is. */
  enum BatchNormOp {
    /** Known to TensorFlow since 1.0. */
    V1("FusedBatchNorm"),
    /** With a gradient in every runtime; since 1.15. */
    V3("FusedBatchNormV3");

    private final String op;

    BatchNormOp(String op) {
      this.op = op;
    }
  }

  private final Nodes nodes;
  private final MobileNetWeights weights;
  private final UnaryOperator<String> handles;
  private final Mode mode;
  private final BatchNormOp batchNorm;
  private final SortedMap<String, GraphTensor> endpoints = new TreeMap<>();
  private final List<String> updates = new ArrayList<>();

  /**
   * @param handles from a variable's name to the input string of its handle
   */
  Network(
      Nodes nodes,
      MobileNetWeights weights,
      UnaryOperator<String> handles,
      Mode mode,
      BatchNormOp batchNorm) {
    this.nodes = nodes;
    this.weights = weights;
    this.handles = handles;
    this.mode = mode;
    this.batchNorm = batchNorm;
  }

  /** Shape of a batch of images. */
  static TensorShapeProto imagesShape() {
    return Attributes.dimensions(UNKNOWN, UNKNOWN, UNKNOWN, 3);
  }

  /** Shape of a batch of feature vectors. */
  static TensorShapeProto featuresShape(MobileNetWeights weights) {
    return Attributes.dimensions(UNKNOWN, weights.featureCount());
  }

  /** Shape of a batch of logits. */
  static TensorShapeProto logitsShape(MobileNetWeights weights) {
    return Attributes.dimensions(UNKNOWN, weights.classCount());
  }

  /** Tensors by endpoint name, of what has been added so far. */
  SortedMap<String, GraphTensor> endpoints() {
    return new TreeMap<>(endpoints);
  }

  /** Names of the ops that update the moving statistics. */
  List<String> updates() {
    return updates;
  }

  /**
   * Adds all layers.
   *
   * @param images input string of the images
   * @param momentum input string of the scalar momentum; used in training
   * @return the pooled activations, [n, 1, 1, features]
   */
  GraphTensor addLayers(String images, String momentum) {
    String two = nodes.constant("hub_input/Mul/y", Attributes.scalar(2));
    String one = nodes.constant("hub_input/Sub/y", Attributes.scalar(1));
    String doubled = nodes.arithmetic("Mul", "hub_input/Mul", List.of(images, two), imagesShape());
    String x = nodes.arithmetic("Sub", "hub_input/Sub", List.of(doubled, one), imagesShape());
    String decay = "";
    if (mode == Mode.TRAINING) {
      String whole = nodes.constant("hub_input/decay/x", Attributes.scalar(1));
      decay =
          nodes.arithmetic(
              "Sub",
              "hub_input/decay",
              List.of(whole, momentum),
              TensorShapeProto.getDefaultInstance());
    }
    for (Layer layer : MobileNetV1.LAYERS) {
      x = add(layer, x, decay);
    }
    String axes =
        nodes.constant(SCOPE + "global_pool/reduction_indices", Attributes.integerVector(1, 2));
    TensorShapeProto pooled = Attributes.dimensions(UNKNOWN, 1, 1, weights.featureCount());
    String pool =
        nodes.add(
            "Mean",
            LOGITS_SCOPE + "global_pool",
            List.of(x, axes),
            Map.of("T", Attributes.FLOAT, "keep_dims", Attributes.flag(Attributes.Flag.TRUE)),
            pooled);
    return endpoint("global_pool", pool, pooled);
  }

  /**
   * Adds the feature vectors.
   *
   * @param pooled what {@link #addLayers} gave
   */
  GraphTensor addFeatures(GraphTensor pooled) {
    return squeeze("hub_output/feature_vector/SpatialSqueeze", pooled, featuresShape(weights));
  }

  /**
   * Adds the classifier and two endpoints: the logits, and their softmax.
   *
   * @param pooled what {@link #addLayers} gave
   */
  GraphTensor addLogits(GraphTensor pooled) {
    String scope = LOGITS_SCOPE + "Conv2d_1c_1x1/";
    int classes = weights.classCount();
    TensorShapeProto unsqueezed = Attributes.dimensions(UNKNOWN, 1, 1, classes);
    String product =
        convolve(
            "Conv2D", scope + "Conv2D", pooled.name(), MobileNetV1.LOGITS_WEIGHTS, 1, unsqueezed);
    String biases =
        read(scope + "BiasAdd", MobileNetV1.LOGITS_BIASES, Attributes.dimensions(classes));
    String sum =
        nodes.arithmetic("BiasAdd", scope + "BiasAdd", List.of(product, biases), unsqueezed);
    TensorShapeProto shape = logitsShape(weights);
    GraphTensor logits =
        squeeze(LOGITS_SCOPE + "SpatialSqueeze", new GraphTensor(sum, unsqueezed), shape);
    endpoint("Logits", logits.name(), shape);
    String name = MobileNetV1.SCOPE + "Predictions/Softmax";
    endpoint(
        "Predictions", nodes.arithmetic("Softmax", name, List.of(logits.name()), shape), shape);
    return logits;
  }

  /** Drops height and width, which are 1. */
  private GraphTensor squeeze(String name, GraphTensor tensor, TensorShapeProto shape) {
    nodes.add(
        "Squeeze",
        name,
        List.of(tensor.name()),
        Map.of("T", Attributes.FLOAT, "squeeze_dims", Attributes.integers(1, 2)),
        shape);
    return new GraphTensor(name, shape);
  }

  private GraphTensor endpoint(String name, String node, TensorShapeProto shape) {
    GraphTensor tensor = new GraphTensor(node, shape);
    endpoints.put(MobileNetV1.SCOPE + name, tensor);
    return tensor;
  }

  private String add(Layer layer, String x, String decay) {
    String scope = SCOPE + layer.name() + "/";
    int channels = weights.get(layer.gamma()).size();
    TensorShapeProto activations = Attributes.dimensions(UNKNOWN, UNKNOWN, UNKNOWN, channels);
    String op = layer.isDepthwise() ? "DepthwiseConv2dNative" : "Conv2D";
    String name = scope + (layer.isDepthwise() ? "depthwise" : "Conv2D");
    String convolved = convolve(op, name, x, layer.weights(), layer.stride(), activations);
    String normalized = normalize(layer, scope + "BatchNorm/", convolved, channels, decay);
    String relu = nodes.arithmetic("Relu6", scope + "Relu6", List.of(normalized), activations);
    return endpoint(layer.name(), relu, activations).name();
  }

  private String convolve(
      String op, String name, String x, String kernel, int stride, TensorShapeProto shape) {
    return nodes.add(
        op,
        name,
        List.of(x, read(name, kernel, weights.get(kernel).shapeProto())),
        Map.of(
            "T",
            Attributes.FLOAT,
            "strides",
            Attributes.integers(1, stride, stride, 1),
            "padding",
            Attributes.text("SAME")),
        shape);
  }

  private String normalize(Layer layer, String scope, String x, int channels, String decay) {
    TensorShapeProto vector = Attributes.dimensions(channels);
    TensorShapeProto activations = Attributes.dimensions(UNKNOWN, UNKNOWN, UNKNOWN, channels);
    String name = scope + batchNorm.op;
    List<String> inputs = new ArrayList<>();
    inputs.add(x);
    inputs.add(read(scope + "gamma", layer.gamma(), vector));
    inputs.add(read(scope + "beta", layer.beta(), vector));
    Map<String, AttrValue> attributes = new HashMap<>();
    attributes.put("T", Attributes.FLOAT);
    if (batchNorm == BatchNormOp.V3) {
      attributes.put("U", Attributes.FLOAT);
    }
    attributes.put("epsilon", Attributes.number(MobileNetV1.EPSILON));
    if (mode == Mode.INFERENCE) {
      inputs.add(read(scope + "mean", layer.movingMean(), vector));
      inputs.add(read(scope + "variance", layer.movingVariance(), vector));
      attributes.put("is_training", Attributes.flag(Attributes.Flag.FALSE));
    } else {
      // is_training is true by default, and then these two are empty
      inputs.add(nodes.constant(scope + "Const", empty()));
      inputs.add(nodes.constant(scope + "Const_1", empty()));
    }
    List<TensorShapeProto> outputs =
        new ArrayList<>(List.of(activations, vector, vector, vector, vector));
    if (batchNorm == BatchNormOp.V3) {
      outputs.add(TensorShapeProto.newBuilder().setUnknownRank(true).build());
    }
    nodes.add(batchNorm.op, name, inputs, attributes, outputs.toArray(TensorShapeProto[]::new));
    if (mode == Mode.TRAINING) {
      update(scope + "AssignMovingAvg", layer.movingMean(), name + ":1", vector, decay);
      update(scope + "AssignMovingAvg_1", layer.movingVariance(), name + ":2", vector, decay);
    }
    return name;
  }

  private static TensorProto empty() {
    return TensorProto.newBuilder()
        .setDtype(DataType.DT_FLOAT)
        .setTensorShape(Attributes.dimensions(0))
        .build();
  }

  /** {@code moving -= (moving - batch) * decay}; the batch's variance is the unbiased one. */
  private void update(
      String name, String variable, String batch, TensorShapeProto shape, String decay) {
    String moving = read(name, variable, shape);
    String difference = nodes.arithmetic("Sub", name + "/sub", List.of(moving, batch), shape);
    String step = nodes.arithmetic("Mul", name + "/mul", List.of(difference, decay), shape);
    nodes.add(
        "AssignSubVariableOp",
        name,
        List.of(handles.apply(variable), step),
        Map.of("dtype", Attributes.FLOAT));
    updates.add(name);
  }

  private String read(String scope, String variable, TensorShapeProto shape) {
    return nodes.read(scope + "/ReadVariableOp", handles.apply(variable), shape);
  }
}
