package io.mobilenetspark.model.graph;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.tensorflow.proto.DataType;

/** Convolutions, pooling, normalization and the like, on [n, height, width, channels]. */
final class LayerRules {

  /** Larger than any layer's stride, dilation or padding. */
  private static final long MAX_STEP = 1024;

  private static final int RANK = 4;

  /** Operations that one counts for in kernels that don't work on many channels at once. */
  private static final int SLOW = 8;

  /** What is normalized, scale, offset, mean, variance. */
  private static final int BATCH_NORM_INPUTS = 5;

  private LayerRules() {}

  static Map<String, Rule> all() {
    Map<String, Rule> rules = new HashMap<>();
    rules.put("Conv2D", LayerRules::convolution);
    rules.put("DepthwiseConv2dNative", LayerRules::depthwise);
    rules.put("BiasAdd", LayerRules::bias);
    rules.put("MaxPool", LayerRules::pool);
    rules.put("AvgPool", LayerRules::pool);
    rules.put("FusedBatchNorm", call -> batchNorm(call, 4));
    rules.put("FusedBatchNormV2", call -> batchNorm(call, 4));
    rules.put("FusedBatchNormV3", call -> batchNorm(call, 5));
    rules.put("MatMul", LayerRules::matMul);
    rules.put("ResizeBilinear", LayerRules::resize);
    rules.put("ResizeNearestNeighbor", LayerRules::resize);
    rules.put("FakeQuantWithMinMaxArgs", call -> quantize(call, 0));
    rules.put("FakeQuantWithMinMaxVars", call -> quantize(call, 0));
    rules.put("FakeQuantWithMinMaxVarsPerChannel", call -> quantize(call, 1));
    return rules;
  }

  private static void requireChannelsLast(Call call) throws RefusedGraphException {
    if (!call.attributeText("data_format").equals("NHWC")) {
      throw call.refused("has the data format " + call.attributeText("data_format"));
    }
  }

  private static List<Value> convolution(Call call) throws RefusedGraphException {
    Value images = call.filled(0, RANK);
    Value kernel = call.filled(1, RANK);
    if (images.dimension(3) != kernel.dimension(2)) {
      throw call.refused(String.format(Locale.ROOT, "has the inputs %s and %s", images, kernel));
    }
    double weight = kernel.dimension(3) < SLOW ? SLOW / 2.0 : 1;
    return convolution(call, images, kernel, kernel.dimension(3), weight);
  }

  private static List<Value> depthwise(Call call) throws RefusedGraphException {
    Value images = call.filled(0, RANK);
    Value kernel = call.filled(1, RANK);
    for (long dilation : call.attributeNumbers("dilations")) {
      if (dilation != 1) {
        throw call.refused("is dilated, which TensorFlow does not run on a CPU");
      }
    }
    if (images.dimension(3) != kernel.dimension(2)) {
      throw call.refused(String.format(Locale.ROOT, "has the inputs %s and %s", images, kernel));
    }
    // One channel at a time, at a fraction of the speed.
    return convolution(
        call,
        images,
        kernel,
        kernel.dimension(2) * kernel.dimension(3),
        (double) SLOW / kernel.dimension(2));
  }

  private static List<Value> convolution(
      Call call, Value images, Value kernel, long channels, double weight)
      throws RefusedGraphException {
    requireChannelsLast(call);
    long[] dilations = steps(call, "dilations");
    long height = side(call, 1, images.dimension(1), kernel.dimension(0), dilations[1]);
    long width = side(call, 2, images.dimension(2), kernel.dimension(1), dilations[2]);
    double pixels = (double) height * width;
    double patch = kernel.elements() / kernel.dimension(3);
    call.multiplies(images.dimension(0) * pixels * kernel.elements() * weight);
    call.needsScratch(pixels * patch * Float.BYTES); // one image's patches side by side
    return List.of(call.output(images.type(), images.dimension(0), height, width, channels));
  }

  private static List<Value> pool(Call call) throws RefusedGraphException {
    requireChannelsLast(call);
    Value images = call.filled(0, RANK);
    long[] window = steps(call, "ksize");
    long height = side(call, 1, images.dimension(1), window[1], 1);
    long width = side(call, 2, images.dimension(2), window[2], 1);
    Value output =
        call.output(images.type(), images.dimension(0), height, width, images.dimension(3));
    call.multiplies(output.elements() * window[1] * window[2] * SLOW);
    return List.of(output);
  }

  /** Four numbers of an attribute, of which only those for height and width may be over 1. */
  private static long[] steps(Call call, String attribute) throws RefusedGraphException {
    long[] steps = call.attributeNumbers(attribute);
    boolean isSane = steps.length == RANK && steps[0] == 1 && steps[3] == 1;
    for (long step : steps) {
      isSane &= step >= 1 && step <= MAX_STEP;
    }
    if (!isSane) {
      throw call.refused("has an unusual attribute " + attribute);
    }
    return steps;
  }

