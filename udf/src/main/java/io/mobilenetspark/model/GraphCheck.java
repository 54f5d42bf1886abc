package io.mobilenetspark.model;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.model.hub.ModuleGraph;
import io.mobilenetspark.model.mobilenet.MobileNetV1;
import io.mobilenetspark.model.mobilenet.MobileNetV1.Layer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;

/**
 * Whether a module's graph computes what our own graph of a MobileNet V1 computes. The names of the
 * variables alone don't tell: a quantized or dilated variant has the same ones. So the graph is
 * walked from the output to the images, and everything on the way must be what it is in ours: each
 * layer's op, its attributes, the variables in their places, and nothing between.
 *
 * <p>For one use, by one thread.
 */
final class GraphCheck {

  /** Of a scaling that is written with rounded constants, such as 1 / 127.5. */
  private static final double TOLERANCE = 1e-6;

  /** Pixels a cell of the last layer's activations. */
  private static final int TOTAL_STRIDE = 32;

  /** BatchNorm's inputs after what is normalized: gamma, beta, mean, variance. */
  private static final int STATISTICS = 4;

  private final Map<String, NodeDef> nodes = new HashMap<>();
  private final ModuleGraph module;
  private final Optional<ImageSize> fixedSize;

  private GraphCheck(GraphDef part, ModuleGraph module, Optional<ImageSize> fixedSize) {
    part.getNodeList().forEach(node -> nodes.put(node.getName(), node));
    this.module = module;
    this.fixedSize = fixedSize;
  }

  /** What was found. */
  sealed interface Verdict {}

  /** It computes the same. */
  record Same() implements Verdict {}

  /**
   * It computes the same of pixels of another range.
   *
   * @param black the value that the module takes for black, where our graph takes 0
   * @param white the value for white, where ours takes 1
   */
  record OtherRange(double black, double white) implements Verdict {}

  /**
   * It computes something else.
   *
   * @param difference the first one on the way from the output
   */
  record Other(String difference) implements Verdict {}

  /** Ends the walk. */
  private static final class DifferenceException extends Exception {
    private static final long serialVersionUID = 1;

    DifferenceException(String difference) {
      super(difference);
    }
  }

  /**
   * Compares.
   *
   * @param part what computes the output
   * @param module whose graph it is
   * @param tensor the output, {@code op:index}
   * @param output what our graph would give in its place
   * @param fixedSize the image size that the module's graph is fixed to
   */
  static Verdict of(
      GraphDef part,
      ModuleGraph module,
      String tensor,
      MobileNetGraph.Output output,
      Optional<ImageSize> fixedSize) {
    GraphCheck check = new GraphCheck(part, module, fixedSize);
    try {
      String images = check.walk(tensor, output);
      return check.scaling(images);
    } catch (DifferenceException e) {
      return new Other(String.valueOf(e.getMessage()));
    }
  }

  /** From the output to what the first layer takes. */
  private String walk(String tensor, MobileNetGraph.Output output) throws DifferenceException {
    String x = tensor;
    if (output.kind() == MobileNetGraph.Output.Kind.LOGITS) {
      x = pooled(classifier(x), Pooled.CELL);
    } else if (!at(x).getOp().equals("Relu6")) {
      x = pooled(x, Pooled.VECTOR_OR_CELL);
    }
    List<Layer> layers = MobileNetV1.LAYERS.subList(0, output.layers());
    for (int i = layers.size() - 1; i >= 0; i--) {
      x = layer(layers.get(i), x);
    }
    return x;
  }

  /** The node of a tensor, behind those that only pass it on. */
  private NodeDef at(String tensor) throws DifferenceException {
    String name = tensor;
    for (int hops = 0; hops <= nodes.size(); hops++) {
      int colon = name.indexOf(':');
      if (colon >= 0 && !name.substring(colon).equals(":0")) {
        throw new DifferenceException(
            String.format(Locale.ROOT, "the output '%s' of a node", name));
      }
      NodeDef node = nodes.get(colon < 0 ? name : name.substring(0, colon));
      if (node == null) {
        throw new DifferenceException(String.format(Locale.ROOT, "'%s', which is not there", name));
      }
      boolean isImages = node.getName().equals(module.images());
      if (isImages || !node.getOp().equals("Identity") || node.getInputCount() == 0) {
        return node;
      }
      name = node.getInput(0);
    }
    throw new DifferenceException("a cycle of nodes");
  }

  private static String input(NodeDef node, int index) throws DifferenceException {
    if (index >= node.getInputCount() || node.getInput(index).startsWith("^")) {
      throw new DifferenceException(
          String.format(Locale.ROOT, "'%s' with %d inputs", node.getName(), node.getInputCount()));
    }
    return node.getInput(index);
  }

  private static void require(boolean condition, NodeDef node, String difference)
      throws DifferenceException {
    if (!condition) {
      throw new DifferenceException(
          String.format(Locale.ROOT, "%s in '%s' (%s)", difference, node.getName(), node.getOp()));
    }
  }

