package io.mobilenetspark.model.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.DataType;

/** Ops that make, ask for, or change shapes, and those that reduce. */
final class ShapeRules {

  private ShapeRules() {}

  static Map<String, Rule> all() {
    Map<String, Rule> rules = new HashMap<>();
    rules.put("Const", call -> List.of(call.output(call.attributeTensor("value"))));
    rules.put("NoOp", call -> List.of());
    rules.put("Shape", ShapeRules::shape);
    rules.put("Size", call -> measure(call, call.input(0).elements()));
    rules.put("Rank", call -> List.of(Value.scalar(DataType.DT_INT32, call.input(0).rank())));
    rules.put("Reshape", ShapeRules::reshape);
    rules.put("Squeeze", ShapeRules::squeeze);
    rules.put("ExpandDims", ShapeRules::expand);
    rules.put("Transpose", ShapeRules::transpose);
    rules.put("Fill", ShapeRules::fill);
    rules.put("Range", ShapeRules::range);
    rules.put("Tile", ShapeRules::tile);
    for (String op : List.of("Pad", "PadV2", "MirrorPad")) {
      rules.put(op, ShapeRules::pad);
    }
    for (String op : List.of("Mean", "Sum", "Max", "Min", "Prod")) {
      rules.put(op, ShapeRules::reduce);
    }
    return rules;
  }

  private static List<Value> shape(Call call) throws RefusedGraphException {
    long[] shape = call.input(0).shape();
    return List.of(Value.of(call.attributeType("out_type"), new long[] {shape.length}, shape));
  }

  private static List<Value> measure(Call call, double count) throws RefusedGraphException {
    return List.of(Value.scalar(call.attributeType("out_type"), (long) count));
  }

  private static List<Value> reshape(Call call) throws RefusedGraphException {
    Value input = call.input(0);
    long[] shape = call.numbers(1);
    int open = -1;
    double known = 1;
    for (int i = 0; i < shape.length; i++) {
      if (shape[i] == -1 && open < 0) {
        open = i;
      } else {
        known *= Math.max(shape[i], 0);
      }
    }
    if (open >= 0) {
      shape[open] = known == 0 ? -1 : (long) (input.elements() / known);
    }
    Value output = call.output(input.reshaped(shape));
    if (output.elements() != input.elements()) {
      throw call.refused(
          String.format(Locale.ROOT, "can't make %s of %s", Arrays.toString(shape), input));
    }
    return List.of(output);
  }

  private static List<Value> squeeze(Call call) throws RefusedGraphException {
    Value input = call.input(0);
    long[] axes = call.attributeNumbers("squeeze_dims");
    boolean[] isGone = axes(call, axes, input.rank());
    List<Long> shape = new ArrayList<>();
    for (int i = 0; i < input.rank(); i++) {
      boolean isOne = input.dimension(i) == 1;
      if (isGone[i] && !isOne) {
        throw call.refused("can't leave out a dimension of " + input);
      }
      if (!(isGone[i] || (axes.length == 0 && isOne))) {
        shape.add(input.dimension(i));
      }
    }
    return List.of(input.reshaped(array(shape)));
  }

  private static boolean[] axes(Call call, long[] axes, int rank) throws RefusedGraphException {
    boolean[] isNamed = new boolean[rank];
    for (long axis : axes) {
      isNamed[call.axis(axis, rank)] = true;
    }
    return isNamed;
  }

  static long[] array(List<Long> shape) {
    return shape.stream().mapToLong(Long::longValue).toArray();
  }

  private static List<Value> expand(Call call) throws RefusedGraphException {
    Value input = call.input(0);
    List<Long> shape = new ArrayList<>(Arrays.stream(input.shape()).boxed().toList());
    shape.add(call.axis(call.number(1), input.rank() + 1), 1L);
    return List.of(call.output(input.reshaped(array(shape))));
  }

  private static List<Value> transpose(Call call) throws RefusedGraphException {
    Value input = call.input(0);
    long[] order = call.numbers(1);
    boolean[] isUsed = axes(call, order, input.rank());
    long[] shape = new long[order.length];
    for (int i = 0; i < order.length; i++) {
      shape[i] = input.dimension(call.axis(order[i], input.rank()));
    }
    if (order.length != input.rank() || Arrays.toString(isUsed).contains("false")) {
      throw call.refused(
          String.format(Locale.ROOT, "has the order %s for %s", Arrays.toString(order), input));
    }
    return List.of(Value.of(input.type(), shape));
  }

