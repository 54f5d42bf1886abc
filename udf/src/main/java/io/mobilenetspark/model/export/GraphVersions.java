package io.mobilenetspark.model.export;

import org.tensorflow.Graph;
import org.tensorflow.TensorFlow;
import org.tensorflow.proto.VersionDef;

/** What written graphs say of the TensorFlow that their meaning is of. */
final class GraphVersions {

  /** The lowest that knows functions. */
  private static final int MIN_CONSUMER = 12;

  private GraphVersions() {}

  static VersionDef current() {
    try (Graph graph = new Graph()) {
      return graph.toGraphDef().getVersions().toBuilder().setMinConsumer(MIN_CONSUMER).build();
    }
  }

  static String tensorFlow() {
    return TensorFlow.version();
  }
}
