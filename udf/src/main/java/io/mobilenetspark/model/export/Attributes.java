package io.mobilenetspark.model.export;

import com.google.protobuf.ByteString;
import java.util.List;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/** Values of nodes' attributes. */
final class Attributes {

  static final AttrValue FLOAT = type(DataType.DT_FLOAT);

  private Attributes() {}

  static AttrValue type(DataType type) {
    return AttrValue.newBuilder().setType(type).build();
  }

  static AttrValue types(List<DataType> types) {
    return AttrValue.newBuilder()
        .setList(AttrValue.ListValue.newBuilder().addAllType(types))
        .build();
  }

  static AttrValue text(String value) {
    return AttrValue.newBuilder().setS(ByteString.copyFromUtf8(value)).build();
  }

  static AttrValue number(float value) {
    return AttrValue.newBuilder().setF(value).build();
  }

  static AttrValue flag(Flag value) {
    return AttrValue.newBuilder().setB(value == Flag.TRUE).build();
  }

  /** A bool that reads at its place of use. */
  enum Flag {
    TRUE,
    FALSE
  }

  static AttrValue integers(long... values) {
    AttrValue.ListValue.Builder list = AttrValue.ListValue.newBuilder();
    for (long value : values) {
      list.addI(value);
    }
    return AttrValue.newBuilder().setList(list).build();
  }

  static AttrValue shape(TensorShapeProto shape) {
    return AttrValue.newBuilder().setShape(shape).build();
  }

  static AttrValue shapes(List<TensorShapeProto> shapes) {
    return AttrValue.newBuilder()
        .setList(AttrValue.ListValue.newBuilder().addAllShape(shapes))
        .build();
  }

  static AttrValue tensor(TensorProto tensor) {
    return AttrValue.newBuilder().setTensor(tensor).build();
  }

  /** A shape; -1 is an unknown dimension. */
  static TensorShapeProto dimensions(long... sizes) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (long size : sizes) {
      shape.addDimBuilder().setSize(size);
    }
    return shape.build();
  }

  static TensorProto scalar(float value) {
    return TensorProto.newBuilder()
        .setDtype(DataType.DT_FLOAT)
        .setTensorShape(TensorShapeProto.getDefaultInstance())
        .addFloatVal(value)
        .build();
  }

  /** Every value the same; as small as one value. */
  static TensorProto filled(TensorShapeProto shape, float value) {
    return TensorProto.newBuilder()
        .setDtype(DataType.DT_FLOAT)
        .setTensorShape(shape)
        .addFloatVal(value)
        .build();
  }

  static TensorProto integerVector(int... values) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setDtype(DataType.DT_INT32)
            .setTensorShape(dimensions(values.length));
    for (int value : values) {
      tensor.addIntVal(value);
    }
    return tensor.build();
  }

  static TensorProto strings(List<String> values) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setDtype(DataType.DT_STRING)
            .setTensorShape(dimensions(values.size()));
    values.forEach(value -> tensor.addStringVal(ByteString.copyFromUtf8(value)));
    return tensor.build();
  }
}
