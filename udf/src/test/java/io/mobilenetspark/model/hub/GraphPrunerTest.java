package io.mobilenetspark.model.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NameAttrList;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;
import org.tensorflow.proto.VersionDef;

class GraphPrunerTest {

  private static NodeDef.Builder node(String name, String... inputs) {
    return NodeDef.newBuilder().setName(name).setOp("Op").addAllInput(List.of(inputs));
  }

  private static final GraphDef GRAPH =
      GraphDef.newBuilder()
          .setVersions(VersionDef.newBuilder().setProducer(7))
          .addNode(node("z"))
          .addNode(node("images", "reader"))
          .addNode(node("reader"))
          .addNode(node("conv", "images:0", "z:1"))
          .addNode(node("side", "z"))
          .addNode(node("features", "conv", "^side"))
          .addNode(node("unused", "conv"))
          .build();

  private static List<String> names(GraphDef graph) {
    return graph.getNodeList().stream().map(NodeDef::getName).toList();
  }

  private static GraphDef pruned(GraphPruner.Follow follow, String... targets)
      throws DamagedGraphException {
    return GraphPruner.prune(GRAPH, List.of(targets), Set.of("images"), follow);
  }

  @Test
  void whatIsNeededIsKeptInItsOrder() throws DamagedGraphException {
    assertThat(names(pruned(GraphPruner.Follow.DATA, "features")))
        .containsExactly("z", "images", "conv", "features");
    assertThat(names(pruned(GraphPruner.Follow.DATA_AND_CONTROL, "features")))
        .containsExactly("z", "images", "conv", "side", "features");
    assertThat(names(pruned(GraphPruner.Follow.DATA, "side", "reader")))
        .containsExactly("z", "reader", "side");
    assertThat(pruned(GraphPruner.Follow.DATA, "z").getVersions().getProducer()).isEqualTo(7);
  }

  @Test
  void whatIsFedHasNoInputs() throws DamagedGraphException {
    GraphDef pruned = pruned(GraphPruner.Follow.DATA, "features");
    assertThat(GraphPruner.byName(pruned).get("images")).isEqualTo(node("images").build());
    assertThat(GraphPruner.byName(pruned).get("conv"))
        .isEqualTo(node("conv", "images:0", "z:1").build());
  }

  @Test
  void whatIsMissingIsNamed() {
    assertThatThrownBy(() -> pruned(GraphPruner.Follow.DATA, "nothing"))
        .isInstanceOf(DamagedGraphException.class)
        .hasMessage("its graph has no node 'nothing'");
    GraphDef dangling = GraphDef.newBuilder().addNode(node("a", "gone:3")).build();
    assertThatThrownBy(
            () -> GraphPruner.prune(dangling, List.of("a"), Set.of(), GraphPruner.Follow.DATA))
        .hasMessage("its graph has no node 'gone'");
  }

  private static AttrValue call(String function) {
    return AttrValue.newBuilder().setFunc(NameAttrList.newBuilder().setName(function)).build();
  }

  private static FunctionDef function(String name, NodeDef... body) {
    return FunctionDef.newBuilder()
        .setSignature(OpDef.newBuilder().setName(name))
        .addAllNodeDef(List.of(body))
        .build();
  }

  /** By an attribute, a list of them, or an op of that name; from the graph or a function. */
  @Test
  void functionsThatAreCalledAreKept() throws DamagedGraphException {
    AttrValue branches =
        AttrValue.newBuilder()
            .setList(
                AttrValue.ListValue.newBuilder()
                    .addFunc(NameAttrList.newBuilder().setName("inList")))
            .build();
    GraphDef.Builder graph = GraphDef.newBuilder();
    graph.addNode(node("a").putAttr("f", call("byAttribute")));
    graph.addNode(node("b", "a").putAttr("branches", branches));
    graph.addNode(node("c", "b").setOp("asOp"));
    graph.addNode(node("d").putAttr("f", call("notNeeded")));
    graph
        .getLibraryBuilder()
        .addFunction(function("notNeeded"))
        .addFunction(function("inner", node("x").putAttr("f", call("inner")).build()))
        .addFunction(function("byAttribute", node("x").putAttr("f", call("inner")).build()))
        .addFunction(function("inList", node("x").putAttr("f", call("unknown")).build()))
        .addFunction(function("asOp"));
    GraphDef pruned =
        GraphPruner.prune(graph.build(), List.of("c"), Set.of(), GraphPruner.Follow.DATA);
    assertThat(
            pruned.getLibrary().getFunctionList().stream()
                .map(function -> function.getSignature().getName()))
        .containsExactly("inner", "byAttribute", "inList", "asOp");
  }
}
