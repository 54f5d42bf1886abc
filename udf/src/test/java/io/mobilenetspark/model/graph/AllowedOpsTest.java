package io.mobilenetspark.model.graph;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.runtime.NativeLibrary;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The list of what a stranger's graph may have, against all that TensorFlow has. */
class AllowedOpsTest {

  private static final String REFUSED = "refused-ops.txt";

  @BeforeAll
  static void loadLibrary() {
    NativeLibrary.load();
  }

  private static Set<String> allowed() {
    return AllowedOps.groups().values().stream()
        .flatMap(Set::stream)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> refused() throws IOException {
    try (InputStream in = AllowedOpsTest.class.getResourceAsStream(REFUSED)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  /**
   * A TensorFlow with a new op fails this, until somebody has put it on one of the lists. Refused
   * is the right one for all but what image modules can't do without.
   */
  @Test
  void everyOpOfTheLibraryIsDecidedOn() throws IOException {
    Set<String> undecided = new TreeSet<>(OpDefs.names());
    undecided.removeAll(allowed());
    assertThat(undecided).containsExactlyElementsOf(refused());
  }

  @Test
  void allowedOpsExistOnceAndEachHasARule() {
    assertThat(OpDefs.names()).containsAll(allowed());
    long listed = AllowedOps.groups().values().stream().mapToLong(Set::size).sum();
    assertThat(listed).isEqualTo(allowed().size());
    Set<String> run = allowed();
    // They never get as far as a frozen graph.
    run.removeAll(AllowedOps.groups().get("variables"));
    run.removeAll(AllowedOps.groups().get("training"));
    assertThat(DryRun.ops()).isEqualTo(run);
  }

  /** By TensorFlow's own word, but for calls, which are held to the list themselves. */
  @Test
  void noAllowedOpHasStateButTheModelsOwn() {
    Set<String> stateful =
        allowed().stream()
            .filter(op -> OpDefs.find(op).orElseThrow().getIsStateful())
            .collect(Collectors.toCollection(TreeSet::new));
    stateful.removeAll(AllowedOps.groups().get("variables"));
    stateful.removeAll(AllowedOps.groups().get("training"));
    assertThat(stateful).containsExactly("If", "StatefulPartitionedCall", "While");
  }

  /** The ones that once passed as stateless, and the like. */
  @Test
  void whatReachesOutsideIsRefused() {
    for (String op :
        List.of(
            "ImmutableConst",
            "GenerateVocabRemapping",
            "LoadAndRemapMatrix",
            "DecodeProtoV2",
            "EncodeProto",
            "ReadFile",
            "WriteFile",
            "PyFunc",
            "SymbolicGradient",
            "RemoteCall",
            "XlaLaunch",
            "Enter",
            "NextIteration",
            "RandomUniform",
            "NoSuchOp")) {
      assertThat(AllowedOps.contains(op)).as(op).isFalse();
    }
  }
}
