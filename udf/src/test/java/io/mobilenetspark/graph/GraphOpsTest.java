package io.mobilenetspark.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobilenetspark.image.ImageGraph;
import io.mobilenetspark.runtime.NativeLibrary;
import io.mobilenetspark.testing.Locales;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.types.TInt32;

class GraphOpsTest {

  @BeforeAll
  static void loadLibrary() {
    NativeLibrary.load();
  }

  @Test
  void namesOpsAsTensorFlowDoesInEnglish() {
    Consumer<Graph> theirs = graph -> addOps(Ops.create(graph));
    Consumer<Graph> ours = graph -> addOps(GraphOps.of(graph));
    assertThat(build(Locale.US, ours)).isEqualTo(build(Locale.US, theirs));
    assertThat(build(Locale.US, ours).getNodeList().stream().map(NodeDef::getName))
        .contains("Const", "Const_1", "twice/Const_11", "twice_1/named", "twice_1/named_1/Const");
  }

  @ParameterizedTest
  @ValueSource(strings = {"fa-IR", "ar-EG", "th-TH-u-nu-thai", "mr-IN", "tr-TR", "de-CH"})
  void graphsAreTheSameInEveryLocale(String locale) {
    Locale other = Locale.forLanguageTag(locale);
    for (Consumer<Graph> graph :
        List.<Consumer<Graph>>of(g -> addOps(GraphOps.of(g)), ImageGraph::addTo)) {
      assertThat(build(other, graph)).isEqualTo(build(Locale.US, graph));
    }
  }

  /** When this fails, TensorFlow has mended it, and {@link GraphOps} can go. */
  @Test
  void tensorFlowItselfFailsInPersian() {
    GraphDef persian = build(Locale.forLanguageTag("fa-IR"), graph -> addOps(Ops.create(graph)));
    try (Graph graph = new Graph()) {
      assertThatThrownBy(() -> graph.importGraphDef(persian)).hasMessageContaining("Const_\u06f1");
    }
  }

  /** Names that repeat, below scopes that repeat. */
  private static void addOps(Ops tf) {
    for (int i = 0; i < 2; i++) {
      Ops scope = tf.withSubScope("twice");
      for (int j = 0; j < 12; j++) {
        scope.constant(j);
      }
      Operand<TInt32> one = scope.withName("named").constant(1);
      Ops inner = scope.withSubScope("named");
      inner.withControlDependencies(one).math.add(inner.constant(2), one);
      tf.constant(3);
    }
  }

  private static GraphDef build(Locale locale, Consumer<Graph> ops) {
    return Locales.in(
        locale,
        () -> {
          try (Graph graph = new Graph()) {
            ops.accept(graph);
            return graph.toGraphDef();
          }
        });
  }
}
