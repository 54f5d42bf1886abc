package io.mobilenetspark.model.hub;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;

class BatchNormMomentumTest {

  private static NodeDef node(String name, String op, String... inputs) {
    return NodeDef.newBuilder().setName(name).setOp(op).addAllInput(List.of(inputs)).build();
  }

  private static NodeDef constant(String name, TensorProto.Builder tensor) {
    return node(name, "Const").toBuilder()
        .putAttr("value", AttrValue.newBuilder().setTensor(tensor).build())
        .build();
  }

  private static NodeDef scalar(String name, float value) {
    return constant(name, TensorProto.newBuilder().addFloatVal(value));
  }

  private static TensorProto.Builder content(float... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      bytes.putFloat(value);
    }
    return TensorProto.newBuilder().setTensorContent(ByteString.copyFrom(bytes.array()));
  }

  private static ModuleGraph module(
      Optional<String> momentum, List<String> updates, NodeDef... nodes) {
    return new ModuleGraph(
        GraphDef.newBuilder().addAllNode(List.of(nodes)).build(),
        "images",
        momentum,
        new TreeMap<>(),
        Map.of(),
        List.of(),
        updates,
        List.of());
  }

  @Test
  void isTheDefaultOfItsInput() {
    NodeDef input = node("momentum", "PlaceholderWithDefault", "x", "default");
    NodeDef other = node("x", "Identity");
    assertThat(
            BatchNormMomentum.of(
                module(Optional.of("momentum"), List.of(), other, input, scalar("default", 0.99f))))
        .contains(0.99);
    assertThat(BatchNormMomentum.of(module(Optional.of("momentum"), List.of(), input, other)))
        .isEmpty();
    assertThat(BatchNormMomentum.of(module(Optional.of("momentum"), List.of(), other))).isEmpty();
  }

  @Test
  void isBuiltIntoTheFirstUpdate() {
    NodeDef update = node("update", "AssignSub", "moving", "product:0");
    NodeDef product = node("product", "Mul", "difference", "decay");
    NodeDef decay = scalar("decay", 0.01f);
    NodeDef difference = node("difference", "Sub");
    assertThat(
            BatchNormMomentum.of(
                module(
                    Optional.empty(),
                    List.of("update", "other"),
                    update,
                    product,
                    difference,
                    decay)))
        .contains(0.99);
    assertThat(BatchNormMomentum.of(module(Optional.empty(), List.of(), update, product, decay)))
        .isEmpty();
    assertThat(
            BatchNormMomentum.of(
                module(
                    Optional.empty(),
                    List.of("update"),
                    node("update", "AssignSub", "product"),
                    product,
                    decay)))
        .as("an update by nothing")
        .isEmpty();
    assertThat(
            BatchNormMomentum.of(
                module(
                    Optional.empty(),
                    List.of("update"),
                    update,
                    node("product", "Sub", "difference", "decay"),
                    decay)))
        .as("another formula")
        .isEmpty();
    assertThat(BatchNormMomentum.of(module(Optional.empty(), List.of("update"), update))).isEmpty();
    assertThat(BatchNormMomentum.of(module(Optional.empty(), List.of("gone"), update))).isEmpty();
  }

  private static Optional<Double> scale(NodeDef... nodes) {
    return module(Optional.empty(), List.of(), nodes).regularizerScale("loss:0");
  }

  @Test
  void aRegularizerHasAScale() {
    NodeDef loss = node("loss", "Mul", "scale", "l2");
    assertThat(scale(loss, scalar("scale", 4e-5f))).contains(4e-5);
    assertThat(scale(loss, constant("scale", content(4e-5f)))).contains(4e-5);
    assertThat(scale(loss, constant("scale", content(1, 2)))).as("no scalar").isEmpty();
    assertThat(scale(loss, node("scale", "Const"))).as("without a value").isEmpty();
    assertThat(scale(loss, node("scale", "Placeholder"))).isEmpty();
    assertThat(scale(node("loss", "Add", "scale"), scalar("scale", 1))).isEmpty();
    assertThat(scale()).isEmpty();
  }

  /** Functions that are put in their callers' places leave such nodes. */
  @Test
  void aRegularizerMayBePassedOnEightTimes() {
    for (int hops : new int[] {0, 1, 8, 9}) {
      NodeDef[] nodes = new NodeDef[hops + 2];
      for (int i = 0; i < hops; i++) {
        nodes[i] = node(i == 0 ? "loss" : "hop" + i, "Identity", "hop" + (i + 1) + ":0");
      }
      nodes[hops] = node(hops == 0 ? "loss" : "hop" + hops, "Mul", "scale");
      nodes[hops + 1] = scalar("scale", 0.5f);
      assertThat(scale(nodes)).isEqualTo(hops > 8 ? Optional.empty() : Optional.of(0.5));
    }
    assertThat(scale(node("loss", "Identity"))).as("of nothing").isEmpty();
    assertThat(scale(node("loss", "Identity", "loss"))).as("of itself").isEmpty();
  }
}
