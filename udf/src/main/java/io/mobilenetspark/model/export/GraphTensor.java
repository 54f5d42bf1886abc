package io.mobilenetspark.model.export;

import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;

/**
 * A float32 tensor of a graph in the making.
 *
 * @param name of its node, whose first output it is
 */
record GraphTensor(String name, TensorShapeProto shape) {

  /** The tensor as signatures name it. */
  TensorInfo info() {
    return TensorInfo.newBuilder()
        .setName(name + ":0")
        .setDtype(DataType.DT_FLOAT)
        .setTensorShape(shape)
        .build();
  }
}
