package io.mobilenetspark.model.hub;

import java.util.List;
import java.util.Set;

/**
 * A signature as a report shows it.
 *
 * @param name of the signature, or {@code __call__} of a TF2 module's own function
 * @param tags of the graph that it belongs to
 * @param inputs in the order of their keys
 * @param outputs in the order of their keys
 */
public record ModuleSignature(
    String name, Set<String> tags, List<Value> inputs, List<Value> outputs) {

  /**
   * An input or output.
   *
   * @param key the signature's name for it
   * @param type such as {@code float32}; for a Python value that chooses a trace, the value itself
   * @param shape -1 for an unknown dimension; empty for a scalar and for an unknown rank
   */
  public record Value(String key, String type, List<Long> shape) {}
}
