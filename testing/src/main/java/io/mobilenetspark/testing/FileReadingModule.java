package io.mobilenetspark.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.VarHandleOp;
import org.tensorflow.op.dtypes.Cast;
import org.tensorflow.op.math.Mean;
import org.tensorflow.op.strings.StringLength;
import org.tensorflow.proto.CollectionDef;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;
import org.tensorflow.proto.VariableDef;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;

/** A module whose graph reads a file, as only a trusted one may. */
public final class FileReadingModule {

  private FileReadingModule() {}

  /** Writes a TF1 module of five features, the last of which is the length of its own file. */
  public static Path write(Path directory) throws IOException {
    Files.createDirectories(directory.resolve("variables"));
    Path file = Files.write(directory.resolve("tfhub_module.pb"), new byte[] {8, 3});
    Files.write(
        directory.resolve("saved_model.pb"),
        SavedModel.newBuilder()
            .addMetaGraphs(
                MetaGraphDef.newBuilder()
                    .setGraphDef(graph(file))
                    .putSignatureDef(
                        "default",
                        SignatureDef.newBuilder()
                            .putInputs("images", info("images:0", -1, -1, -1, 3))
                            .putOutputs("default", info("features:0", -1, 5))
                            .build())
                    .putCollectionDef("variables", variables()))
            .build()
            .toByteArray());
    saveKernel(directory.resolve("variables/variables"));
    return directory;
  }

  /** As TensorFlow itself saves it. */
  private static void saveKernel(Path prefix) {
    try (Graph built = new Graph();
        Session session = new Session(built)) {
      Ops tf = Ops.create(built);
      Operand<TFloat32> kernel =
          tf.reshape(
              tf.constant(new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 4, 5, 6}),
              tf.constant(new int[] {1, 1, 3, 5}));
      session
          .runner()
          .addTarget(
              tf.train.save(
                  tf.constant(prefix.toString()),
                  tf.constantOf(TString.vectorOf("kernel")),
                  tf.constantOf(TString.vectorOf("")),
                  List.of(kernel)))
          .run()
          .close();
    }
  }

  private static GraphDef graph(Path file) {
    try (Graph built = new Graph()) {
      Ops tf = Ops.create(built);
      Placeholder<TFloat32> images =
          tf.withName("images")
              .placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, -1, -1, 3)));
      Operand<TFloat32> kernel =
          tf.readVariableOp(
              tf.withName("kernel")
                  .varHandleOp(
                      TFloat32.class, Shape.of(1, 1, 3, 5), VarHandleOp.sharedName("kernel")),
              TFloat32.class);
      Operand<TFloat32> convolved = tf.nn.conv2d(images, kernel, List.of(1L, 1L, 1L, 1L), "SAME");
      Operand<TFloat32> means =
          tf.math.mean(convolved, tf.constant(new int[] {1, 2}), Mean.keepDims(false));
      Operand<TFloat32> length =
          tf.dtypes.cast(
              tf.strings.stringLength(
                  tf.io.readFile(tf.constant(file.toString())), new StringLength.Options[0]),
              TFloat32.class,
              new Cast.Options[0]);
      tf.withName("features").math.add(means, length);
      return built.toGraphDef();
    }
  }

  /** Of one variable. Encoded by hand: where protobuf is relocated, its own types are others. */
  private static CollectionDef variables() throws IOException {
    byte[] variable = VariableDef.newBuilder().setVariableName("kernel:0").build().toByteArray();
    byte[] collection = new byte[variable.length + 4];
    collection[0] = (2 << 3) | 2; // bytes_list
    collection[1] = (byte) (variable.length + 2);
    collection[2] = (1 << 3) | 2; // its value
    collection[3] = (byte) variable.length;
    System.arraycopy(variable, 0, collection, 4, variable.length);
    return CollectionDef.parseFrom(collection);
  }

  private static TensorInfo info(String name, long... shape) {
    TensorShapeProto.Builder dimensions = TensorShapeProto.newBuilder();
    for (long size : shape) {
      dimensions.addDim(TensorShapeProto.Dim.newBuilder().setSize(size));
    }
    return TensorInfo.newBuilder()
        .setName(name)
        .setDtype(DataType.DT_FLOAT)
        .setTensorShape(dimensions)
        .build();
  }
}
