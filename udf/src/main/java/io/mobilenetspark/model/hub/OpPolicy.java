package io.mobilenetspark.model.hub;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;

/**
 * Which ops a stranger's graph may run. A graph is a program: there are ops that read and write
 * files, open connections and call into Python.
 *
 * <p>An op passes if it has no state by its definition, or is one of the few with state that image
 * models need, and is not on the list of those that reach outside without being called stateful.
 * What is not known does not pass.
 */
final class OpPolicy {

  /** Their state is the model's own. */
  private static final Set<String> STATEFUL_ALLOWED =
      Set.of(
          "VarHandleOp",
          "ReadVariableOp",
          "VarIsInitializedOp",
          "AssignVariableOp",
          "AssignAddVariableOp",
          "AssignSubVariableOp",
          "VariableV2",
          "Variable",
          "IsVariableInitialized",
          "ResourceGather",
          "PartitionedCall",
          "StatefulPartitionedCall",
          "If",
          "While",
          "Case",
          "Assert",
          "PlaceholderWithDefault",
          "RandomUniform",
          "RandomUniformInt",
          "RandomStandardNormal",
          "TruncatedNormal",
          "Multinomial");

  /**
   * Files, network, processes, Python, devices, other machines; stateless by definition or not, by
   * TensorFlow's names.
   */
  private static final Pattern DENIED =
      Pattern.compile(
          "ReadFile|WriteFile|MatchingFiles|.*Save.*|.*Restore.*|MergeV2Checkpoints|ShardedFilename"
              + "|ShardedFilespec|.*Dataset.*|.*Iterator.*|.*Reader.*|.*PyFunc.*|.*Rpc.*|.*RPC.*"
              + "|_?(Host)?(Send|Recv).*|.*Send|.*Recv|Print.*|Debug.*|.*Summary.*|.*FromTextFile.*"
              + "|.*Collective.*|.*Nccl.*|.*TPU.*|.*Tpu.*|.*Xla.*|Remote.*|.*RemoteCall|.*Remote.*"
              + "|.*Checkpoint.*|.*Server.*|.*Sql.*|.*Bigtable.*|.*BigQuery.*|.*Kafka.*|.*Gcs.*"
              + "|Copy|CopyHost|.*Library.*|.*Symbolic.*|Abort|.*Distribut.*|.*Risc.*|.*Kernel.*"
              + "|.*Audio.*File.*|Infeed.*|Outfeed.*|.*Stage.*|.*Queue.*|.*Barrier.*|.*Stack.*V2"
              + "|TfLite.*|Trt.*|TRT.*|Timestamp|.*Lookup.*|.*HashTable.*");

  private OpPolicy() {}

  /** The ops that a stranger's graph may not run, sorted; its functions' too. */
  static List<String> refused(GraphDef graph) {
    Set<String> functions = new TreeSet<>();
    graph
        .getLibrary()
        .getFunctionList()
        .forEach(function -> functions.add(function.getSignature().getName()));
    Set<String> refused = new TreeSet<>();
    List<NodeDef> nodes = new ArrayList<>(graph.getNodeList());
    for (FunctionDef function : graph.getLibrary().getFunctionList()) {
      nodes.addAll(function.getNodeDefList());
    }
    for (NodeDef node : nodes) {
      if (!isAllowed(node.getOp()) && !functions.contains(node.getOp())) {
        refused.add(node.getOp());
      }
    }
    return List.copyOf(refused);
  }

  static boolean isAllowed(String op) {
    Optional<OpDef> definition = OpDefs.find(op);
    if (definition.isEmpty()) {
      return false;
    }
    boolean isDenied = DENIED.matcher(op).matches();
    return !isDenied && (!definition.get().getIsStateful() || STATEFUL_ALLOWED.contains(op));
  }
}
