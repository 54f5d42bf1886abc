package io.mobilenetspark.model.graph;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/**
 * Which ops a stranger's graph may have: those of the resource {@value #RESOURCE}, which says why
 * each group is harmless. A graph is a program, and TensorFlow has ops that read and write files,
 * map them into memory, open connections and call into Python, with state by their definition or
 * without. What is not on the list does not pass, whatever it is.
 */
public final class AllowedOps {

  static final String RESOURCE = "allowed-ops.txt";

  /** Attributes of calls that set up how a function is run: compiled, rewritten, by whom. */
  public static final Set<String> SETTINGS = Set.of("config", "config_proto", "executor_type");

  private static final class Holder {
    private static final Map<String, Set<String>> GROUPS = read();
    private static final Set<String> ALL = all();

    private static Set<String> all() {
      Set<String> all = new TreeSet<>();
      GROUPS.values().forEach(all::addAll);
      return Set.copyOf(all);
    }
  }

  private AllowedOps() {}

  /** The ops by the names of their groups. */
  static Map<String, Set<String>> groups() {
    return Holder.GROUPS;
  }

  private static Map<String, Set<String>> read() {
    Map<String, Set<String>> groups = new LinkedHashMap<>();
    Set<String> group = new TreeSet<>();
    try (InputStream in = AllowedOps.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException("the library lacks its resource " + RESOURCE);
      }
      BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("[")) {
          group = new TreeSet<>();
          groups.put(line.substring(1, line.indexOf(']')), group);
        } else if (!line.startsWith("#") && !line.isBlank()) {
          group.addAll(List.of(line.strip().split(" +")));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return groups;
  }

  /** Whether a stranger's graph may have an op. */
  public static boolean contains(String op) {
    return Holder.ALL.contains(op);
  }

  /**
   * What a stranger's graph may not have, in words, sorted: ops that are not on the list, the
   * functions' too, and functions that go by the name of an op.
   */
  public static List<String> refused(GraphDef graph) {
    Set<String> refused = new TreeSet<>();
    List<NodeDef> nodes = new ArrayList<>(graph.getNodeList());
    for (FunctionDef function : graph.getLibrary().getFunctionList()) {
      nodes.addAll(function.getNodeDefList());
      String name = function.getSignature().getName();
      if (OpDefs.find(name).isPresent()) {
        refused.add(String.format(Locale.ROOT, "a function '%s', which is an op's name", name));
      }
    }
    graph
        .getLibrary()
        .getGradientList()
        .forEach(
            gradient ->
                refused.add(
                    String.format(
                        Locale.ROOT, "SymbolicGradient of '%s'", gradient.getFunctionName())));
    for (NodeDef node : nodes) {
      if (!contains(node.getOp())) {
        refused.add(node.getOp());
      }
    }
    return List.copyOf(refused);
  }

  /**
   * What a stranger's frozen graph may not say besides, in words: on which device something runs,
   * and attributes that are no op's own, such as orders to compile. Modules' are taken out when
   * they are frozen, so whoever has them in a frozen graph put them there.
   */
  public static List<String> orders(GraphDef graph) {
    Set<String> orders = new TreeSet<>();
    List<NodeDef> nodes = new ArrayList<>(graph.getNodeList());
    for (FunctionDef function : graph.getLibrary().getFunctionList()) {
      nodes.addAll(function.getNodeDefList());
      addOrders(function.getAttrMap(), orders);
      function
          .getArgAttrMap()
          .values()
          .forEach(argument -> addOrders(argument.getAttrMap(), orders));
    }
    for (NodeDef node : nodes) {
      if (!node.getDevice().isEmpty()) {
        orders.add(String.format(Locale.ROOT, "device '%s'", node.getDevice()));
      }
      addOrders(node.getAttrMap(), orders);
    }
    return List.copyOf(orders);
  }

  private static void addOrders(Map<String, AttrValue> attributes, Set<String> orders) {
    attributes.forEach(
        (name, value) -> {
          boolean isSet = SETTINGS.contains(name) && !value.getS().isEmpty();
          if (isSet || name.startsWith("_")) {
            orders.add("attribute " + name);
          }
        });
  }
}
