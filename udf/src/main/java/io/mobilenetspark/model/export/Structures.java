package io.mobilenetspark.model.export;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.SavedObjectGraphOuterClass.FunctionSpec;
import org.tensorflow.proto.Struct.DictValue;
import org.tensorflow.proto.Struct.ListValue;
import org.tensorflow.proto.Struct.NamedTupleValue;
import org.tensorflow.proto.Struct.NoneValue;
import org.tensorflow.proto.Struct.PairValue;
import org.tensorflow.proto.Struct.StructuredValue;
import org.tensorflow.proto.Struct.TensorSpecProto;
import org.tensorflow.proto.Struct.TupleValue;
import org.tensorflow.proto.TensorShapeProto;

/** Python values as a SavedModel stores them. */
final class Structures {

  static final StructuredValue NONE =
      StructuredValue.newBuilder().setNoneValue(NoneValue.getDefaultInstance()).build();

  private Structures() {}

  static StructuredValue flag(Attributes.Flag value) {
    return StructuredValue.newBuilder().setBoolValue(value == Attributes.Flag.TRUE).build();
  }

  static StructuredValue number(double value) {
    return StructuredValue.newBuilder().setFloat64Value(value).build();
  }

  /** A float32 {@code TensorSpec}. */
  static StructuredValue tensor(String name, TensorShapeProto shape) {
    return StructuredValue.newBuilder()
        .setTensorSpecValue(
            TensorSpecProto.newBuilder().setName(name).setShape(shape).setDtype(DataType.DT_FLOAT))
        .build();
  }

  static StructuredValue tuple(List<StructuredValue> values) {
    return StructuredValue.newBuilder()
        .setTupleValue(TupleValue.newBuilder().addAllValues(values))
        .build();
  }

  static StructuredValue texts(List<String> values) {
    ListValue.Builder list = ListValue.newBuilder();
    values.forEach(value -> list.addValuesBuilder().setStringValue(value));
    return StructuredValue.newBuilder().setListValue(list).build();
  }

  static StructuredValue dictionary(Map<String, StructuredValue> values) {
    return StructuredValue.newBuilder()
        .setDictValue(DictValue.newBuilder().putAllFields(values))
        .build();
  }

  /** Positional and keyword arguments. */
  static StructuredValue arguments(
      List<StructuredValue> positional, Map<String, StructuredValue> keyword) {
    return tuple(List.of(tuple(positional), dictionary(keyword)));
  }

  /**
   * What {@code inspect.getfullargspec} says of a function.
   *
   * @param defaults of the last arguments; {@link #NONE} if there are none
   */
  static FunctionSpec function(List<String> arguments, StructuredValue defaults) {
    Map<String, StructuredValue> fields = new LinkedHashMap<>();
    fields.put("args", texts(arguments));
    fields.put("varargs", NONE);
    fields.put("varkw", NONE);
    fields.put("defaults", defaults);
    fields.put("kwonlyargs", texts(List.of()));
    fields.put("kwonlydefaults", NONE);
    fields.put("annotations", dictionary(Map.of()));
    NamedTupleValue.Builder tuple = NamedTupleValue.newBuilder().setName("FullArgSpec");
    fields.forEach(
        (key, value) -> tuple.addValues(PairValue.newBuilder().setKey(key).setValue(value)));
    return FunctionSpec.newBuilder()
        .setFullargspec(StructuredValue.newBuilder().setNamedTupleValue(tuple))
        .setInputSignature(NONE)
        .build();
  }
}
