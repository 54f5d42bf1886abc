package io.mobilenetspark.model.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongBinaryOperator;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.DataType;

/** Ops whose outputs are as large as their inputs, broadcast to one another. */
final class ElementwiseRules {

  private static final List<String> OF_ONE =
      List.of(
          "Relu",
          "Relu6",
          "Elu",
          "Sigmoid",
          "Tanh",
          "Exp",
          "Log",
          "Sqrt",
          "Rsqrt",
          "Square",
          "Floor",
          "Softmax",
          "ZerosLike",
          "OnesLike");

  /** They give their inputs as they are. */
  private static final List<String> PASSING =
      List.of("Identity", "IdentityN", "StopGradient", "PlaceholderWithDefault");

  private static final List<String> OF_TWO = List.of("RealDiv", "Div", "SquaredDifference");

  /** Of whole numbers a power is a loop. */
  private static final int OF_A_POWER = 128;

  private ElementwiseRules() {}

  static Map<String, Rule> all() {
    Map<String, Rule> rules = new HashMap<>();
    OF_ONE.forEach(op -> rules.put(op, call -> List.of(call.output(unknown(call.input(0))))));
    PASSING.forEach(op -> rules.put(op, Call::inputs));
    OF_TWO.forEach(op -> rules.put(op, call -> binary(call, null)));
    rules.put("Neg", call -> unary(call, Math::negateExact));
    rules.put("Abs", call -> unary(call, Math::absExact));
    rules.put("LogicalNot", call -> unary(call, number -> 1 - number));
    rules.put("Cast", ElementwiseRules::cast);
    for (String op : List.of("Add", "AddV2")) {
      rules.put(op, call -> binary(call, Math::addExact));
    }
    rules.put("Sub", call -> binary(call, Math::subtractExact));
    rules.put("Mul", call -> binary(call, Math::multiplyExact));
    rules.put(
        "Pow",
        call -> {
          List<Value> power = binary(call, null);
          call.multiplies(power.get(0).elements() * OF_A_POWER);
          return power;
        });
    rules.put("FloorDiv", call -> binary(call, Math::floorDiv));
    rules.put("FloorMod", call -> binary(call, Math::floorMod));
    rules.put("Maximum", call -> binary(call, Math::max));
    rules.put("Minimum", call -> binary(call, Math::min));
    rules.put("Less", call -> compare(call, (a, b) -> a < b ? 1 : 0));
    rules.put("LessEqual", call -> compare(call, (a, b) -> a <= b ? 1 : 0));
    rules.put("Greater", call -> compare(call, (a, b) -> a > b ? 1 : 0));
    rules.put("GreaterEqual", call -> compare(call, (a, b) -> a >= b ? 1 : 0));
    rules.put("Equal", call -> compare(call, (a, b) -> a == b ? 1 : 0));
    rules.put("NotEqual", call -> compare(call, (a, b) -> a != b ? 1 : 0));
    rules.put("LogicalAnd", call -> compare(call, (a, b) -> a & b));
    rules.put("LogicalOr", call -> compare(call, (a, b) -> a | b));
    rules.put("AddN", ElementwiseRules::addN);
    rules.put("Select", ElementwiseRules::select);
    rules.put("SelectV2", ElementwiseRules::select);
    return rules;
  }

  private static Value unknown(Value value) {
    return Value.of(value.type(), value.shape());
  }

  private static List<Value> unary(Call call, LongUnaryOperator operator)
      throws RefusedGraphException {
    Value input = call.input(0);
    long[] numbers = input.numbers().orElse(null);
    for (int i = 0; numbers != null && i < numbers.length; i++) {
      try {
        numbers[i] = operator.applyAsLong(numbers[i]);
      } catch (ArithmeticException e) {
        numbers = null;
      }
    }
    return List.of(call.output(Value.of(input.type(), input.shape(), numbers)));
  }

  private static List<Value> cast(Call call) throws RefusedGraphException {
    DataType type = call.attributeType("DstT");
    Value input = call.input(0);
    long[] numbers = input.numbers().orElse(null);
    for (int i = 0; type == DataType.DT_BOOL && numbers != null && i < numbers.length; i++) {
      numbers[i] = numbers[i] == 0 ? 0 : 1;
    }
    return List.of(call.output(Value.of(type, input.shape(), numbers)));
  }

  private static List<Value> binary(Call call, @Nullable LongBinaryOperator operator)
      throws RefusedGraphException {
    return List.of(broadcast(call, call.input(0).type(), operator));
  }

  private static List<Value> compare(Call call, LongBinaryOperator operator)
      throws RefusedGraphException {
    return List.of(broadcast(call, DataType.DT_BOOL, operator));
  }

  private static Value broadcast(Call call, DataType type, @Nullable LongBinaryOperator operator)
      throws RefusedGraphException {
    Value a = call.input(0);
    Value b = call.input(1);
    Value output = call.output(type, broadcast(call, a.shape(), b.shape()));
    long[] left = a.numbers().orElse(null);
    long[] right = b.numbers().orElse(null);
    if (operator == null
        || left == null
        || right == null
        || output.elements() > Value.MAX_NUMBERS) {
      return output;
    }
    long[] numbers = new long[(int) output.elements()];
    try {
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = operator.applyAsLong(left[source(i, output, a)], right[source(i, output, b)]);
      }
    } catch (ArithmeticException e) {
      return output; // it overflows, or divides by zero
    }
    return Value.of(type, output.shape(), numbers);
  }

  /** Which element of an input an output's element is made of. */
  private static int source(int index, Value output, Value input) {
    int rest = index;
    int source = 0;
    int step = 1;
    for (int axis = output.rank() - 1; axis >= 0; axis--) {
      int place = (int) (rest % output.dimension(axis));
      rest /= (int) output.dimension(axis);
      int own = axis - (output.rank() - input.rank());
      if (own >= 0) {
        source += input.dimension(own) == 1 ? 0 : place * step;
        step *= (int) input.dimension(own);
      }
    }
    return source;
  }

  static long[] broadcast(Call call, long[] a, long[] b) throws RefusedGraphException {
    long[] shape = new long[Math.max(a.length, b.length)];
    for (int i = 1; i <= shape.length; i++) {
      long left = i > a.length ? 1 : a[a.length - i];
      long right = i > b.length ? 1 : b[b.length - i];
      if (left != right && left != 1 && right != 1) {
        throw call.refused("has inputs whose shapes don't fit");
      }
      shape[shape.length - i] = left == 1 ? right : left;
    }
    return shape;
  }

  private static List<Value> addN(Call call) throws RefusedGraphException {
    List<Value> inputs = new ArrayList<>(call.inputs());
    for (Value input : inputs) {
      if (!input.hasShapeOf(call.input(0))) {
        throw call.refused("has inputs whose shapes don't fit");
      }
    }
    return List.of(unknown(call.input(0)));
  }

  private static List<Value> select(Call call) throws RefusedGraphException {
    Value condition = call.input(0);
    Value yes = call.input(1);
    Value no = call.input(2);
    if (condition.number().isPresent() && yes.hasShapeOf(no)) {
      return List.of(condition.number().get() == 0 ? no : yes);
    }
    boolean isVector = // the older op's rule: one truth value a row
        call.node().getOp().equals("Select") && condition.rank() == 1 && yes.rank() > 1;
    long[] shape = broadcast(call, yes.shape(), no.shape());
    return List.of(
        call.output(yes.type(), isVector ? shape : broadcast(call, shape, condition.shape())));
  }
}