  private NodeDef expect(String tensor, String... ops) throws DifferenceException {
    NodeDef node = at(tensor);
    if (!List.of(ops).contains(node.getOp())) {
      throw new DifferenceException(
          String.format(
              Locale.ROOT,
              "'%s' (%s) in place of %s",
              node.getName(),
              node.getOp(),
              String.join(" or ", ops)));
    }
    return node;
  }

  /** Logits [n, 1, 1, classes] or without the ones: a 1x1 convolution of the pooled features. */
  private String classifier(String tensor) throws DifferenceException {
    NodeDef bias = expect(squeezed(tensor), "BiasAdd", "Add", "AddV2");
    requireVariable(bias, 1, MobileNetV1.LOGITS_BIASES);
    requireChannelsLast(bias);
    NodeDef convolution = expect(input(bias, 0), "Conv2D");
    requireConvolution(convolution, 1);
    requireVariable(convolution, 1, MobileNetV1.LOGITS_WEIGHTS);
    return input(convolution, 0);
  }

  private String squeezed(String tensor) throws DifferenceException {
    NodeDef node = at(tensor);
    if (!node.getOp().equals("Squeeze")) {
      return tensor;
    }
    List<Long> axes = list(node, "squeeze_dims");
    require(axes.equals(List.of(1L, 2L)), node, "axes " + axes);
    return input(node, 0);
  }

  private enum Pooled {
    /** [n, 1, 1, channels]. */
    CELL,
    /** That, or [n, channels]. */
    VECTOR_OR_CELL
  }

  private String pooled(String tensor, Pooled form) throws DifferenceException {
    String unsqueezed = form == Pooled.CELL ? tensor : squeezed(tensor);
    boolean isSqueezed = !unsqueezed.equals(tensor);
    NodeDef node = expect(unsqueezed, "Mean", "AvgPool");
    if (node.getOp().equals("AvgPool")) {
      long height = cells(node, fixedSize.map(ImageSize::height));
      long width = cells(node, fixedSize.map(ImageSize::width));
      requireChannelsLast(node);
      require(text(node, "padding").equals("VALID"), node, "padding " + text(node, "padding"));
      require(
          list(node, "ksize").equals(List.of(1L, height, width, 1L)),
          node,
          String.format(Locale.ROOT, "the window %s", list(node, "ksize")));
      return input(node, 0);
    }
    boolean keeps = node.getAttrOrDefault("keep_dims", AttrValue.getDefaultInstance()).getB();
    boolean fits = keeps || (form == Pooled.VECTOR_OR_CELL && !isSqueezed);
    require(fits, node, "dimensions left out");
    List<Long> axes = integers(at(input(node, 1)));
    require(axes.equals(List.of(1L, 2L)), node, "axes " + axes);
    return input(node, 0);
  }

  /** Height or width of the last layer's activations. */
  private static long cells(NodeDef node, Optional<Integer> pixels) throws DifferenceException {
    require(pixels.isPresent(), node, "a window for images of any size");
    return (pixels.orElse(0) + TOTAL_STRIDE - 1L) / TOTAL_STRIDE;
  }

  /** What a layer takes. */
  private String layer(Layer layer, String tensor) throws DifferenceException {
    NodeDef activation = expect(tensor, "Relu6");
    NodeDef norm =
        expect(input(activation, 0), "FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3");
    AttrValue epsilon = norm.getAttrOrDefault("epsilon", number(0.0001f)); // the op's default
    require(epsilon.getF() == MobileNetV1.EPSILON, norm, "epsilon " + epsilon.getF());
    AttrValue unset = AttrValue.newBuilder().setB(true).build(); // the op's default
    require(
        !norm.getAttrOrDefault("is_training", unset).getB(), norm, "the statistics of the batch");
    requireChannelsLast(norm);
    List<String> statistics = layer.batchNorms();
    for (int i = 0; i < STATISTICS; i++) {
      requireVariable(norm, i + 1, statistics.get(i));
    }
    NodeDef convolution =
        expect(input(norm, 0), layer.isDepthwise() ? "DepthwiseConv2dNative" : "Conv2D");
    requireConvolution(convolution, layer.stride());
    requireVariable(convolution, 1, layer.weights());
    return input(convolution, 0);
  }

  private static void requireConvolution(NodeDef node, long stride) throws DifferenceException {
    requireChannelsLast(node);
    List<Long> strides = list(node, "strides");
    require(strides.equals(List.of(1L, stride, stride, 1L)), node, "strides " + strides);
    require(text(node, "padding").equals("SAME"), node, "padding " + text(node, "padding"));
    require(
        list(node, "dilations").stream().allMatch(dilation -> dilation == 1),
        node,
        "dilations " + list(node, "dilations"));
    DataType type = node.getAttrOrDefault("T", AttrValue.getDefaultInstance()).getType();
    require(type == DataType.DT_FLOAT, node, "type " + type);
  }

  private static void requireChannelsLast(NodeDef node) throws DifferenceException {
    String format = text(node, "data_format");
    require(format.isEmpty() || format.equals("NHWC"), node, "data format " + format);
  }

