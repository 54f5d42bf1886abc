package io.mobilenetspark.model.hub;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/**
 * What a graph must satisfy before TensorFlow's native code may see it. A few bytes of a protocol
 * buffer can ask for terabytes or for shapes that the native code asserts away, and an assertion
 * there is the end of the JVM.
 */
final class GraphLimits {

  static final int MAX_NODES = 200_000;
  private static final int MAX_DIMENSIONS = 16;
  private static final long MAX_ELEMENTS = 1L << 31;
  private static final long MAX_TENSOR_BYTES = 1L << 30;

  private GraphLimits() {}

  /**
   * @throws DamagedGraphException if the graph breaks one of the rules
   */
  static void check(GraphDef graph) throws DamagedGraphException {
    long tensorBytes = check(graph.getNodeList());
    for (FunctionDef function : graph.getLibrary().getFunctionList()) {
      tensorBytes += check(function.getNodeDefList());
    }
    if (tensorBytes > MAX_TENSOR_BYTES) {
      throw new DamagedGraphException(
          String.format(
              Locale.ROOT,
              "the constants of its graph need %d bytes; the limit is %d",
              tensorBytes,
              MAX_TENSOR_BYTES));
    }
  }

  private static long check(List<NodeDef> nodes) throws DamagedGraphException {
    if (nodes.size() > MAX_NODES) {
      throw new DamagedGraphException(
          String.format(
              Locale.ROOT, "its graph has %d nodes; the limit is %d", nodes.size(), MAX_NODES));
    }
    Set<String> names = new HashSet<>();
    long tensorBytes = 0;
    for (NodeDef node : nodes) {
      if (node.getName().isEmpty() || !names.add(node.getName())) {
        throw new DamagedGraphException(
            String.format(
                Locale.ROOT,
                "its graph has two nodes '%s', or one without a name",
                node.getName()));
      }
      tensorBytes += check(node);
    }
    return tensorBytes;
  }

  private static long check(NodeDef node) throws DamagedGraphException {
    long bytes = 0;
    for (AttrValue attribute : node.getAttrMap().values()) {
      switch (attribute.getValueCase()) {
        case SHAPE -> elements(node, attribute.getShape());
        case TENSOR -> bytes += tensorBytes(node, attribute.getTensor());
        case LIST -> {
          for (TensorShapeProto shape : attribute.getList().getShapeList()) {
            elements(node, shape);
          }
          for (TensorProto tensor : attribute.getList().getTensorList()) {
            bytes += tensorBytes(node, tensor);
          }
        }
        case PLACEHOLDER ->
            throw new DamagedGraphException(
                String.format(
                    Locale.ROOT, "node '%s' has an attribute without a value", node.getName()));
        case S, I, F, B, TYPE, FUNC, VALUE_NOT_SET -> {
          // nothing that could ask for memory
        }
      }
    }
    return bytes;
  }

  /** Number of elements, unknown dimensions counted as one. */
  private static long elements(NodeDef node, TensorShapeProto shape) throws DamagedGraphException {
    long elements = 1;
    boolean isSane = shape.getDimCount() <= MAX_DIMENSIONS;
    for (int i = 0; isSane && i < shape.getDimCount(); i++) {
      long dimension = shape.getDim(i).getSize();
      isSane = dimension >= -1 && dimension <= MAX_ELEMENTS;
      elements *= Math.max(1, dimension);
      isSane &= elements <= MAX_ELEMENTS;
    }
    if (!isSane) {
      throw new DamagedGraphException(
          String.format(
              Locale.ROOT, "node '%s' has the shape %s", node.getName(), describe(shape)));
    }
    return elements;
  }

  private static long tensorBytes(NodeDef node, TensorProto tensor) throws DamagedGraphException {
    long elements = elements(node, tensor.getTensorShape());
    boolean isKnown =
        !tensor.getTensorShape().getUnknownRank()
            && tensor.getTensorShape().getDimList().stream().allMatch(dim -> dim.getSize() >= 0);
    if (!isKnown) {
      throw new DamagedGraphException(
          String.format(Locale.ROOT, "the constant '%s' has no shape of its own", node.getName()));
    }
    long contentBytes = tensor.getTensorContent().size();
    int elementBytes = elementBytes(tensor.getDtype());
    long trueElements =
        tensor.getTensorShape().getDimList().stream().anyMatch(dim -> dim.getSize() == 0)
            ? 0
            : elements;
    if (contentBytes > 0 && elementBytes > 0 && contentBytes != trueElements * elementBytes) {
      throw new DamagedGraphException(
          String.format(
              Locale.ROOT,
              "the constant '%s' has %d bytes for the shape %s",
              node.getName(),
              contentBytes,
              describe(tensor.getTensorShape())));
    }
    return elements * Math.max(elementBytes, 8);
  }

  private static int elementBytes(DataType type) {
    return switch (type) {
      case DT_COMPLEX128 -> 16;
      case DT_DOUBLE, DT_INT64, DT_UINT64, DT_COMPLEX64 -> 8;
      case DT_FLOAT, DT_INT32, DT_UINT32 -> 4;
      case DT_HALF, DT_BFLOAT16, DT_INT16, DT_UINT16 -> 2;
      case DT_INT8, DT_UINT8, DT_BOOL -> 1;
      default -> 0;
    };
  }

  private static List<Long> describe(TensorShapeProto shape) {
    return shape.getDimList().stream()
        .limit(MAX_DIMENSIONS + 1L)
        .map(TensorShapeProto.Dim::getSize)
        .toList();
  }
}
