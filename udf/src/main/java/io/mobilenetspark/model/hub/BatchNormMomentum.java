package io.mobilenetspark.model.hub;

import java.nio.ByteOrder;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;

/** Reads constants that a training graph has built in. */
final class BatchNormMomentum {

  /** Updates are {@code moving -= (moving - batch) * (1 - momentum)}. */
  private static final int UPDATE_VALUE = 1;

  private BatchNormMomentum() {}

  /** The default of the graph's momentum input, else what its first update op has built in. */
  static Optional<Double> of(ModuleGraph module) {
    Map<String, NodeDef> nodes = GraphPruner.byName(module.graph());
    if (module.momentum().isPresent()) {
      NodeDef input = nodes.get(module.momentum().get());
      return input == null ? Optional.empty() : constantInput(nodes, input);
    }
    return module.updateOps().stream()
        .findFirst()
        .map(nodes::get)
        .filter(update -> update.getInputCount() > UPDATE_VALUE)
        .map(update -> nodes.get(TensorRef.parse(update.getInput(UPDATE_VALUE)).node()))
        .filter(product -> product.getOp().equals("Mul"))
        .flatMap(product -> constantInput(nodes, product))
        // 1 - momentum is a float32: 0.01f is not 1 - 0.99, the nearest decimal is meant
        .map(decay -> Math.rint((1 - decay) * 1e6) / 1e6);
  }

  /** The scale of an L2 regularizer, {@code scale * sum(w^2) / 2}. */
  static Optional<Double> regularizerScale(ModuleGraph module, String loss) {
    Map<String, NodeDef> nodes = GraphPruner.byName(module.graph());
    NodeDef node = nodes.get(TensorRef.parse(loss).node());
    for (int hops = 0; node != null && node.getOp().equals("Identity") && hops < 8; hops++) {
      node = node.getInputCount() == 0 ? null : nodes.get(TensorRef.parse(node.getInput(0)).node());
    }
    return node == null || !node.getOp().equals("Mul")
        ? Optional.empty()
        : constantInput(nodes, node);
  }

  private static Optional<Double> constantInput(Map<String, NodeDef> nodes, NodeDef node) {
    return node.getInputList().stream()
        .map(input -> nodes.get(TensorRef.parse(input).node()))
        .filter(input -> input != null && input.getOp().equals("Const"))
        .flatMap(
            input ->
                scalar(input.getAttrOrDefault("value", AttrValue.getDefaultInstance()).getTensor())
                    .stream())
        .findFirst();
  }

  private static Optional<Double> scalar(TensorProto tensor) {
    if (tensor.getFloatValCount() == 1) {
      return Optional.of(decimal(tensor.getFloatVal(0)));
    }
    if (tensor.getTensorContent().size() == Float.BYTES) {
      return Optional.of(
          decimal(
              tensor
                  .getTensorContent()
                  .asReadOnlyByteBuffer()
                  .order(ByteOrder.LITTLE_ENDIAN)
                  .getFloat()));
    }
    return Optional.empty();
  }

  /** 0.99f as 0.99, not as 0.9900000095367432. */
  private static double decimal(float value) {
    return Double.parseDouble(Float.toString(value));
  }
}