  /** Height or width that a moving window leaves. */
  private static long side(Call call, int axis, long size, long window, long dilation)
      throws RefusedGraphException {
    long stride = steps(call, "strides")[axis];
    long span = (window - 1) * dilation + 1;
    String padding = call.attributeText("padding");
    long padded;
    switch (padding) {
      case "SAME" -> {
        return (size + stride - 1) / stride;
      }
      case "VALID" -> padded = size;
      case "EXPLICIT" -> padded = size + explicitPadding(call, axis, span);
      default -> throw call.refused("has the padding " + padding);
    }
    if (span > padded) {
      throw call.refused("has a window larger than its input");
    }
    return (padded - span) / stride + 1;
  }

  private static long explicitPadding(Call call, int axis, long span) throws RefusedGraphException {
    long[] paddings = call.attributeNumbers("explicit_paddings");
    boolean isSane = paddings.length == 2 * RANK;
    for (int i = 0; isSane && i < paddings.length; i++) {
      boolean isImage = i >= 2 && i < 6;
      isSane = paddings[i] >= 0 && paddings[i] <= (isImage ? MAX_STEP : 0);
    }
    if (!isSane || Math.max(paddings[2 * axis], paddings[2 * axis + 1]) > span) {
      throw call.refused("has unusual explicit paddings");
    }
    return paddings[2 * axis] + paddings[2 * axis + 1];
  }

  private static List<Value> bias(Call call) throws RefusedGraphException {
    requireChannelsLast(call);
    Value input = call.input(0);
    if (input.rank() < 2 || !call.input(1).hasShape(input.dimension(input.rank() - 1))) {
      throw call.refused(
          String.format(Locale.ROOT, "has the inputs %s and %s", input, call.input(1)));
    }
    return List.of(Value.of(input.type(), input.shape()));
  }

  private static List<Value> batchNorm(Call call, int statistics) throws RefusedGraphException {
    requireChannelsLast(call);
    Value images = call.filled(0, RANK);
    long channels = images.dimension(3);
    boolean isTraining = call.attributeFlag("is_training");
    for (int i = 1; i < BATCH_NORM_INPUTS; i++) {
      Value input = call.input(i);
      boolean mayBeEmpty = isTraining && i >= 3;
      if (!input.hasShape(channels) && !(mayBeEmpty && input.hasShape(0))) {
        throw call.refused(String.format(Locale.ROOT, "has the inputs %s and %s", images, input));
      }
    }
    List<Value> outputs = new ArrayList<>();
    outputs.add(Value.of(images.type(), images.shape()));
    outputs.addAll(Collections.nCopies(statistics, Value.of(DataType.DT_FLOAT, channels)));
    return outputs;
  }

  private static List<Value> matMul(Call call) throws RefusedGraphException {
    Value a = call.filled(0, 2);
    Value b = call.filled(1, 2);
    int rowAxis = call.attributeFlag("transpose_a") ? 1 : 0;
    int columnAxis = call.attributeFlag("transpose_b") ? 0 : 1;
    if (a.dimension(1 - rowAxis) != b.dimension(1 - columnAxis)) {
      throw call.refused(String.format(Locale.ROOT, "has the inputs %s and %s", a, b));
    }
    call.multiplies(a.elements() * b.dimension(columnAxis));
    return List.of(call.output(a.type(), a.dimension(rowAxis), b.dimension(columnAxis)));
  }

  private static List<Value> resize(Call call) throws RefusedGraphException {
    Value images = call.filled(0, RANK);
    long[] size = call.numbers(1);
    if (size.length != 2 || size[0] < 1 || size[1] < 1) {
      throw call.refused("resizes to an invalid size");
    }
    DataType type =
        call.node().getOp().equals("ResizeBilinear") ? DataType.DT_FLOAT : images.type();
    return List.of(call.output(type, images.dimension(0), size[0], size[1], images.dimension(3)));
  }

  private static List<Value> quantize(Call call, int rangeRank) throws RefusedGraphException {
    Value input = call.input(0);
    long bits = call.attributeNumber("num_bits");
    boolean isSane = bits >= 2 && bits <= 16 && input.elements() >= 1 && input.rank() >= rangeRank;
    for (int i = 1; isSane && i < call.inputs().size(); i++) {
      isSane =
          rangeRank == 0
              ? call.input(i).rank() == 0
              : call.input(i).hasShape(input.dimension(input.rank() - 1));
    }
    if (!isSane) {
      throw call.refused(
          String.format(Locale.ROOT, "quantizes to %d bits from %s", bits, call.inputs()));
    }
    return List.of(Value.of(input.type(), input.shape()));
  }
}
