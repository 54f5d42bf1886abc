package io.mobilenetspark.model.graph;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.tensorflow.internal.c_api.TF_Buffer;
import org.tensorflow.internal.c_api.global.tensorflow;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;
import org.tensorflow.proto.OpList;

/** The definitions of all ops of the TensorFlow that is loaded. */
public final class OpDefs {

  private static final class Holder {
    private static final Map<String, OpDef> ALL = load();
  }

  private OpDefs() {}

  private static Map<String, OpDef> load() {
    TF_Buffer buffer = tensorflow.TF_GetAllOpList();
    try {
      byte[] bytes = new byte[Math.toIntExact(buffer.length())];
      buffer.data().limit(bytes.length).asByteBuffer().get(bytes);
      return OpList.parseFrom(bytes).getOpList().stream()
          .collect(Collectors.toUnmodifiableMap(OpDef::getName, Function.identity()));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("TensorFlow's own list of ops is damaged", e);
    } finally {
      tensorflow.TF_DeleteBuffer(buffer);
    }
  }

  /** The definition of an op; empty if this TensorFlow has none of that name. */
  public static Optional<OpDef> find(String op) {
    return Optional.ofNullable(Holder.ALL.get(op));
  }

  /** The names of all ops. */
  static Set<String> names() {
    return Holder.ALL.keySet();
  }

  /**
   * How many tensors one output argument of a node is: 1, or what an attribute says of a list.
   *
   * @return -1 if the attribute is missing or negative
   */
  public static int outputCount(NodeDef node, OpDef.ArgDef argument) {
    if (!argument.getNumberAttr().isEmpty()) {
      AttrValue count = node.getAttrMap().get(argument.getNumberAttr());
      return count == null || count.getI() < 0 || count.getI() > 1 << 16 ? -1 : (int) count.getI();
    } else if (!argument.getTypeListAttr().isEmpty()) {
      AttrValue types = node.getAttrMap().get(argument.getTypeListAttr());
      return types == null ? -1 : types.getList().getTypeCount();
    }
    return 1;
  }
}