  /** That an input is the value of a variable, and of which. */
  private void requireVariable(NodeDef node, int index, String name) throws DifferenceException {
    NodeDef value = at(input(node, index));
    NodeDef variable = value.getOp().equals("ReadVariableOp") ? at(input(value, 0)) : value;
    String found =
        switch (variable.getOp()) {
          case "VarHandleOp", "VariableV2", "Variable" ->
              module.variables().getOrDefault(variable.getName(), variable.getName());
          default ->
              throw new DifferenceException(
                  String.format(
                      Locale.ROOT, "'%s' in place of the variable '%s'", variable.getName(), name));
        };
    require(
        found.equals(name), node, String.format(Locale.ROOT, "'%s' in place of '%s'", found, name));
  }

  /** What a graph does to the pixels before the first layer: x * scale + offset. */
  private record Affine(double scale, double offset) {

    boolean isConstant() {
      return scale == 0;
    }
  }

  /** That the first layer gets [0, 1] as [-1, 1], in whatever way that is written. */
  private Verdict scaling(String tensor) throws DifferenceException {
    Affine found = affine(tensor, 0);
    if (!Double.isFinite(found.scale) || !Double.isFinite(found.offset) || found.scale <= 0) {
      throw new DifferenceException(
          String.format(Locale.ROOT, "pixels become %s * pixel + %s", found.scale, found.offset));
    }
    if (Math.abs(found.scale - 2) <= TOLERANCE && Math.abs(found.offset + 1) <= TOLERANCE) {
      return new Same();
    }
    return new OtherRange((-1 - found.offset) / found.scale, (1 - found.offset) / found.scale);
  }

  private Affine affine(String tensor, int depth) throws DifferenceException {
    NodeDef node = at(tensor);
    if (node.getName().equals(module.images())) {
      return new Affine(1, 0);
    }
    if (node.getOp().equals("Const")) {
      return new Affine(0, scalar(node));
    }
    require(
        depth < 16
            && List.of("Mul", "Sub", "Add", "AddV2", "RealDiv", "Div").contains(node.getOp()),
        node,
        "more than scaling before the first layer");
    Affine a = affine(input(node, 0), depth + 1);
    Affine b = affine(input(node, 1), depth + 1);
    return switch (node.getOp()) {
      case "Sub" -> new Affine(a.scale - b.scale, a.offset - b.offset);
      case "Add", "AddV2" -> new Affine(a.scale + b.scale, a.offset + b.offset);
      case "Mul" -> {
        require(a.isConstant() || b.isConstant(), node, "a product of pixels");
        yield a.isConstant()
            ? new Affine(a.offset * b.scale, a.offset * b.offset)
            : new Affine(b.offset * a.scale, b.offset * a.offset);
      }
      default -> {
        require(b.isConstant(), node, "a division by pixels");
        yield new Affine(a.scale / b.offset, a.offset / b.offset);
      }
    };
  }

  private static AttrValue number(float value) {
    return AttrValue.newBuilder().setF(value).build();
  }

  private static TensorProto tensor(NodeDef node) {
    return node.getAttrOrDefault("value", AttrValue.getDefaultInstance()).getTensor();
  }

  /** A constant of one float; of several a graph could scale each channel in a way of its own. */
  private static double scalar(NodeDef node) throws DifferenceException {
    TensorProto tensor = tensor(node);
    require(
        tensor.getDtype() == DataType.DT_FLOAT && tensor.getTensorShape().getDimCount() == 0,
        node,
        "a constant that is not a scalar");
    if (!tensor.getTensorContent().isEmpty()) {
      require(tensor.getTensorContent().size() == Float.BYTES, node, "a damaged constant");
      return Float.intBitsToFloat(littleEndian(tensor, 0));
    }
    return tensor.getFloatValCount() == 0 ? 0 : tensor.getFloatVal(0);
  }

  /** A constant of two axes. */
  private static List<Long> integers(NodeDef node) throws DifferenceException {
    TensorProto tensor = tensor(node);
    boolean isPair =
        node.getOp().equals("Const")
            && tensor.getDtype() == DataType.DT_INT32
            && tensor.getTensorShape().getDimCount() == 1
            && tensor.getTensorShape().getDim(0).getSize() == 2;
    require(isPair, node, "axes that are not two numbers");
    if (tensor.getTensorContent().size() == 2 * Integer.BYTES) {
      return List.of((long) littleEndian(tensor, 0), (long) littleEndian(tensor, Integer.BYTES));
    }
    require(tensor.getIntValCount() == 2, node, "axes that are not two numbers");
    return List.of((long) tensor.getIntVal(0), (long) tensor.getIntVal(1));
  }

  private static int littleEndian(TensorProto tensor, int at) {
    return tensor
        .getTensorContent()
        .asReadOnlyByteBuffer()
        .order(ByteOrder.LITTLE_ENDIAN)
        .getInt(at);
  }

  private static List<Long> list(NodeDef node, String attribute) {
    return node.getAttrOrDefault(attribute, AttrValue.getDefaultInstance()).getList().getIList();
  }

  private static String text(NodeDef node, String attribute) {
    return node.getAttrOrDefault(attribute, AttrValue.getDefaultInstance()).getS().toStringUtf8();
  }
}
