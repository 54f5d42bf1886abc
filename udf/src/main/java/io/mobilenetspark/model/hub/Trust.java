package io.mobilenetspark.model.hub;

import io.mobilenetspark.model.ModelLoadException;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.tensorflow.proto.GraphDef;

/** Whether a module's author is trusted: a graph is a program. */
public enum Trust {
  /** Graphs with ops that touch files, the network, processes or Python are refused. */
  UNTRUSTED,
  /** Whatever the graph has is run. */
  TRUSTED;

  /**
   * Refuses a graph that this trust does not extend to.
   *
   * @param name of the module, for the message
   */
  void check(String name, GraphDef graph) {
    List<String> refused = this == TRUSTED ? List.of() : OpPolicy.refused(graph);
    if (!refused.isEmpty()) {
      throw new ModelLoadException(
          name,
          "its graph has ops that could touch files, the network, processes or Python, or that"
              + String.format(Locale.ROOT, " are not known: %s", refused),
          "If you trust its author as you trust a program that you run, pass --trust-model.");
    }
  }

  /**
   * Refuses a graph that lay in a file and that nothing has looked at since.
   *
   * @param name of the model, for the message
   * @throws IOException if TensorFlow's native code must not see it: it is damaged
   * @throws ModelLoadException if this trust does not extend to it
   */
  public void checkStored(String name, GraphDef graph) throws IOException {
    GraphLimits.check(graph);
    check(name, graph);
  }
}
