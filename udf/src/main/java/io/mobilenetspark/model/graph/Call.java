package io.mobilenetspark.model.graph;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;

/** A node that is about to run, with what is known of its inputs. For one use, by one thread. */
final class Call {

  private static final int MAX_RANK = 8;

  /** A dimension, and with it every sum and product of two, stays far from overflowing. */
  private static final long MAX_DIMENSION = Integer.MAX_VALUE;

  private static final double MAX_ELEMENTS = 1L << 40;

  private final NodeDef node;
  private final OpDef definition;
  private final List<Value> inputs;
  private double multiplications;
  private double scratchBytes;

  Call(NodeDef node, OpDef definition, List<Value> inputs) {
    this.node = node;
    this.definition = definition;
    this.inputs = inputs;
  }

  NodeDef node() {
    return node;
  }

  List<Value> inputs() {
    return inputs;
  }

  Value input(int index) throws RefusedGraphException {
    if (index >= inputs.size()) {
      throw refused(String.format(Locale.ROOT, "has %d inputs", inputs.size()));
    }
    return inputs.get(index);
  }

  /** An input of which no dimension is 0; kernels have divided by it and read beside it. */
  Value filled(int index, int rank) throws RefusedGraphException {
    Value input = input(index);
    if (input.rank() != rank || input.elements() < 1) {
      throw refused("has the input " + input);
    }
    return input;
  }

  /** The numbers of an input that says how large something is, or where. */
  long[] numbers(int index) throws RefusedGraphException {
    Value input = input(index);
    return input
        .numbers()
        .orElseThrow(
            () ->
                refused(
                    String.format(
                        Locale.ROOT,
                        "takes a size or a place from %s, which depends on the images or on fractions",
                        index < node.getInputCount() ? node.getInput(index) : index)));
  }

  long number(int index) throws RefusedGraphException {
    long[] numbers = numbers(index);
    if (numbers.length != 1) {
      throw refused("has the input " + input(index));
    }
    return numbers[0];
  }

  /** An axis from 0 on, of an input or attribute that may count from the end. */
  int axis(long axis, int rank) throws RefusedGraphException {
    if (axis < -rank || axis >= rank) {
      throw refused(String.format(Locale.ROOT, "has an axis %d of %d", axis, rank));
    }
    return (int) (axis < 0 ? axis + rank : axis);
  }

  private AttrValue attribute(String name) throws RefusedGraphException {
    AttrValue value = node.getAttrMap().get(name);
    if (value != null) {
      return value;
    }
    return definition.getAttrList().stream()
        .filter(attribute -> attribute.getName().equals(name) && attribute.hasDefaultValue())
        .map(OpDef.AttrDef::getDefaultValue)
        .findFirst()
        .orElseThrow(() -> refused("has no attribute " + name));
  }

  long attributeNumber(String name) throws RefusedGraphException {
    return attribute(name).getI();
  }

  boolean attributeFlag(String name) throws RefusedGraphException {
    return attribute(name).getB();
  }

  String attributeText(String name) throws RefusedGraphException {
    return attribute(name).getS().toStringUtf8();
  }

  DataType attributeType(String name) throws RefusedGraphException {
    return attribute(name).getType();
  }

  long[] attributeNumbers(String name) throws RefusedGraphException {
    return attribute(name).getList().getIList().stream().mapToLong(Long::longValue).toArray();
  }

  String attributeFunction(String name) throws RefusedGraphException {
    return attribute(name).getFunc().getName();
  }

  Value attributeTensor(String name) throws RefusedGraphException {
    return Value.of(attribute(name).getTensor());
  }

  /** An output of a shape that was computed. */
  Value output(DataType type, long... shape) throws RefusedGraphException {
    return output(Value.of(type, shape));
  }

  /** An output, checked. */
  Value output(Value value) throws RefusedGraphException {
    boolean isSane = value.rank() <= MAX_RANK && value.elements() <= MAX_ELEMENTS;
    for (long dimension : value.shape()) {
      isSane &= dimension >= 0 && dimension <= MAX_DIMENSION;
    }
    if (!isSane) {
      throw refused("gives a tensor of the shape " + Arrays.toString(value.shape()));
    }
    return value;
  }

  /** Adds multiplications with their additions to the work, beside reading inputs. */
  void multiplies(double count) {
    multiplications += count;
  }

  /** Adds memory that is used only while the node runs. */
  void needsScratch(double bytes) {
    scratchBytes += bytes;
  }

  double multiplications() {
    return multiplications;
  }

  double scratchBytes() {
    return scratchBytes;
  }

  RefusedGraphException refused(String problem) {
    return new RefusedGraphException(
        String.format(Locale.ROOT, "its node '%s' (%s) %s", node.getName(), node.getOp(), problem));
  }
}
