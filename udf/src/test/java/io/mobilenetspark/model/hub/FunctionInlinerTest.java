package io.mobilenetspark.model.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobilenetspark.runtime.NativeLibrary;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.FunctionDefLibrary;
import org.tensorflow.proto.NameAttrList;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;

class FunctionInlinerTest {

  private static NodeDef node(String name, String op, String... inputs) {
    return NodeDef.newBuilder().setName(name).setOp(op).addAllInput(List.of(inputs)).build();
  }

  private static NodeDef call(String name, String function, String... inputs) {
    return node(name, "PartitionedCall", inputs).toBuilder()
        .putAttr(
            "f",
            AttrValue.newBuilder().setFunc(NameAttrList.newBuilder().setName(function)).build())
        .build();
  }

  private static FunctionDef.Builder function(String name, List<String> inputs, NodeDef... body) {
    OpDef.Builder signature = OpDef.newBuilder().setName(name);
    inputs.forEach(input -> signature.addInputArgBuilder().setName(input));
    return FunctionDef.newBuilder().setSignature(signature).addAllNodeDef(List.of(body));
  }

  private static FunctionDef returning(FunctionDef.Builder function, String result) {
    function.getSignatureBuilder().addOutputArgBuilder().setName("result");
    return function.putRet("result", result).build();
  }

  private static FunctionInliner inliner(FunctionDef... functions) {
    return new FunctionInliner(
        FunctionDefLibrary.newBuilder().addAllFunction(List.of(functions)).build());
  }

  /** Of one argument, whose result is what a reference says. */
  private static FunctionInliner.Inlined resolved(String reference) throws DamagedGraphException {
    FunctionDef function =
        returning(function("f", List.of("x"), node("y", "Add", "x", "^x")), reference);
    return inliner(function).call("f", "call/", List.of("images:0"));
  }

  @Test
  void argumentsAndNodesHaveNamesOfTheFlatGraph() throws DamagedGraphException {
    FunctionInliner inliner =
        inliner(
            returning(
                function(
                    "f", List.of("x"), node("y", "Add", "x", "^x"), node("z", "Neg", "y:1", "^y")),
                "z:0"));
    inliner.add(node("images", "Placeholder"));
    assertThat(inliner.call("f", "call/", List.of("images:2")).outputs()).containsExactly("call/z");
    assertThat(inliner.nodes())
        .containsExactly(
            node("images", "Placeholder"),
            node("call/y", "Add", "images:2", "^images"),
            node("call/z", "Neg", "call/y:1", "^call/y"));
  }

  @Test
  void callsWithinFunctionsBecomeWhatTheyDo() throws DamagedGraphException {
    FunctionDef inner =
        returning(function("inner", List.of("a"), node("assign", "AssignVariableOp", "a")), "a")
            .toBuilder()
            .putControlRet("effect", "assign")
            .build();
    FunctionInliner inliner =
        inliner(
            inner,
            returning(
                function(
                    "outer",
                    List.of("x"),
                    node("first", "NoOp"),
                    call("call", "inner", "x", "^first"),
                    node("after", "Neg", "call:0", "^call")),
                "after"));
    FunctionInliner.Inlined inlined = inliner.call("outer", "p/", List.of("images"));
    assertThat(inlined.outputs()).containsExactly("p/after");
    assertThat(inlined.controls()).containsExactly("p/call/assign");
    assertThat(inliner.nodes())
        .containsExactly(
            node("p/first", "NoOp"),
            node("p/call/assign", "AssignVariableOp", "images"),
            node("p/call", "NoOp", "^p/first", "^p/call/assign"),
            node("p/after", "Neg", "images", "^p/call"));
    assertThat(inliner.resolveCall("p/call")).isEqualTo("images");
    assertThat(inliner.resolveCall("^p/call")).isEqualTo("^p/call");
    assertThatThrownBy(() -> inliner.resolveCall("p/call:1"))
        .hasMessage("call 'p/call:1' has no such output");
    assertThat(inliner.call("outer", "q/", List.of("images")).outputs())
        .as("once more, beside the first")
        .containsExactly("q/after");
  }

  /** Ops of control flow name functions too, and keep them. */
  @Test
  void otherOpsWithFunctionsStay() throws DamagedGraphException {
    NodeDef branch = call("branch", "inner").toBuilder().setOp("StatelessIf").build();
    NodeDef nameless = node("nameless", "PartitionedCall");
    FunctionInliner inliner = inliner(function("f", List.of(), branch, nameless).build());
    inliner.call("f", "", List.of());
    assertThat(inliner.nodes()).containsExactly(branch, nameless);
  }

  @Test
  void whatIsWrongWithAFunctionIsTold() {
    assertThatThrownBy(() -> inliner().call("gone", "", List.of()))
        .isInstanceOf(DamagedGraphException.class)
        .hasMessage("there is no function 'gone'");
    assertThatThrownBy(
            () ->
                inliner(function("f", List.of(), call("c", "f")).build()).call("f", "", List.of()))
        .hasMessage("function 'f' calls itself");
    assertThatThrownBy(
            () -> inliner(function("f", List.of("a", "b")).build()).call("f", "", List.of("x")))
        .hasMessage("function 'f' takes 2 arguments, not 1");
    FunctionDef.Builder silent = function("f", List.of());
    silent.getSignatureBuilder().addOutputArgBuilder().setName("result");
    assertThatThrownBy(() -> inliner(silent.build()).call("f", "", List.of()))
        .hasMessage("function 'f' does not say what its result 'result' is");
  }

