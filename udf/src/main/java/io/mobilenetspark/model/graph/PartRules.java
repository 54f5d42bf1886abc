package io.mobilenetspark.model.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Ops that put tensors together and take them apart. */
final class PartRules {

  private PartRules() {}

  static Map<String, Rule> all() {
    Map<String, Rule> rules = new HashMap<>();
    rules.put("ConcatV2", call -> concat(call, call.inputs().size() - 1));
    rules.put("Concat", call -> concat(call, 0));
    rules.put("Pack", PartRules::pack);
    rules.put("Unpack", PartRules::unpack);
    rules.put("Split", PartRules::split);
    rules.put("SplitV", PartRules::splitV);
    rules.put("Slice", PartRules::slice);
    rules.put("StridedSlice", PartRules::stridedSlice);
    return rules;
  }

  /**
   * @param axisInput which of the inputs is the axis
   */
  private static List<Value> concat(Call call, int axisInput) throws RefusedGraphException {
    List<Value> parts = new ArrayList<>(call.inputs());
    if (parts.size() < 2) {
      throw call.refused(String.format(Locale.ROOT, "has %d inputs", parts.size()));
    }
    parts.remove(axisInput);
    int axis = call.axis(call.number(axisInput), parts.get(0).rank());
    long[] shape = parts.get(0).shape();
    shape[axis] = 0;
    for (Value part : parts) {
      boolean fits = part.rank() == shape.length;
      for (int i = 0; fits && i < shape.length; i++) {
        fits = i == axis || part.dimension(i) == shape[i];
      }
      if (!fits) {
        throw call.refused("has inputs whose shapes don't fit");
      }
      shape[axis] += part.dimension(axis);
    }
    return List.of(
        call.output(
            Value.of(parts.get(0).type(), shape, shape.length == 1 ? joined(parts) : null)));
  }

  /** The numbers of all parts, one after another; null if some are not known. */
  private static long @Nullable [] joined(List<Value> parts) {
    List<Long> all = new ArrayList<>();
    for (Value part : parts) {
      long[] numbers = part.numbers().orElse(null);
      if (numbers == null || all.size() > Value.MAX_NUMBERS) {
        return null;
      }
      Arrays.stream(numbers).forEach(all::add);
    }
    return ShapeRules.array(all);
  }

  private static List<Value> pack(Call call) throws RefusedGraphException {
    Value first = call.input(0);
    for (Value part : call.inputs()) {
      if (!part.hasShapeOf(first)) {
        throw call.refused("has inputs whose shapes don't fit");
      }
    }
    List<Long> shape = new ArrayList<>(Arrays.stream(first.shape()).boxed().toList());
    shape.add(
        call.axis(call.attributeNumber("axis"), first.rank() + 1), (long) call.inputs().size());
    return List.of(
        call.output(
            Value.of(
                first.type(),
                ShapeRules.array(shape),
                first.rank() == 0 ? joined(call.inputs()) : null)));
  }

  private static List<Value> unpack(Call call) throws RefusedGraphException {
    Value input = call.input(0);
    int axis = call.axis(call.attributeNumber("axis"), input.rank());
    long count = call.attributeNumber("num");
    if (count != input.dimension(axis) || count > Value.MAX_NUMBERS) {
      throw call.refused(String.format(Locale.ROOT, "makes %d of %s", count, input));
    }
    List<Long> shape = new ArrayList<>(Arrays.stream(input.shape()).boxed().toList());
    shape.remove(axis);
    long[] numbers = input.rank() == 1 ? input.numbers().orElse(null) : null;
    List<Value> outputs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      outputs.add(
          Value.of(
              input.type(),
              ShapeRules.array(shape),
              numbers == null ? null : new long[] {numbers[i]}));
    }
    return outputs;
  }

  private static List<Value> split(Call call) throws RefusedGraphException {
    Value input = call.input(1);
    int axis = call.axis(call.number(0), input.rank());
    long count = call.attributeNumber("num_split");
    if (count < 1 || count > Value.MAX_NUMBERS || input.dimension(axis) % count != 0) {
      throw call.refused(String.format(Locale.ROOT, "makes %d of %s", count, input));
    }
    long[] shape = input.shape();
    shape[axis] /= count;
    return Collections.nCopies((int) count, Value.of(input.type(), shape));
  }

  private static List<Value> splitV(Call call) throws RefusedGraphException {
    Value input = call.input(0);
    int axis = call.axis(call.number(2), input.rank());
    long[] sizes = call.numbers(1);
    long rest = input.dimension(axis);
    int open = -1;
    for (int i = 0; i < sizes.length; i++) {
      if (sizes[i] == -1 && open < 0) {
        open = i;
      } else {
        rest -= Math.max(0, Math.min(sizes[i], Integer.MAX_VALUE));
      }
    }
    if (open >= 0) {
      sizes[open] = rest;
    }
    boolean isWhole = sizes.length == call.attributeNumber("num_split") && (open >= 0 || rest == 0);
    List<Value> outputs = new ArrayList<>();
    for (long size : sizes) {
      isWhole &= size >= 0;
      long[] shape = input.shape();
      shape[axis] = size;
      outputs.add(Value.of(input.type(), shape));
    }
    if (!isWhole) {
      throw call.refused(
          String.format(Locale.ROOT, "splits %s into %s", input, Arrays.toString(sizes)));
    }
    return outputs;
  }

  private static List<Value> slice(Call call) throws RefusedGraphException {
    Value input = call.input(0);
    long[] begin = call.numbers(1);
    long[] size = call.numbers(2);
    boolean fits = begin.length == input.rank() && size.length == input.rank();
    for (int i = 0; fits && i < size.length; i++) {
      fits = begin[i] >= 0 && begin[i] <= input.dimension(i);
      if (fits && size[i] == -1) {
        size[i] = input.dimension(i) - begin[i];
      }
      fits = fits && size[i] >= 0 && size[i] <= input.dimension(i) - begin[i];
    }
    if (!fits) {
      throw call.refused(
          String.format(
              Locale.ROOT,
              "takes %s from %s of %s",
              Arrays.toString(size),
              Arrays.toString(begin),
              input));
    }
    long[] numbers =
        input.rank() == 1
            ? input
                .numbers()
                .map(all -> Arrays.copyOfRange(all, (int) begin[0], (int) (begin[0] + size[0])))
                .orElse(null)
            : null;
    return List.of(Value.of(input.type(), size, numbers));
  }

  private static List<Value> stridedSlice(Call call) throws RefusedGraphException {
    Value input = call.input(0);
    Slices slices = Slices.of(call, input);
    long[] numbers = null;
    if (input.rank() == 1 && input.numbers().isPresent()) {
      numbers = slices.pick(input.numbers().get());
    }
    return List.of(call.output(Value.of(input.type(), slices.shape(), numbers)));
  }
}
