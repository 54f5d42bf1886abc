package io.mobilenetspark.train;

import java.io.Serializable;

/** How the BatchNorm of the trained layers normalises. Layers that aren't trained are frozen. */
public sealed interface BatchNorm extends Serializable {

  /** By the module's moving statistics, which stay. Scale and offset are trained all the same. */
  record Frozen() implements BatchNorm {}

  /**
   * By the batch's own statistics, which also go into the moving ones: {@code moving -= (moving -
   * batch) * (1 - momentum)}, with the unbiased variance, as TF Hub's modules do it.
   *
   * @param momentum in [0, 1); the modules' default is 0.99
   */
  record Training(double momentum) implements BatchNorm {
    public Training {
      if (!(momentum >= 0 && momentum < 1)) {
        throw new IllegalArgumentException(
            "the BatchNorm momentum must be in [0, 1), not " + momentum);
      }
    }
  }
}
