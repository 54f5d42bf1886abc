package io.mobilenetspark.model.hub;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.FunctionDefLibrary;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NameAttrList;
import org.tensorflow.proto.NodeDef;

/** Cuts a graph down to what some ops need. */
final class GraphPruner {

  private GraphPruner() {}

  /** Which of a node's inputs are followed. */
  enum Follow {
    DATA,
    DATA_AND_CONTROL
  }

  /**
   * The nodes that the targets need, in the graph's order, and the functions that those call.
   *
   * @param targets names of ops
   * @param feeds names of ops whose own inputs are not followed
   * @throws DamagedGraphException if a node that is needed is not there
   */
  static GraphDef prune(
      GraphDef graph, Collection<String> targets, Set<String> feeds, Follow follow)
      throws DamagedGraphException {
    Map<String, NodeDef> nodes = byName(graph);
    Set<String> needed = new LinkedHashSet<>();
    Deque<String> toVisit = new ArrayDeque<>(targets);
    while (!toVisit.isEmpty()) {
      String name = toVisit.pop();
      if (!needed.add(name)) {
        continue;
      }
      NodeDef node = nodes.get(name);
      if (node == null) {
        throw new DamagedGraphException(
            String.format(Locale.ROOT, "its graph has no node '%s'", name));
      }
      if (!feeds.contains(name)) {
        for (String input : node.getInputList()) {
          TensorRef ref = TensorRef.parse(input);
          if (follow == Follow.DATA_AND_CONTROL || !ref.isControl()) {
            toVisit.push(ref.node());
          }
        }
      }
    }
    GraphDef.Builder pruned = GraphDef.newBuilder().setVersions(graph.getVersions());
    for (NodeDef node : graph.getNodeList()) {
      if (needed.contains(node.getName())) {
        pruned.addNode(feeds.contains(node.getName()) ? withoutInputs(node) : node);
      }
    }
    return pruned.setLibrary(calledFrom(pruned, graph.getLibrary())).build();
  }

  static Map<String, NodeDef> byName(GraphDef graph) {
    Map<String, NodeDef> nodes = new HashMap<>();
    graph.getNodeList().forEach(node -> nodes.put(node.getName(), node));
    return nodes;
  }

  private static NodeDef withoutInputs(NodeDef node) {
    return node.toBuilder().clearInput().build();
  }

  private static FunctionDefLibrary calledFrom(GraphDef.Builder graph, FunctionDefLibrary library) {
    Map<String, FunctionDef> functions = new HashMap<>();
    library
        .getFunctionList()
        .forEach(function -> functions.put(function.getSignature().getName(), function));
    Set<String> needed = new HashSet<>();
    Deque<String> toVisit = new ArrayDeque<>();
    graph.getNodeList().forEach(node -> addCalls(node, toVisit));
    while (!toVisit.isEmpty()) {
      String name = toVisit.pop();
      FunctionDef function = functions.get(name);
      if (function != null && needed.add(name)) {
        function.getNodeDefList().forEach(node -> addCalls(node, toVisit));
      }
    }
    FunctionDefLibrary.Builder kept = FunctionDefLibrary.newBuilder();
    library.getFunctionList().stream()
        .filter(function -> needed.contains(function.getSignature().getName()))
        .forEach(kept::addFunction);
    return kept.build();
  }

  private static void addCalls(NodeDef node, Deque<String> called) {
    called.push(node.getOp()); // a function can be called as if it were an op
    for (AttrValue attribute : node.getAttrMap().values()) {
      if (attribute.hasFunc()) {
        called.push(attribute.getFunc().getName());
      }
      for (NameAttrList function : attribute.getList().getFuncList()) {
        called.push(function.getName());
      }
    }
  }
}
