package io.mobilenetspark.model;

import io.mobilenetspark.model.checkpoint.TensorBundleWriter;
import io.mobilenetspark.model.checkpoint.WeightTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.VarHandleOp;
import org.tensorflow.op.math.Mean;
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

/**
 * A TF1 module of a graph that isn't a MobileNet: a 1x1 convolution of one variable, averaged to
 * five features, and what a test adds.
 */
final class LinearModule {

  private LinearModule() {}

  /** Writes the module, its graph changed. */
  static Path write(Path directory, Consumer<GraphDef.Builder> change) throws IOException {
    Files.createDirectories(directory);
    GraphDef.Builder graph = GraphDef.newBuilder();
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
      tf.withName("features")
          .math
          .mean(convolved, tf.constant(new int[] {1, 2}), Mean.keepDims(false));
      graph.mergeFrom(built.toGraphDef());
    }
    change.accept(graph);
    MetaGraphDef.Builder meta = MetaGraphDef.newBuilder().setGraphDef(graph);
    meta.putSignatureDef(
        "default",
        SignatureDef.newBuilder()
            .putInputs("images", info("images:0", -1, -1, -1, 3))
            .putOutputs("default", info("features:0", -1, 5))
            .build());
    meta.putCollectionDef(
        "variables",
        CollectionDef.newBuilder()
            .setBytesList(
                CollectionDef.BytesList.newBuilder()
                    .addValue(
                        VariableDef.newBuilder()
                            .setVariableName("kernel:0")
                            .build()
                            .toByteString()))
            .build());
    Files.write(
        directory.resolve("saved_model.pb"),
        SavedModel.newBuilder().addMetaGraphs(meta).build().toByteArray());
    Files.write(directory.resolve("tfhub_module.pb"), new byte[] {8, 3});
    Files.createDirectories(directory.resolve("variables"));
    float[] kernel = new float[15];
    for (int i = 0; i < kernel.length; i++) {
      kernel[i] = i + 1;
    }
    TensorBundleWriter variables = new TensorBundleWriter();
    variables.add("kernel", new WeightTensor(new long[] {1, 1, 3, 5}, kernel));
    variables.write(
        FileSystem.getLocal(new Configuration()),
        new org.apache.hadoop.fs.Path(directory.resolve("variables/variables").toUri()));
    return directory;
  }

  private static TensorInfo info(String name, long... shape) {
    TensorShapeProto.Builder proto = TensorShapeProto.newBuilder();
    for (long dimension : shape) {
      proto.addDimBuilder().setSize(dimension);
    }
    return TensorInfo.newBuilder()
        .setName(name)
        .setDtype(DataType.DT_FLOAT)
        .setTensorShape(proto)
        .build();
  }

  /** Gives a node another name, so that one in front of it can have its own. */
  static void rename(GraphDef.Builder graph, String from, String to) {
    for (int i = 0; i < graph.getNodeCount(); i++) {
      if (graph.getNode(i).getName().equals(from)) {
        graph.setNode(i, graph.getNode(i).toBuilder().setName(to));
      }
    }
  }
}
