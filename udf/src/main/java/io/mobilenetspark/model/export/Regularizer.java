package io.mobilenetspark.model.export;

import io.mobilenetspark.model.MobileNetWeights;
import java.util.List;
import org.tensorflow.proto.TensorShapeProto;

/** The nodes of {@code scale * sum(w^2) / 2}. */
final class Regularizer {

  private Regularizer() {}

  /**
   * Adds the nodes.
   *
   * @param handle input string of the variable's handle; its name too, outside functions
   * @return name of the scalar node
   */
  static String add(
      Nodes nodes, String scope, String handle, MobileNetWeights weights, ExportFacts facts) {
    return add(nodes, scope, handle, weights.get(handle).shapeProto(), facts);
  }

  static String add(
      Nodes nodes, String scope, String handle, TensorShapeProto shape, ExportFacts facts) {
    TensorShapeProto scalar = TensorShapeProto.getDefaultInstance();
    String read = nodes.read(scope + "/L2Loss/ReadVariableOp", handle, shape);
    String loss = nodes.arithmetic("L2Loss", scope + "/L2Loss", List.of(read), scalar);
    String scale = nodes.constant(scope + "/scale", Attributes.scalar((float) facts.weightDecay()));
    return nodes.arithmetic("Mul", scope, List.of(scale, loss), scalar);
  }
}
