package io.mobilenetspark.model.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedObject;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedObjectGraph;
import org.tensorflow.proto.TrackableObjectGraphOuterClass.TrackableObjectGraph;
import org.tensorflow.proto.TrackableObjectGraphOuterClass.TrackableObjectGraph.TrackableObject;
import org.tensorflow.proto.TrackableObjectGraphOuterClass.TrackableObjectGraph.TrackableObject.ObjectReference;
import org.tensorflow.proto.TrackableObjectGraphOuterClass.TrackableObjectGraph.TrackableObject.SerializedTensor;

class ObjectGraphTest {

  private static ObjectReference child(String name, int id) {
    return ObjectReference.newBuilder().setLocalName(name).setNodeId(id).build();
  }

  private static SavedObject object(ObjectReference... children) {
    SavedObject.Builder object = SavedObject.newBuilder();
    for (ObjectReference child : children) {
      object.addChildren(child);
    }
    return object.build();
  }

  private static TrackableObject saved(String attribute, String key, ObjectReference... children) {
    TrackableObject.Builder object = TrackableObject.newBuilder();
    for (ObjectReference child : children) {
      object.addChildren(child);
    }
    if (!key.isEmpty()) {
      object.addAttributes(SerializedTensor.newBuilder().setName(attribute).setCheckpointKey(key));
    }
    return object.build();
  }

  private static ObjectGraph graph(SavedObject... objects) {
    SavedObjectGraph.Builder graph = SavedObjectGraph.newBuilder();
    for (SavedObject object : objects) {
      graph.addNodes(object);
    }
    return new ObjectGraph(graph.build());
  }

  @Test
  void childrenHaveNames() throws DamagedGraphException {
    ObjectGraph graph =
        graph(object(child("a", 1), child("b", 2), child("a", 2)), object(), object());
    assertThat(graph.child(0, "a")).as("the first").hasValue(1);
    assertThat(graph.child(0, "b")).hasValue(2);
    assertThat(graph.child(1, "a")).isEmpty();
    assertThat(graph.proto().getNodesCount()).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 2})
  void whatIsNotThereIsTold(int id) throws DamagedGraphException {
    ObjectGraph graph = graph(object(child("gone", id)), object());
    assertThat(graph.object(1)).isEqualTo(object());
    assertThatThrownBy(() -> graph.object(id))
        .isInstanceOf(DamagedGraphException.class)
        .hasMessage("its object graph refers to object " + id + " of 2");
    assertThatThrownBy(() -> graph.list(0, "gone")).hasMessageContaining("object " + id + " of 2");
    TrackableObjectGraph checkpoint =
        TrackableObjectGraph.newBuilder()
            .addNodes(saved("", "", child("gone", 1)))
            .addNodes(saved("", ""))
            .build();
    assertThatThrownBy(() -> graph.checkpointKeys(checkpoint))
        .hasMessage("its object graph refers to object " + id + " of 2");
  }

  @Test
  void listsGoAsFarAsTheirNumbers() throws DamagedGraphException {
    ObjectGraph graph =
        graph(
            object(child("list", 1)),
            object(child("1", 2), child("0", 3), child("3", 0), child("x", 0)),
            object(),
            object());
    assertThat(graph.list(0, "list")).containsExactly(3, 2);
    assertThat(graph.list(0, "other")).isEmpty();
    assertThat(graph.list(2, "list")).isEmpty();
  }

  /** The checkpoint numbers its objects in another order, and has a loop. */
  @Test
  void variablesAreFoundByTheirPaths() throws DamagedGraphException {
    ObjectGraph graph =
        graph(
            object(child("layer", 2), child("kernel", 1), child("onlyHere", 3)),
            object(),
            object(child("kernel", 3), child("root", 0), child("again", 1)),
            object());
    TrackableObjectGraph checkpoint =
        TrackableObjectGraph.newBuilder()
            .addNodes(saved("", "", child("kernel", 3), child("layer", 1)))
            .addNodes(saved("", "", child("kernel", 2), child("root", 0), child("again", 3)))
            .addNodes(saved("VARIABLE_VALUE", "layer/kernel"))
            .addNodes(saved("VARIABLE_VALUE", "kernel"))
            .build();
    assertThat(graph.checkpointKeys(checkpoint))
        .containsOnly(java.util.Map.entry(1, "kernel"), java.util.Map.entry(3, "layer/kernel"));
  }

  @Test
  void otherAttributesAreNoValues() throws DamagedGraphException {
    TrackableObjectGraph checkpoint =
        TrackableObjectGraph.newBuilder().addNodes(saved("OBJECT_CONFIG_JSON", "config")).build();
    assertThat(graph(object()).checkpointKeys(checkpoint)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 1})
  void whatTheCheckpointLacksIsTold(int id) {
    TrackableObjectGraph checkpoint =
        TrackableObjectGraph.newBuilder().addNodes(saved("", "", child("a", id))).build();
    assertThatThrownBy(() -> graph(object(child("a", 1)), object()).checkpointKeys(checkpoint))
        .isInstanceOf(DamagedGraphException.class)
        .hasMessage("its checkpoint's object graph refers to object " + id + " of 1");
  }
}
