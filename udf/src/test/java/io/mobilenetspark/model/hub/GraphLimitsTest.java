package io.mobilenetspark.model.hub;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.util.Arrays;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/** The limits at their edges: what is the last that passes, and what is said of the next. */
class GraphLimitsTest {

  private static final long GIGA_ELEMENTS = 1L << 27; // of 8 bytes each

  private static AttrValue shape(long... dimensions) {
    return AttrValue.newBuilder().setShape(proto(dimensions)).build();
  }

  private static TensorShapeProto proto(long... dimensions) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (long dimension : dimensions) {
      shape.addDimBuilder().setSize(dimension);
    }
    return shape.build();
  }

  private static TensorProto tensor(DataType type, int contentBytes, long... dimensions) {
    return TensorProto.newBuilder()
        .setDtype(type)
        .setTensorShape(proto(dimensions))
        .setTensorContent(ByteString.copyFrom(new byte[contentBytes]))
        .build();
  }

  private static AttrValue constant(DataType type, int contentBytes, long... dimensions) {
    return AttrValue.newBuilder().setTensor(tensor(type, contentBytes, dimensions)).build();
  }

  private static NodeDef node(String name, AttrValue attribute) {
    return NodeDef.newBuilder().setName(name).putAttr("a", attribute).build();
  }

  private static void check(Consumer<GraphDef.Builder> change) throws DamagedGraphException {
    GraphDef.Builder graph = GraphDef.newBuilder();
    change.accept(graph);
    GraphLimits.check(graph.build());
  }

  private static void takes(AttrValue attribute) {
    assertThatCode(() -> check(graph -> graph.addNode(node("n", attribute))))
        .doesNotThrowAnyException();
  }

  private static void refuses(AttrValue attribute, String message) {
    assertThatThrownBy(() -> check(graph -> graph.addNode(node("n", attribute))))
        .isInstanceOf(DamagedGraphException.class)
        .hasMessage(message);
  }

  @Test
  void nodesAreCounted() {
    GraphDef.Builder graph = GraphDef.newBuilder();
    for (int i = 0; i < GraphLimits.MAX_NODES; i++) {
      graph.addNode(NodeDef.newBuilder().setName(Integer.toString(i)));
    }
    assertThatCode(() -> GraphLimits.check(graph.build())).doesNotThrowAnyException();
    graph.addNode(NodeDef.newBuilder().setName("one more"));
    assertThatThrownBy(() -> GraphLimits.check(graph.build()))
        .hasMessage("its graph has 200001 nodes; the limit is 200000");
  }

  @Test
  void everyNodeHasANameOfItsOwn() {
    NodeDef twin = NodeDef.newBuilder().setName("twin").build();
    assertThatThrownBy(() -> check(graph -> graph.addNode(twin).addNode(twin)))
        .hasMessage("its graph has two nodes 'twin', or one without a name");
    assertThatThrownBy(() -> check(graph -> graph.addNode(NodeDef.getDefaultInstance())))
        .hasMessage("its graph has two nodes '', or one without a name");
    FunctionDef function = FunctionDef.newBuilder().addNodeDef(twin).build();
    assertThatCode(
            () ->
                check(
                    graph -> {
                      graph.addNode(twin);
                      graph.getLibraryBuilder().addFunction(function);
                    }))
        .as("one in the graph and one in a function")
        .doesNotThrowAnyException();
    assertThatThrownBy(
            () ->
                check(
                    graph ->
                        graph
                            .getLibraryBuilder()
                            .addFunction(function.toBuilder().addNodeDef(twin))))
        .hasMessageContaining("two nodes 'twin'");
  }

  @Test
  void shapesHaveNoMoreThanSixteenDimensions() {
    long[] ones = new long[18];
    Arrays.fill(ones, 1);
    takes(shape(Arrays.copyOf(ones, 16)));
    refuses(
        shape(Arrays.copyOf(ones, 17)),
        "node 'n' has the shape [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]");
    refuses( // as far as it takes to see that they are too many
        shape(ones), "node 'n' has the shape [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]");
  }

  @Test
  void shapesHaveNoMoreThanTwoGigaElements() {
    long most = 1L << 31;
    takes(shape(most));
    takes(shape(-1, 1 << 16, 1 << 15));
    takes(shape(0, most, 0));
    refuses(shape(most + 1), "node 'n' has the shape [2147483649]");
    refuses(shape(1 << 16, 1 << 16), "node 'n' has the shape [65536, 65536]");
    refuses(shape(1 << 16, 1 << 16, 0), "node 'n' has the shape [65536, 65536, 0]");
    refuses(shape(-2), "node 'n' has the shape [-2]");
    refuses(shape(Long.MAX_VALUE), "node 'n' has the shape [9223372036854775807]");
    refuses(shape(most + 1, 1), "node 'n' has the shape [2147483649, 1]");
  }

  @Test
  void listsAreLookedInto() {
    AttrValue.ListValue.Builder list = AttrValue.ListValue.newBuilder();
    list.addShape(proto(3)).addTensor(tensor(DataType.DT_FLOAT, 8, 2));
    takes(AttrValue.newBuilder().setList(list).build());
    refuses(
        AttrValue.newBuilder().setList(list.clone().addShape(proto(-7))).build(),
        "node 'n' has the shape [-7]");
    refuses(
        AttrValue.newBuilder()
            .setList(list.clone().addTensor(tensor(DataType.DT_FLOAT, 7, 2)))
            .build(),
        "the constant 'n' has 7 bytes for the shape [2]");
    refuses(
        AttrValue.newBuilder()
            .setList(list.clone().addTensor(tensor(DataType.DT_FLOAT, 0, GIGA_ELEMENTS)))
            .build(),
        "the constants of its graph need 1073741840 bytes; the limit is 1073741824");
  }

  @Test
  void anAttributeHasAValue() {
    refuses(
        AttrValue.newBuilder().setPlaceholder("p").build(),
        "node 'n' has an attribute without a value");
    takes(AttrValue.newBuilder().setI(1L << 60).build());
  }

  @Test
  void aConstantHasAWholeShape() {
    refuses(constant(DataType.DT_FLOAT, 0, -1), "the constant 'n' has no shape of its own");
    TensorProto unknown =
        TensorProto.newBuilder()
            .setTensorShape(TensorShapeProto.newBuilder().setUnknownRank(true))
            .build();
    refuses(
        AttrValue.newBuilder().setTensor(unknown).build(),
        "the constant 'n' has no shape of its own");
    takes(constant(DataType.DT_FLOAT, 4));
    takes(constant(DataType.DT_FLOAT, 0, 0));
  }

  @ParameterizedTest
  @CsvSource({
    "DT_COMPLEX128, 16",
    "DT_DOUBLE, 8",
    "DT_INT64, 8",
    "DT_COMPLEX64, 8",
    "DT_FLOAT, 4",
    "DT_UINT32, 4",
    "DT_BFLOAT16, 2",
    "DT_INT16, 2",
    "DT_BOOL, 1"
  })
  void aConstantHasTheBytesOfItsShape(DataType type, int elementBytes) {
    takes(constant(type, 6 * elementBytes, 2, 3));
    takes(constant(type, 0, 2, 3)); // one value for all
    refuses(
        constant(type, 6 * elementBytes - 1, 2, 3),
        "the constant 'n' has " + (6 * elementBytes - 1) + " bytes for the shape [2, 3]");
    refuses(
        constant(type, elementBytes, 0),
        "the constant 'n' has " + elementBytes + " bytes for the shape [0]");
  }

  @Test
  void aTypeOfNoFixedSizeMayHaveAnyBytes() {
    takes(constant(DataType.DT_STRING, 5, 2));
  }

  /** Whatever the type, an element counts as eight bytes at least. */
  @Test
  void constantsHaveAGigabyteTogether() {
    takes(constant(DataType.DT_FLOAT, 0, GIGA_ELEMENTS));
    takes(constant(DataType.DT_COMPLEX128, 0, GIGA_ELEMENTS / 2));
    refuses(
        constant(DataType.DT_COMPLEX128, 0, GIGA_ELEMENTS),
        "the constants of its graph need 2147483648 bytes; the limit is 1073741824");
    refuses(
        constant(DataType.DT_BOOL, 0, GIGA_ELEMENTS + 1),
        "the constants of its graph need 1073741832 bytes; the limit is 1073741824");
    AttrValue half = constant(DataType.DT_FLOAT, 0, GIGA_ELEMENTS / 2);
    assertThatThrownBy(
            () ->
                check(
                    graph -> {
                      graph.addNode(node("a", half)).addNode(node("b", half));
                      graph
                          .getLibraryBuilder()
                          .addFunction(
                              FunctionDef.newBuilder()
                                  .addNodeDef(node("c", constant(DataType.DT_FLOAT, 0, 1))));
                    }))
        .as("functions count")
        .hasMessageContaining("need 1073741832 bytes");
  }
}
