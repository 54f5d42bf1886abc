package io.mobilenetspark.model.export;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.SaverDef;
import org.tensorflow.proto.TensorShapeProto;

/**
 * The nodes by which C++, Java and TensorFlow Serving restore a SavedModel's variables. Python
 * restores by the object graph and ignores them.
 */
final class SaverNodes {

  private static final String FILE = "saver_filename";
  private static final TensorShapeProto SCALAR = TensorShapeProto.getDefaultInstance();

  private SaverNodes() {}

  /**
   * Adds the nodes.
   *
   * @param variables in the order of the checkpoint's list; their handles are there already
   */
  static SaverDef add(Nodes nodes, List<String> variables) {
    nodes.placeholder(FILE, DataType.DT_STRING, SCALAR);
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < variables.size(); i++) {
      keys.add(ObjectGraphWriter.checkpointKey(i));
    }
    String names = nodes.constant("save/names", Attributes.strings(keys));
    String slices =
        nodes.constant("save/slices", Attributes.strings(Collections.nCopies(keys.size(), "")));
    List<DataType> types = Collections.nCopies(keys.size(), DataType.DT_FLOAT);
    String restore =
        nodes.add(
            "RestoreV2",
            "save/RestoreV2",
            List.of(FILE, names, slices),
            Map.of("dtypes", Attributes.types(types)));
    List<String> assigned = new ArrayList<>();
    List<String> saved = new ArrayList<>(List.of(FILE, names, slices));
    for (int i = 0; i < keys.size(); i++) {
      String variable = variables.get(i);
      String assign = "save/Assign_" + i;
      nodes.add(
          "AssignVariableOp",
          assign,
          List.of(variable, i == 0 ? restore : restore + ":" + i),
          Map.of("dtype", Attributes.FLOAT));
      assigned.add("^" + assign);
      saved.add(
          nodes.add(
              "ReadVariableOp",
              "save/Read_" + i,
              List.of(variable),
              Map.of("dtype", Attributes.FLOAT)));
    }
    nodes.add("NoOp", "save/restore_all", assigned, Map.of());
    nodes.add("SaveV2", "save/SaveV2", saved, Map.of("dtypes", Attributes.types(types)));
    nodes.add(
        "Identity",
        "save/control_dependency",
        List.of(FILE, "^save/SaveV2"),
        Map.of("T", Attributes.type(DataType.DT_STRING)),
        SCALAR);
    return SaverDef.newBuilder()
        .setFilenameTensorName(FILE + ":0")
        .setSaveTensorName("save/control_dependency:0")
        .setRestoreOpName("save/restore_all")
        .setVersion(SaverDef.CheckpointFormatVersion.V2)
        .build();
  }
}