  private static List<Value> fill(Call call) throws RefusedGraphException {
    Value value = call.input(1);
    if (value.rank() != 0) {
      throw call.refused("has the input " + value);
    }
    Value output = call.output(value.type(), call.numbers(0));
    boolean isShort = value.number().isPresent() && output.elements() <= Value.MAX_NUMBERS;
    return List.of(
        isShort
            ? Value.of(
                value.type(),
                output.shape(),
                repeated(value.number().get(), (int) output.elements()))
            : output);
  }

  private static long[] repeated(long number, int count) {
    return array(Collections.nCopies(count, number));
  }

  private static List<Value> range(Call call) throws RefusedGraphException {
    long start = call.number(0);
    long limit = call.number(1);
    long delta = call.number(2);
    boolean isSane =
        delta != 0
            && Math.abs((double) delta) <= Integer.MAX_VALUE
            && Math.abs((double) limit - start) <= Integer.MAX_VALUE;
    if (!isSane) {
      throw call.refused(
          String.format(Locale.ROOT, "counts from %d to %d by %d", start, limit, delta));
    }
    long count = Math.max(0, -Math.floorDiv(start - limit, delta));
    if (delta < 0) {
      count = Math.max(0, -Math.floorDiv(limit - start, -delta));
    }
    DataType type = call.input(0).type();
    Value output = call.output(type, count);
    long @Nullable [] numbers = null;
    if (count <= Value.MAX_NUMBERS) {
      numbers = new long[(int) count];
      for (int i = 0; i < count; i++) {
        numbers[i] = start + i * delta;
      }
    }
    return List.of(Value.of(type, output.shape(), numbers));
  }

  private static List<Value> tile(Call call) throws RefusedGraphException {
    Value input = call.input(0);
    long[] multiples = call.numbers(1);
    if (multiples.length != input.rank()) {
      throw call.refused(
          String.format(Locale.ROOT, "has the multiples %s", Arrays.toString(multiples)));
    }
    for (int i = 0; i < multiples.length; i++) {
      requireSane(call, multiples[i]);
      multiples[i] *= input.dimension(i);
    }
    return List.of(call.output(input.type(), multiples));
  }

  /** So that no sum or product of it with a dimension overflows. */
  private static void requireSane(Call call, long number) throws RefusedGraphException {
    if (number < 0 || number > Integer.MAX_VALUE) {
      throw call.refused(String.format(Locale.ROOT, "has the number %d", number));
    }
  }

  private static List<Value> pad(Call call) throws RefusedGraphException {
    Value input = call.input(0);
    long[] paddings = call.numbers(1);
    if (paddings.length != 2 * input.rank()) {
      throw call.refused(
          String.format(Locale.ROOT, "has %d paddings for %s", paddings.length, input));
    }
    long[] shape = input.shape();
    for (int i = 0; i < paddings.length; i++) {
      requireSane(call, paddings[i]);
      boolean isTooFar =
          call.node().getOp().equals("MirrorPad") && paddings[i] >= input.dimension(i / 2);
      if (isTooFar && paddings[i] > 0) {
        throw call.refused(String.format(Locale.ROOT, "mirrors more than there is of %s", input));
      }
      shape[i / 2] += paddings[i];
    }
    return List.of(call.output(input.type(), shape));
  }

  private static List<Value> reduce(Call call) throws RefusedGraphException {
    Value input = call.input(0);
    boolean[] isReduced = axes(call, call.numbers(1), input.rank());
    boolean keeps = call.attributeFlag("keep_dims");
    List<Long> shape = new ArrayList<>();
    for (int i = 0; i < input.rank(); i++) {
      if (!isReduced[i]) {
        shape.add(input.dimension(i));
      } else if (keeps) {
        shape.add(1L);
      }
    }
    boolean isWhole = input.rank() == 1 && isReduced[0];
    return List.of(
        Value.of(
            input.type(),
            array(shape),
            isWhole ? reduced(call.node().getOp(), input.numbers().orElse(null)) : null));
  }

  /** Of the numbers of a shape, such as its product. */
  private static long @Nullable [] reduced(String op, long @Nullable [] numbers) {
    if (numbers == null || numbers.length == 0) {
      return null;
    }
    long result = numbers[0];
    try {
      for (int i = 1; i < numbers.length; i++) {
        result =
            switch (op) {
              case "Sum" -> Math.addExact(result, numbers[i]);
              case "Prod" -> Math.multiplyExact(result, numbers[i]);
              case "Max" -> Math.max(result, numbers[i]);
              case "Min" -> Math.min(result, numbers[i]);
              default -> throw new ArithmeticException(op);
            };
      }
    } catch (ArithmeticException e) {
      return null;
    }
    return op.equals("Mean") ? null : new long[] {result};
  }
}
