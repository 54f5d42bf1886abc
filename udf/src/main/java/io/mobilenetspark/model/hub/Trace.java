package io.mobilenetspark.model.hub;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.tensorflow.proto.SavedObjectGraphOuterClass.FunctionSpec;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedConcreteFunction;
import org.tensorflow.proto.Struct.PairValue;
import org.tensorflow.proto.Struct.StructuredValue;
import org.tensorflow.proto.Struct.TensorSpecProto;

/**
 * One concrete function of a Python function: which values chose it, which tensors it takes.
 *
 * @param function name in the library
 * @param arguments values by the Python function's argument names, in its order
 * @param output structure of the result
 * @param boundInputs objects that follow the tensor arguments
 */
record Trace(
    String function,
    Map<String, StructuredValue> arguments,
    StructuredValue output,
    List<Integer> boundInputs) {

  /**
   * @param spec of the Python function; may lack names
   */
  static Trace of(String function, SavedConcreteFunction concrete, FunctionSpec spec) {
    StructuredValue canonical = concrete.getCanonicalizedInputSignature();
    List<StructuredValue> parts = canonical.getTupleValue().getValuesList();
    List<String> names = new ArrayList<>(Spec.of(spec).names());
    Map<String, StructuredValue> arguments = new LinkedHashMap<>();
    if (!parts.isEmpty()) {
      List<StructuredValue> positional = parts.get(0).getTupleValue().getValuesList();
      if (!names.isEmpty() && names.size() == positional.size() + 1) {
        names.remove(0); // self
      }
      for (int i = 0; i < positional.size(); i++) {
        arguments.put(i < names.size() ? names.get(i) : "argument " + i, positional.get(i));
      }
    }
    if (parts.size() > 1) {
      arguments.putAll(new TreeMap<>(parts.get(1).getDictValue().getFieldsMap()));
    }
    return new Trace(
        function, arguments, concrete.getOutputSignature(), concrete.getBoundInputsList());
  }

  /** The names and defaults of a Python function's arguments. */
  record Spec(List<String> names, Map<String, StructuredValue> defaults) {

    static Spec of(FunctionSpec spec) {
      Map<String, StructuredValue> fields = new HashMap<>();
      for (PairValue pair : spec.getFullargspec().getNamedTupleValue().getValuesList()) {
        fields.put(pair.getKey(), pair.getValue());
      }
      StructuredValue none = StructuredValue.getDefaultInstance();
      List<String> names =
          fields.getOrDefault("args", none).getListValue().getValuesList().stream()
              .map(StructuredValue::getStringValue)
              .toList();
      List<StructuredValue> values =
          fields.getOrDefault("defaults", none).getTupleValue().getValuesList();
      Map<String, StructuredValue> defaults = new LinkedHashMap<>();
      int withoutDefault = names.size() - values.size(); // they come first
      for (int i = Math.max(0, -withoutDefault); i < values.size(); i++) {
        defaults.put(names.get(withoutDefault + i), values.get(i));
      }
      defaults.putAll(fields.getOrDefault("kwonlydefaults", none).getDictValue().getFieldsMap());
      return new Spec(names, defaults);
    }
  }

  /** A tensor that the function takes. */
  record TensorArgument(String name, TensorSpecProto spec) {}

  /** The tensors that the function takes, in its order. */
  List<TensorArgument> tensors() {
    List<TensorArgument> tensors = new ArrayList<>();
    arguments.forEach((name, value) -> addTensors(name, value, tensors));
    return tensors;
  }

  /** The value of a Python bool that chose this trace; empty if the argument is none. */
  Optional<Boolean> flag(String argument) {
    StructuredValue value = arguments.get(argument);
    return value != null && value.getKindCase() == StructuredValue.KindCase.BOOL_VALUE
        ? Optional.of(value.getBoolValue())
        : Optional.empty();
  }

  /** The keys of the result's tensors, in the function's order; {@code default} of a single one. */
  List<String> outputKeys() {
    List<String> keys = new ArrayList<>();
    addKeys("", output, keys);
    return keys;
  }

  private static void addTensors(String name, StructuredValue value, List<TensorArgument> tensors) {
    switch (value.getKindCase()) {
      case TENSOR_SPEC_VALUE -> tensors.add(new TensorArgument(name, value.getTensorSpecValue()));
      case TUPLE_VALUE ->
          value.getTupleValue().getValuesList().forEach(v -> addTensors(name, v, tensors));
      case LIST_VALUE ->
          value.getListValue().getValuesList().forEach(v -> addTensors(name, v, tensors));
      case DICT_VALUE ->
          new TreeMap<>(value.getDictValue().getFieldsMap())
              .forEach((key, v) -> addTensors(name + "/" + key, v, tensors));
      default -> {
        // a Python value: it chose the trace and is no argument of the function
      }
    }
  }

  private static void addKeys(String prefix, StructuredValue value, List<String> keys) {
    switch (value.getKindCase()) {
      case DICT_VALUE ->
          new TreeMap<>(value.getDictValue().getFieldsMap())
              .forEach((key, v) -> addKeys(join(prefix, key), v, keys));
      case TUPLE_VALUE -> addAll(prefix, value.getTupleValue().getValuesList(), keys);
      case LIST_VALUE -> addAll(prefix, value.getListValue().getValuesList(), keys);
      case NONE_VALUE, KIND_NOT_SET -> {
        // no tensor
      }
      default -> keys.add(prefix.isEmpty() ? ModuleGraph.DEFAULT_OUTPUT : prefix);
    }
  }

  private static void addAll(String prefix, List<StructuredValue> values, List<String> keys) {
    for (int i = 0; i < values.size(); i++) {
      addKeys(join(prefix, Integer.toString(i)), values.get(i), keys);
    }
  }

  private static String join(String prefix, String key) {
    return prefix.isEmpty() ? key : prefix + "/" + key;
  }
}
