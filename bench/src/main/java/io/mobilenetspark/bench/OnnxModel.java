package io.mobilenetspark.bench;

import io.mobilenetspark.model.MobileNetWeights;
import io.mobilenetspark.model.checkpoint.WeightTensor;
import io.mobilenetspark.model.mobilenet.MobileNetV1;
import io.mobilenetspark.model.mobilenet.MobileNetV1.Layer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * The feature part of a MobileNet V1 as an ONNX model, with each BatchNorm folded into its
 * convolution, as exporters do it: what the peers that don't run TensorFlow's graphs compute.
 *
 * <p>It takes {@link #INPUT}, float32 [n, 3, side, side], RGB in [-1, 1], and gives {@link
 * #OUTPUT}, float32 [n, features].
 */
final class OnnxModel {

  static final String INPUT = "images";
  static final String OUTPUT = "features";

  /** The last one that needs no more than the releases of two years ago. */
  private static final long OPSET = 17;

  private static final long IR_VERSION = 8;
  private static final long FLOAT = 1;

  private final Message graph = new Message();
  private final MobileNetWeights weights;
  private final int inputSide;
  private int side;
  private long operations;

  private OnnxModel(MobileNetWeights weights, int side) {
    this.weights = weights;
    this.inputSide = side;
    this.side = side;
  }

  /**
   * A model.
   *
   * @param weights the network
   * @param side height and width of the input in pixels; even wherever a stride halves it
   */
  static OnnxModel of(MobileNetWeights weights, int side) {
    OnnxModel model = new OnnxModel(weights, side);
    model.build();
    return model;
  }

  /** The file. */
  byte[] toByteArray() {
    return new Message()
        .with(1, IR_VERSION)
        .with(2, "mobilenet-spark-bench")
        .with(7, graph)
        .with(8, new Message().with(1, "").with(2, OPSET))
        .toByteArray();
  }

  /** Floating-point operations of the convolutions for one image; a multiply-add is two. */
  long operations() {
    return operations;
  }

  private void build() {
    graph.with(2, "MobilenetV1");
    initializer("zero", new long[0], new float[] {0});
    initializer("six", new long[0], new float[] {6});
    String last = INPUT;
    for (Layer layer : MobileNetV1.LAYERS) {
      last = add(layer, last);
    }
    graph.with(1, node("GlobalAveragePool", List.of(last), "pooled"));
    graph.with(1, node("Flatten", List.of("pooled"), OUTPUT));
    graph.with(11, value(INPUT, 3, inputSide, inputSide));
    graph.with(12, value(OUTPUT, weights.featureCount()));
  }

  /** Adds a layer; the name of what it gives. */
  private String add(Layer layer, String input) {
    WeightTensor kernel = weights.get(layer.weights());
    int length = layer.kernel();
    int inputs = (int) kernel.dimension(2);
    int outputs = layer.isDepthwise() ? inputs : (int) kernel.dimension(3);
    int inputsEach = layer.isDepthwise() ? 1 : inputs;
    float[] gamma = weights.get(layer.gamma()).values();
    float[] beta = weights.get(layer.beta()).values();
    float[] mean = weights.get(layer.movingMean()).values();
    float[] variance = weights.get(layer.movingVariance()).values();
    float[] folded = new float[kernel.size()];
    float[] bias = new float[outputs];
    int taps = length * length;
    for (int out = 0; out < outputs; out++) {
      double scale = gamma[out] / Math.sqrt((double) variance[out] + MobileNetV1.EPSILON);
      bias[out] = (float) (beta[out] - mean[out] * scale);
      for (int in = 0; in < inputsEach; in++) {
        for (int tap = 0; tap < taps; tap++) {
          // TensorFlow's [y, x, in, out], or [y, x, in, 1], becomes [out, in, y, x].
          float value = kernel.values()[(tap * inputsEach + in) * outputs + out];
          folded[(out * inputsEach + in) * taps + tap] = (float) (value * scale);
        }
      }
    }
    side /= layer.stride();
    operations += 2L * side * side * taps * inputsEach * outputs;

    String name = layer.name();
    initializer(name + "/weights", new long[] {outputs, inputsEach, length, length}, folded);
    initializer(name + "/bias", new long[] {outputs}, bias);
    // Of an even side, SAME pads a stride of 2 below and on the right alone.
    int before = (length - layer.stride()) / 2;
    int after = length - layer.stride() - before;
    Message convolution =
        node("Conv", List.of(input, name + "/weights", name + "/bias"), name + "/convolved")
            .with(5, attribute("kernel_shape", length, length))
            .with(5, attribute("strides", layer.stride(), layer.stride()))
            .with(5, attribute("pads", before, before, after, after))
            .with(5, group(layer.isDepthwise() ? inputs : 1));
    graph.with(1, convolution);
    graph.with(1, node("Clip", List.of(name + "/convolved", "zero", "six"), name));
    return name;
  }

  private static Message node(String operator, List<String> inputs, String output) {
    Message node = new Message();
    inputs.forEach(input -> node.with(1, input));
    return node.with(2, output).with(3, output + "/" + operator).with(4, operator);
  }

  private static Message attribute(String name, long... values) {
    Message attribute = new Message().with(1, name);
    for (long value : values) {
      attribute.with(8, value);
    }
    return attribute.with(20, 7);
  }

  private static Message group(long groups) {
    return new Message().with(1, "group").with(3, groups).with(20, 2);
  }

  private void initializer(String name, long[] shape, float[] values) {
    ByteBuffer raw =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    raw.asFloatBuffer().put(values);
    Message tensor = new Message();
    for (long dimension : shape) {
      tensor.with(1, dimension);
    }
    graph.with(5, tensor.with(2, FLOAT).with(8, name).with(9, raw.array()));
  }

  /** An input or output: n of what has these dimensions. */
  private static Message value(String name, long... dimensions) {
    Message shape = new Message().with(1, new Message().with(2, "n"));
    for (long dimension : dimensions) {
      shape.with(1, new Message().with(1, dimension));
    }
    Message tensor = new Message().with(1, FLOAT).with(2, shape);
    return new Message().with(1, name).with(2, new Message().with(1, tensor));
  }
}
