package io.mobilenetspark.model.export;

import io.mobilenetspark.model.MobileNetWeights;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedBareConcreteFunction;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedFunction;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedObject;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedObjectGraph;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedUserObject;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedVariable;
import org.tensorflow.proto.TrackableObjectGraphOuterClass.TrackableObjectGraph;
import org.tensorflow.proto.TrackableObjectGraphOuterClass.TrackableObjectGraph.TrackableObject;
import org.tensorflow.proto.TrackableObjectGraphOuterClass.TrackableObjectGraph.TrackableObject.ObjectReference;
import org.tensorflow.proto.VersionDef;

/**
 * The objects of a reusable SavedModel: root, lists of variables and regularizers, the function,
 * the signatures. For one model, by one thread.
 */
final class ObjectGraphWriter {

  private static final VersionDef FIRST =
      VersionDef.newBuilder().setProducer(1).setMinConsumer(1).build();

  private final MobileNetWeights weights;
  private final Variables names;
  private final List<SavedObject.Builder> objects = new ArrayList<>();
  private final Map<String, Integer> variables = new LinkedHashMap<>();
  private final Map<String, Integer> lists = new HashMap<>();

  ObjectGraphWriter(MobileNetWeights weights, Variables names) {
    this.weights = weights;
    this.names = names;
    Set<String> changing = names.trainableSet();
    int root = userObject("_generic_user_object");
    int all = list(root, "variables");
    int trainable = list(root, "trainable_variables");
    for (String name : names.all()) {
      int id = variable(name, changing.contains(name));
      child(all, Integer.toString(objects.get(all).getChildrenCount()), id);
      if (changing.contains(name)) {
        child(trainable, Integer.toString(objects.get(trainable).getChildrenCount()), id);
      }
      variables.put(name, id);
    }
    list(root, "regularization_losses");
  }

  /** The object of a variable. */
  int variableId(String name) {
    Integer id = variables.get(name);
    if (id == null) {
      throw new IllegalArgumentException("no variable " + name);
    }
    return id;
  }

  /** The objects of all variables, in layer order. */
  List<Integer> variableIds() {
    return List.copyOf(variables.values());
  }

  /** Adds a function under the root. */
  void call(SavedFunction function) {
    child(0, "__call__", add(SavedObject.newBuilder().setFunction(function)));
  }

  /** Adds one to the regularization losses. */
  void regularizer(SavedFunction function) {
    int losses = lists.getOrDefault("regularization_losses", 0);
    child(
        losses,
        Integer.toString(objects.get(losses).getChildrenCount()),
        add(SavedObject.newBuilder().setFunction(function)));
  }

  /** Adds the one signature, of one input. */
  void signature(String name, String function, String input) {
    int signatures = userObject("signature_map");
    child(0, "signatures", signatures);
    child(
        signatures,
        name,
        add(
            SavedObject.newBuilder()
                .setBareConcreteFunction(
                    SavedBareConcreteFunction.newBuilder()
                        .setConcreteFunctionName(function)
                        .addArgumentKeywords(input)
                        .setAllowedPositionalArguments(1))));
  }

  SavedObjectGraph.Builder build() {
    SavedObjectGraph.Builder graph = SavedObjectGraph.newBuilder();
    objects.forEach(graph::addNodes);
    return graph;
  }

  /** The same objects as the checkpoint stores them: only those that lead to variables. */
  TrackableObjectGraph checkpoint() {
    TrackableObjectGraph.Builder graph = TrackableObjectGraph.newBuilder();
    TrackableObject.Builder root = graph.addNodesBuilder();
    root.addChildrenBuilder().setNodeId(1).setLocalName("variables");
    root.addChildrenBuilder().setNodeId(2).setLocalName("trainable_variables");
    TrackableObject.Builder all = graph.addNodesBuilder();
    TrackableObject.Builder trainable = graph.addNodesBuilder();
    for (int i = 0; i < names.all().size(); i++) {
      String name = names.all().get(i);
      int id = graph.getNodesCount();
      graph
          .addNodesBuilder()
          .addAttributesBuilder()
          .setName("VARIABLE_VALUE")
          .setFullName(name)
          .setCheckpointKey(checkpointKey(i));
      all.addChildrenBuilder().setNodeId(id).setLocalName(Integer.toString(i));
      int place = names.trainable().indexOf(name);
      if (place >= 0) {
        trainable.addChildrenBuilder().setNodeId(id).setLocalName(Integer.toString(place));
      }
    }
    return graph.build();
  }

  /** The checkpoint's key of the variable at a place of the list of all. */
  static String checkpointKey(int index) {
    return "variables/" + index + "/.ATTRIBUTES/VARIABLE_VALUE";
  }

  private int list(int parent, String name) {
    int id = userObject("trackable_list_wrapper");
    child(parent, name, id);
    lists.put(name, id);
    return id;
  }

  private int userObject(String identifier) {
    return add(
        SavedObject.newBuilder()
            .setUserObject(
                SavedUserObject.newBuilder().setIdentifier(identifier).setVersion(FIRST)));
  }

  private int variable(String name, boolean isTrainable) {
    return add(
        SavedObject.newBuilder()
            .setVariable(
                SavedVariable.newBuilder()
                    .setDtype(DataType.DT_FLOAT)
                    .setShape(weights.get(name).shapeProto())
                    .setTrainable(isTrainable)
                    .setName(name)));
  }

  private int add(SavedObject.Builder object) {
    objects.add(object);
    return objects.size() - 1;
  }

  private void child(int parent, String name, int id) {
    objects.get(parent).addChildren(ObjectReference.newBuilder().setNodeId(id).setLocalName(name));
  }
}