  @ParameterizedTest
  @CsvSource({"64, true", "65, false"})
  void functionsCallOneAnotherSixtyFourDeep(int depth, boolean isTaken)
      throws DamagedGraphException {
    FunctionDef[] chain = new FunctionDef[depth];
    for (int i = 0; i < depth; i++) {
      chain[i] =
          (i == depth - 1
                  ? function("f" + i, List.of())
                  : function("f" + i, List.of(), call("c", "f" + (i + 1))))
              .build();
    }
    FunctionInliner inliner = inliner(chain);
    if (isTaken) {
      assertThat(inliner.call("f0", "", List.of()).outputs()).isEmpty();
    } else {
      assertThatThrownBy(() -> inliner.call("f0", "", List.of()))
          .hasMessage("its functions call one another more than 64 deep");
    }
  }

  /** Two nodes that each call the next function twice: a page of text, and 2^20 nodes. */
  @Test
  void nodesAreCountedBeforeTheyAreMade() {
    FunctionDef[] chain = new FunctionDef[20];
    for (int i = 0; i < chain.length; i++) {
      chain[i] =
          (i == chain.length - 1
                  ? function("f" + i, List.of(), node("n", "NoOp"))
                  : function(
                      "f" + i, List.of(), call("a", "f" + (i + 1)), call("b", "f" + (i + 1))))
              .build();
    }
    assertThatThrownBy(() -> inliner(chain).call("f0", "", List.of()))
        .hasMessage("its functions have more than 200000 nodes");
  }

  @ParameterizedTest
  @CsvSource({"199999, true", "200000, false"})
  void nodesAreCounted(int before, boolean isTaken) throws DamagedGraphException {
    FunctionInliner inliner = inliner(function("f", List.of(), node("n", "NoOp")).build());
    NodeDef node = node("x", "NoOp");
    for (int i = 0; i < before; i++) {
      inliner.add(node);
    }
    if (isTaken) {
      assertThat(inliner.call("f", "", List.of()).controls()).isEmpty();
    } else {
      assertThatThrownBy(() -> inliner.call("f", "", List.of()))
          .hasMessage("its functions have more than 200000 nodes");
    }
  }

  /** Two calls that each give what they get, from one another. */
  @Test
  void callsThatGoRoundAreTold() throws DamagedGraphException {
    FunctionDef same = returning(function("same", List.of("x")), "x");
    FunctionInliner inliner =
        inliner(
            same,
            function("f", List.of(), call("a", "same", "b:0"), call("b", "same", "a:0")).build());
    inliner.call("f", "", List.of());
    assertThatThrownBy(() -> inliner.resolveCall("a"))
        .isInstanceOf(DamagedGraphException.class)
        .hasMessage("call 'a' has no such output");
  }

  @ParameterizedTest
  @CsvSource({
    "x, images:0",
    "x:5, images:0",
    "y, call/y",
    "y:0, call/y",
    "y:65535, call/y:65535",
    "^y, ^call/y",
    "^x, ^images"
  })
  void referencesAreResolved(String reference, String input) throws DamagedGraphException {
    assertThat(resolved(reference).outputs()).containsExactly(input);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "y:-1 | a function refers to output '-1'",
        "y:65536 | a function refers to output '65536'",
        "y:one | a function refers to output 'one'",
        "gone:0 | a function refers to 'gone:0', which is not there"
      })
  void referencesToNothingAreTold(String reference, String message) {
    assertThatThrownBy(() -> resolved(reference))
        .isInstanceOf(DamagedGraphException.class)
        .hasMessage(message);
  }

  /** By the definition of the op; lists have as many outputs as an attribute says. */
  @Test
  void outputsHaveNamesWithinFunctions() throws DamagedGraphException {
    NativeLibrary.load();
    NodeDef node = node("m", "FusedBatchNormV3");
    FunctionInliner inliner =
        inliner(
            returning(function("f", List.of(), node), "m:batch_variance:0"),
            returning(function("g", List.of(), node), "m:nothing:0"),
            returning(function("h", List.of(), node("m", "NoSuchOp")), "m:output:0"));
    assertThat(inliner.call("f", "", List.of()).outputs()).containsExactly("m:2");
    assertThatThrownBy(() -> inliner.call("g", "", List.of()))
        .hasMessage("node 'm' has no output 'nothing'");
    assertThatThrownBy(() -> inliner.call("h", "", List.of()))
        .hasMessage("this TensorFlow has no op 'NoSuchOp' (node 'm')");
    FunctionInliner lists =
        inliner(
            returning(function("f", List.of(), split(3)), "m:output:2"),
            returning(function("g", List.of(), node("m", "Unpack")), "m:nothing:0"));
    assertThat(lists.call("f", "", List.of()).outputs()).containsExactly("m:2");
    assertThatThrownBy(() -> lists.call("g", "", List.of()))
        .as("a list of unknown length")
        .hasMessage("node 'm' has no output 'nothing'");
  }

  /** Of four lists the first three are empty. */
  @Test
  void outputsBehindEmptyListsHaveTheirPlaces() throws DamagedGraphException {
    NativeLibrary.load();
    AttrValue none = AttrValue.newBuilder().setI(0).build();
    AttrValue noTypes =
        AttrValue.newBuilder().setList(AttrValue.ListValue.getDefaultInstance()).build();
    NodeDef parse =
        node("m", "ParseExample").toBuilder()
            .putAttr("Nsparse", none)
            .putAttr("sparse_types", noTypes)
            .build();
    FunctionInliner inliner =
        inliner(returning(function("f", List.of(), parse), "m:dense_values:1"));
    assertThat(inliner.call("f", "", List.of()).outputs()).containsExactly("m:1");
  }

  private static NodeDef split(int outputs) {
    return node("m", "Unpack").toBuilder()
        .putAttr("num", AttrValue.newBuilder().setI(outputs).build())
        .build();
  }
}
