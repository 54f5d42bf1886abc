package io.mobilenetspark.model.hub;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedObject;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedObjectGraph;
import org.tensorflow.proto.TrackableObjectGraphOuterClass.TrackableObjectGraph;
import org.tensorflow.proto.TrackableObjectGraphOuterClass.TrackableObjectGraph.TrackableObject;
import org.tensorflow.proto.TrackableObjectGraphOuterClass.TrackableObjectGraph.TrackableObject.ObjectReference;

/** The objects of a TF2 SavedModel and their names for one another; object 0 is the root. */
final class ObjectGraph {

  static final int ROOT = 0;
  private static final String VALUE = "VARIABLE_VALUE";

  private final SavedObjectGraph graph;

  ObjectGraph(SavedObjectGraph graph) {
    this.graph = graph;
  }

  SavedObjectGraph proto() {
    return graph;
  }

  /**
   * @throws DamagedGraphException if there is no such object
   */
  SavedObject object(int id) throws DamagedGraphException {
    if (id < 0 || id >= graph.getNodesCount()) {
      throw new DamagedGraphException(
          String.format(
              Locale.ROOT,
              "its object graph refers to object %d of %d",
              id,
              graph.getNodesCount()));
    }
    return graph.getNodes(id);
  }

  /** The object that another one has under a name. */
  OptionalInt child(int id, String name) throws DamagedGraphException {
    return object(id).getChildrenList().stream()
        .filter(child -> child.getLocalName().equals(name))
        .mapToInt(ObjectReference::getNodeId)
        .findFirst();
  }

  /** The objects of a list, whose names are 0, 1, ...; empty if there is no such list. */
  List<Integer> list(int id, String name) throws DamagedGraphException {
    OptionalInt list = child(id, name);
    List<Integer> objects = new ArrayList<>();
    if (list.isPresent()) {
      Map<String, Integer> children = new HashMap<>();
      object(list.getAsInt())
          .getChildrenList()
          .forEach(child -> children.put(child.getLocalName(), child.getNodeId()));
      for (int i = 0; children.containsKey(Integer.toString(i)); i++) {
        objects.add(children.get(Integer.toString(i)));
      }
    }
    return objects;
  }

  /**
   * The checkpoint's keys of variables, by their object. The two graphs number their objects each
   * in its own way: they are matched by walking the same names from both roots.
   */
  Map<Integer, String> checkpointKeys(TrackableObjectGraph checkpoint)
      throws DamagedGraphException {
    Map<Integer, String> keys = new HashMap<>();
    Set<Integer> matched = new HashSet<>();
    Deque<Match> toVisit = new ArrayDeque<>();
    matched.add(ROOT);
    toVisit.add(new Match(ROOT, ROOT));
    while (!toVisit.isEmpty()) {
      Match match = toVisit.remove();
      int id = match.object();
      TrackableObject saved = trackable(checkpoint, match.trackable());
      saved.getAttributesList().stream()
          .filter(attribute -> attribute.getName().equals(VALUE))
          .forEach(attribute -> keys.put(id, attribute.getCheckpointKey()));
      Map<String, Integer> byName = new HashMap<>();
      saved.getChildrenList().forEach(child -> byName.put(child.getLocalName(), child.getNodeId()));
      for (ObjectReference child : object(id).getChildrenList()) {
        Integer other = byName.get(child.getLocalName());
        if (other != null && matched.add(child.getNodeId())) {
          object(child.getNodeId());
          toVisit.add(new Match(child.getNodeId(), other));
        }
      }
    }
    return keys;
  }

  /** The same object in the two graphs. */
  private record Match(int object, int trackable) {}

  private static TrackableObject trackable(TrackableObjectGraph checkpoint, int id)
      throws DamagedGraphException {
    if (id < 0 || id >= checkpoint.getNodesCount()) {
      throw new DamagedGraphException(
          String.format(
              Locale.ROOT,
              "its checkpoint's object graph refers to object %d of %d",
              id,
              checkpoint.getNodesCount()));
    }
    return checkpoint.getNodes(id);
  }
}
