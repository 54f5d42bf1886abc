package io.mobilenetspark.model.hub;

import java.util.List;

/**
 * A variable of a module.
 *
 * @param name such as {@code MobilenetV1/Conv2d_0/weights}
 * @param shape the dimensions
 * @param kind whether gradients change it
 */
public record ModuleVariable(String name, List<Long> shape, Kind kind) {

  /** Whether gradients change a variable. */
  public enum Kind {
    TRAINABLE,
    NOT_TRAINABLE,
    /** The format does not say. */
    UNKNOWN
  }

  /** Number of values. */
  public long size() {
    return shape.stream().reduce(1L, Math::multiplyExact);
  }
}
