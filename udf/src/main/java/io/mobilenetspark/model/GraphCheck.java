package io.mobilenetspark.model;

import io.mobilenetspark.model.MobileNetV1.Layer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/**
 * Whether a module's graph computes what our own graph of a MobileNet V1 computes. The names of the
 * variables alone don't tell: a quantized or dilated variant has the same ones.
 */
final class GraphCheck {

  private GraphCheck() {}

  /**
   * The first difference; empty if there is none.
   *
   * @param part what computes the module's main output: the feature vector, or the logits
   * @param weights the module's
   */
  static Optional<String> difference(GraphDef part, MobileNetWeights weights) {
    List<Long> strides = new ArrayList<>();
    List<Long> depthwiseStrides = new ArrayList<>();
    int batchNorms = 0;
    int activations = 0;
    for (NodeDef node : part.getNodeList()) {
      switch (node.getOp()) {
        case "Conv2D" -> strides.add(stride(node));
        case "DepthwiseConv2dNative" -> depthwiseStrides.add(stride(node));
        case "FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3" -> {
          batchNorms++;
          float epsilon = node.getAttrOrDefault("epsilon", epsilonDefault()).getF();
          if (epsilon != MobileNetV1.EPSILON) {
            return Optional.of("a BatchNorm with epsilon " + epsilon);
          }
        }
        case "Relu6" -> activations++;
        case "FakeQuantWithMinMaxVars", "FakeQuantWithMinMaxArgs" -> {
          return Optional.of("quantized activations");
        }
        default -> {
          // constants, variables and arithmetic around the layers
        }
      }
      if (!usesSamePadding(node)) {
        return Optional.of("a convolution with other padding than SAME, or dilated");
      }
    }
    int layers = MobileNetV1.LAYERS.size();
    if (batchNorms != layers || activations != layers) {
      return Optional.of(
          String.format(
              Locale.ROOT,
              "%d BatchNorms and %d ReLU6, not %d each",
              batchNorms,
              activations,
              layers));
    }
    List<Long> withClassifier = new ArrayList<>(expected(Depthwise.NO));
    withClassifier.add(1L);
    Collections.sort(withClassifier);
    Collections.sort(strides);
    Collections.sort(depthwiseStrides);
    boolean fits =
        strides.equals(expected(Depthwise.NO))
            || (weights.classCount() > 0 && strides.equals(withClassifier));
    return fits && depthwiseStrides.equals(expected(Depthwise.YES))
        ? Optional.empty()
        : Optional.of(
            String.format(
                Locale.ROOT, "convolutions with strides %s, %s", strides, depthwiseStrides));
  }

  private enum Depthwise {
    YES,
    NO
  }

  private static List<Long> expected(Depthwise depthwise) {
    return MobileNetV1.LAYERS.stream()
        .filter(layer -> layer.isDepthwise() == (depthwise == Depthwise.YES))
        .map(Layer::stride)
        .map(Long::valueOf)
        .sorted()
        .toList();
  }

  private static long stride(NodeDef node) {
    AttrValue strides = node.getAttrOrDefault("strides", AttrValue.getDefaultInstance());
    return strides.getList().getICount() == 4
            && strides.getList().getI(1) == strides.getList().getI(2)
        ? strides.getList().getI(1)
        : -1;
  }

  private static boolean usesSamePadding(NodeDef node) {
    if (!node.getOp().equals("Conv2D") && !node.getOp().equals("DepthwiseConv2dNative")) {
      return true;
    }
    AttrValue none = AttrValue.getDefaultInstance();
    return node.getAttrOrDefault("padding", none).getS().toStringUtf8().equals("SAME")
        && node.getAttrOrDefault("dilations", none).getList().getIList().stream()
            .allMatch(dilation -> dilation == 1);
  }

  /** The op's own default. */
  private static AttrValue epsilonDefault() {
    return AttrValue.newBuilder().setF(0.0001f).build();
  }
}
