package io.mobilenetspark.model.hub;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.tensorflow.proto.SavedObjectGraphOuterClass.FunctionSpec;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedConcreteFunction;
import org.tensorflow.proto.Struct.DictValue;
import org.tensorflow.proto.Struct.ListValue;
import org.tensorflow.proto.Struct.NamedTupleValue;
import org.tensorflow.proto.Struct.NoneValue;
import org.tensorflow.proto.Struct.PairValue;
import org.tensorflow.proto.Struct.StructuredValue;
import org.tensorflow.proto.Struct.TensorSpecProto;
import org.tensorflow.proto.Struct.TupleValue;

/** Python's structures of arguments and results. */
class TraceTest {

  private static final StructuredValue NONE =
      StructuredValue.newBuilder().setNoneValue(NoneValue.getDefaultInstance()).build();

  private static StructuredValue tensor(String name) {
    return StructuredValue.newBuilder()
        .setTensorSpecValue(TensorSpecProto.newBuilder().setName(name))
        .build();
  }

  private static StructuredValue flag(boolean value) {
    return StructuredValue.newBuilder().setBoolValue(value).build();
  }

  private static StructuredValue text(String value) {
    return StructuredValue.newBuilder().setStringValue(value).build();
  }

  private static StructuredValue tuple(StructuredValue... values) {
    return StructuredValue.newBuilder()
        .setTupleValue(TupleValue.newBuilder().addAllValues(List.of(values)))
        .build();
  }

  private static StructuredValue list(StructuredValue... values) {
    return StructuredValue.newBuilder()
        .setListValue(ListValue.newBuilder().addAllValues(List.of(values)))
        .build();
  }

  private static StructuredValue dictionary(Object... entries) {
    DictValue.Builder dictionary = DictValue.newBuilder();
    for (int i = 0; i < entries.length; i += 2) {
      dictionary.putFields((String) entries[i], (StructuredValue) entries[i + 1]);
    }
    return StructuredValue.newBuilder().setDictValue(dictionary).build();
  }

  private static FunctionSpec spec(
      StructuredValue names, StructuredValue defaults, StructuredValue ofKeywords) {
    NamedTupleValue.Builder spec = NamedTupleValue.newBuilder();
    spec.addValues(PairValue.newBuilder().setKey("args").setValue(names));
    spec.addValues(PairValue.newBuilder().setKey("defaults").setValue(defaults));
    spec.addValues(PairValue.newBuilder().setKey("kwonlydefaults").setValue(ofKeywords));
    return FunctionSpec.newBuilder()
        .setFullargspec(StructuredValue.newBuilder().setNamedTupleValue(spec))
        .build();
  }

  private static FunctionSpec names(String... names) {
    StructuredValue[] texts = new StructuredValue[names.length];
    for (int i = 0; i < names.length; i++) {
      texts[i] = text(names[i]);
    }
    return spec(list(texts), NONE, NONE);
  }

  private static Trace trace(StructuredValue signature, StructuredValue output, FunctionSpec spec) {
    return Trace.of(
        "f",
        SavedConcreteFunction.newBuilder()
            .setCanonicalizedInputSignature(signature)
            .setOutputSignature(output)
            .addBoundInputs(5)
            .addBoundInputs(2)
            .build(),
        spec);
  }

  @Test
  void argumentsHaveTheNamesOfTheFunctionWithoutSelf() {
    StructuredValue signature =
        tuple(
            tuple(tensor("x"), flag(true)),
            dictionary("momentum", tensor("m"), "again", flag(false)));
    Trace trace = trace(signature, NONE, names("self", "images", "training"));
    assertThat(trace.arguments().keySet())
        .containsExactly("images", "training", "again", "momentum");
    assertThat(trace.boundInputs()).containsExactly(5, 2);
    assertThat(trace.function()).isEqualTo("f");
    assertThat(trace.flag("training")).contains(true);
    assertThat(trace.flag("again")).contains(false);
    assertThat(trace.flag("images")).as("a tensor").isEmpty();
    assertThat(trace.flag("other")).isEmpty();
    assertThat(trace.tensors().stream().map(Trace.TensorArgument::name))
        .containsExactly("images", "momentum");
    assertThat(trace(signature, NONE, names("images", "training")).arguments())
        .as("without a self")
        .isEqualTo(trace.arguments());
  }

  @Test
  void argumentsWithoutNamesAreNumbered() {
    StructuredValue signature = tuple(tuple(tensor("x"), tensor("y")));
    assertThat(trace(signature, NONE, names()).arguments().keySet())
        .containsExactly("argument 0", "argument 1");
    assertThat(trace(signature, NONE, names("a")).arguments().keySet())
        .containsExactly("a", "argument 1");
    assertThat(trace(NONE, NONE, names("a")).arguments()).isEmpty();
    assertThat(trace(tuple(tuple()), NONE, names()).arguments()).isEmpty();
  }

  @Test
  void tensorsWithinStructuresAreFlat() {
    StructuredValue nested =
        tuple(list(tensor("a"), flag(true)), dictionary("z", tensor("b"), "y", tuple(tensor("c"))));
    Trace trace = trace(tuple(tuple(nested)), NONE, names("all"));
    assertThat(trace.tensors().stream().map(Trace.TensorArgument::name))
        .containsExactly("all", "all/y", "all/z");
    assertThat(trace.tensors().stream().map(tensor -> tensor.spec().getName()))
        .containsExactly("a", "c", "b");
  }

  @Test
  void defaultsAreThoseOfTheLastArguments() {
    Trace.Spec spec =
        Trace.Spec.of(
            spec(
                list(text("self"), text("images"), text("training")),
                tuple(flag(true)),
                dictionary("momentum", text("m"))));
    assertThat(spec.names()).containsExactly("self", "images", "training");
    assertThat(spec.defaults())
        .containsOnly(
            java.util.Map.entry("training", flag(true)),
            java.util.Map.entry("momentum", text("m")));
    assertThat(Trace.Spec.of(FunctionSpec.getDefaultInstance()).defaults()).isEmpty();
    assertThat(Trace.Spec.of(spec(list(text("a")), tuple(flag(true)), NONE)).defaults())
        .containsOnlyKeys("a");
    assertThat(
            Trace.Spec.of(spec(list(text("a")), tuple(flag(true), flag(false)), NONE)).defaults())
        .as("more defaults than names")
        .containsOnly(java.util.Map.entry("a", flag(false)));
    assertThat(Trace.Spec.of(spec(list(), tuple(flag(true)), NONE)).defaults()).isEmpty();
  }

  @Test
  void resultsHaveTheKeysOfTheirStructure() {
    assertThat(keys(tensor("x"))).containsExactly("default");
    assertThat(keys(NONE)).isEmpty();
    assertThat(keys(StructuredValue.getDefaultInstance())).isEmpty();
    assertThat(keys(dictionary("b", tensor("x"), "a", tuple(tensor("y"), NONE, tensor("z")))))
        .containsExactly("a/0", "a/2", "b");
    assertThat(keys(list(tensor("x"), dictionary("k", tensor("y"))))).containsExactly("0", "1/k");
  }

  private static List<String> keys(StructuredValue output) {
    return trace(NONE, output, names()).outputKeys();
  }
}
