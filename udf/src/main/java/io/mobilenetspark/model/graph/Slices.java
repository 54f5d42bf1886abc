package io.mobilenetspark.model.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a {@code StridedSlice} takes, by the rules of Python's {@code tensor[a:b:c, ..., newaxis]}.
 *
 * @see <a href="https://www.tensorflow.org/api_docs/python/tf/strided_slice">tf.strided_slice</a>
 */
final class Slices {

  private final List<Long> shape = new ArrayList<>();

  /** Of the first dimension: where it starts, and by what it goes on. */
  private long first;

  private long step = 1;
  private long count;

  private Slices() {}

  static Slices of(Call call, Value input) throws RefusedGraphException {
    long[] begin = call.numbers(1);
    long[] end = call.numbers(2);
    long[] strides = call.numbers(3);
    if (begin.length != end.length || begin.length != strides.length || begin.length > 31) {
      throw call.refused(
          String.format(Locale.ROOT, "has %d begins and %d ends", begin.length, end.length));
    }
    Masks masks = Masks.of(call);
    Slices slices = new Slices();
    int axis = 0;
    boolean hasEllipsis = false;
    for (int i = 0; i < begin.length; i++) {
      if (masks.ellipsis(i)) {
        if (hasEllipsis) {
          throw call.refused("has two ellipses");
        }
        hasEllipsis = true;
        int named = 0;
        for (int later = i + 1; later < begin.length; later++) {
          named += masks.newAxis(later) ? 0 : 1;
        }
        for (; axis < input.rank() - named; axis++) {
          slices.whole(axis, input.dimension(axis));
        }
      } else if (masks.newAxis(i)) {
        slices.shape.add(1L);
      } else {
        if (axis >= input.rank()) {
          throw call.refused(
              String.format(Locale.ROOT, "takes more dimensions than %s has", input));
        }
        slices.add(
            call, axis, input.dimension(axis), masks, i, new long[] {begin[i], end[i], strides[i]});
        axis++;
      }
    }
    for (; axis < input.rank(); axis++) {
      slices.whole(axis, input.dimension(axis));
    }
    return slices;
  }

  private record Masks(long begin, long end, long ellipsis, long newAxis, long shrink) {

    static Masks of(Call call) throws RefusedGraphException {
      return new Masks(
          call.attributeNumber("begin_mask"),
          call.attributeNumber("end_mask"),
          call.attributeNumber("ellipsis_mask"),
          call.attributeNumber("new_axis_mask"),
          call.attributeNumber("shrink_axis_mask"));
    }

    private static boolean has(long mask, int i) {
      return (mask >> i & 1) == 1;
    }

    boolean ellipsis(int i) {
      return has(ellipsis, i);
    }

    boolean newAxis(int i) {
      return has(newAxis, i);
    }
  }

  private void whole(int axis, long size) {
    shape.add(size);
    if (axis == 0) {
      count = size;
    }
  }

  /**
   * @param range begin, end, stride
   */
  private void add(Call call, int axis, long size, Masks masks, int i, long[] range)
      throws RefusedGraphException {
    long stride = range[2];
    if (Masks.has(masks.shrink, i)) {
      long at = range[0] < 0 ? range[0] + size : range[0];
      if (at < 0 || at >= size || stride <= 0) {
        throw call.refused(String.format(Locale.ROOT, "takes element %d of %d", range[0], size));
      }
      note(axis, at, 1, 1);
      return;
    }
    if (stride == 0 || stride == Long.MIN_VALUE) {
      throw call.refused(String.format(Locale.ROOT, "has the stride %d", stride));
    }
    long lowest = stride > 0 ? 0 : -1;
    long highest = stride > 0 ? size : size - 1;
    long from =
        Masks.has(masks.begin, i)
            ? (stride > 0 ? lowest : highest)
            : clamp(range[0], size, lowest, highest);
    long to =
        Masks.has(masks.end, i)
            ? (stride > 0 ? highest : lowest)
            : clamp(range[1], size, lowest, highest);
    long span = stride > 0 ? to - from : from - to;
    long step = Math.abs(stride);
    long taken = span <= 0 ? 0 : (span - 1) / step + 1;
    note(axis, from, stride, taken);
    shape.add(taken);
  }

  private void note(int axis, long from, long stride, long taken) {
    if (axis == 0) {
      first = from;
      step = stride;
      count = taken;
    }
  }

  private static long clamp(long place, long size, long lowest, long highest) {
    long forward = place < 0 ? place + size : place;
    return Math.max(lowest, Math.min(highest, forward));
  }

  long[] shape() {
    return ShapeRules.array(shape);
  }

  /** The numbers that are taken of a tensor of rank 1. */
  long[] pick(long[] numbers) {
    long[] picked = new long[(int) count];
    for (int i = 0; i < picked.length; i++) {
      picked[i] = numbers[(int) (first + i * step)];
    }
    return picked;
  }
}
