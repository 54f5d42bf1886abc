package io.mobilenetspark.model.graph;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorProto;

/**
 * What is known of a tensor before its graph has run: type and shape, and the numbers of a small
 * one of integers or truth values that no pixel has a part in. Immutable.
 *
 * <p>Floats are never known: TensorFlow rearranges their arithmetic, so that nobody can say what
 * exactly it will compute.
 */
final class Value {

  /** Shapes, axes and counters are short. */
  static final int MAX_NUMBERS = 1024;

  private final DataType type;
  private final long[] shape;
  private final long @Nullable [] numbers;

  private Value(DataType type, long[] shape, long @Nullable [] numbers) {
    this.type = type;
    this.shape = shape;
    this.numbers = numbers;
  }

  /** A tensor whose numbers are not known. */
  static Value of(DataType type, long... shape) {
    return new Value(type, shape.clone(), null);
  }

  /** A tensor with its numbers; they are forgotten if its type can't hold them, or it is large. */
  static Value of(DataType type, long[] shape, long @Nullable [] numbers) {
    boolean isKnown =
        numbers != null
            && numbers.length <= MAX_NUMBERS
            && Arrays.stream(numbers).allMatch(number -> fits(type, number));
    return new Value(type, shape.clone(), isKnown && numbers != null ? numbers.clone() : null);
  }

  static Value scalar(DataType type, long number) {
    return of(type, new long[0], new long[] {number});
  }

  private static boolean fits(DataType type, long number) {
    return switch (type) {
      case DT_INT32 -> number == (int) number;
      case DT_INT64 -> true;
      case DT_BOOL -> number == 0 || number == 1;
      default -> false;
    };
  }

  /** A constant. */
  static Value of(TensorProto tensor) {
    long[] shape =
        tensor.getTensorShape().getDimList().stream().mapToLong(d -> d.getSize()).toArray();
    double count = 1;
    for (long dimension : shape) {
      count *= dimension;
    }
    return count > MAX_NUMBERS || count < 0
        ? of(tensor.getDtype(), shape)
        : of(tensor.getDtype(), shape, numbers(tensor, (int) count));
  }

  private static long @Nullable [] numbers(TensorProto tensor, int count) {
    int given =
        switch (tensor.getDtype()) {
          case DT_INT32 -> tensor.getIntValCount();
          case DT_INT64 -> tensor.getInt64ValCount();
          case DT_BOOL -> tensor.getBoolValCount();
          default -> -1;
        };
    if (given < 0) {
      return null;
    }
    ByteString content = tensor.getTensorContent();
    if (!content.isEmpty() && content.size() < count * Value.of(tensor.getDtype()).bytes()) {
      return null;
    }
    ByteBuffer bytes = content.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    long[] numbers = new long[count];
    for (int i = 0; i < count; i++) {
      int last = Math.min(i, given - 1); // the last one given stands for all that follow
      numbers[i] =
          switch (tensor.getDtype()) {
            case DT_INT32 ->
                content.isEmpty() ? (last < 0 ? 0 : tensor.getIntVal(last)) : bytes.getInt(4 * i);
            case DT_INT64 ->
                content.isEmpty()
                    ? (last < 0 ? 0 : tensor.getInt64Val(last))
                    : bytes.getLong(8 * i);
            default ->
                (content.isEmpty() ? last >= 0 && tensor.getBoolVal(last) : bytes.get(i) != 0)
                    ? 1
                    : 0;
          };
    }
    return numbers;
  }

  DataType type() {
    return type;
  }

  long[] shape() {
    return shape.clone();
  }

  int rank() {
    return shape.length;
  }

  long dimension(int axis) {
    return shape[axis];
  }

  /** Number of elements; a double, which no product of dimensions overflows. */
  double elements() {
    double elements = 1;
    for (long dimension : shape) {
      elements *= dimension;
    }
    return elements;
  }

  double bytes() {
    int elementBytes =
        switch (type) {
          case DT_DOUBLE, DT_INT64, DT_UINT64 -> 8;
          case DT_FLOAT, DT_INT32, DT_UINT32 -> 4;
          case DT_HALF, DT_BFLOAT16, DT_INT16, DT_UINT16 -> 2;
          default -> 1;
        };
    return elements() * elementBytes;
  }

  boolean hasShape(long... other) {
    return Arrays.equals(shape, other);
  }

  boolean hasShapeOf(Value other) {
    return Arrays.equals(shape, other.shape);
  }

  /** The numbers in row-major order, if they are known. */
  Optional<long[]> numbers() {
    return Optional.ofNullable(numbers).map(long[]::clone);
  }

  /** The number of a scalar, if it is known. */
  Optional<Long> number() {
    return shape.length == 0 && numbers != null ? Optional.of(numbers[0]) : Optional.empty();
  }

  /** The same numbers in another shape of as many elements. */
  Value reshaped(long... newShape) {
    return new Value(type, newShape.clone(), numbers);
  }

  /** What is true of both. */
  Optional<Value> join(Value other) {
    if (type != other.type || !hasShapeOf(other)) {
      return Optional.empty();
    }
    return Optional.of(Arrays.equals(numbers, other.numbers) ? this : of(type, shape));
  }

  @Override
  public String toString() {
    return type + Arrays.toString(shape);
  }
}
