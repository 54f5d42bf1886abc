package io.mobilenetspark.model;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.List;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.FunctionDefLibrary;
import org.tensorflow.proto.GradientDef;
import org.tensorflow.proto.GraphDef;

/**
 * A graph as bytes that depend on nothing but the graph. TensorFlow keeps attributes and library
 * functions in hash maps and writes them in another order each time; sessions are told apart by
 * these bytes, so that without this each load of a model would open one of its own.
 */
final class GraphBytes {

  private GraphBytes() {}

  /** Attributes and functions in their names' order, nodes as they are. */
  static byte[] of(GraphDef graph) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(graph.getSerializedSize());
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.useDeterministicSerialization();
    try {
      inOrder(graph).writeTo(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("memory takes what is written to it", e);
    }
    return bytes.toByteArray();
  }

  private static GraphDef inOrder(GraphDef graph) {
    if (!graph.hasLibrary()) {
      return graph;
    }
    List<FunctionDef> functions =
        graph.getLibrary().getFunctionList().stream()
            .sorted(Comparator.comparing(function -> function.getSignature().getName()))
            .toList();
    List<GradientDef> gradients =
        graph.getLibrary().getGradientList().stream()
            .sorted(Comparator.comparing(GradientDef::getFunctionName))
            .toList();
    FunctionDefLibrary library =
        graph.getLibrary().toBuilder()
            .clearFunction()
            .addAllFunction(functions)
            .clearGradient()
            .addAllGradient(gradients)
            .build();
    return graph.toBuilder().setLibrary(library).build();
  }
}
