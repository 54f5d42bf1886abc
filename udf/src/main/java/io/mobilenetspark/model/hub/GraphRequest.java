package io.mobilenetspark.model.hub;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.Set;

/**
 * Which of a module's graphs is asked for.
 *
 * @param mode inference or training
 * @param tags exact tag set of a TF1 module; by default {} for inference, {"train"} for training
 * @param signature name of a signature; by default the module's own for feature vectors
 * @param outputs whether intermediate activations are asked for too
 */
public record GraphRequest(
    Mode mode, Optional<Set<String>> tags, Optional<String> signature, Outputs outputs) {

  /** How BatchNorm behaves. */
  public enum Mode {
    /** By the moving statistics; nothing changes. */
    INFERENCE,
    /** By the batch's statistics; update ops move the moving ones. */
    TRAINING
  }

  /** How much a signature gives. */
  public enum Outputs {
    /** The feature vector. */
    DEFAULT,
    /** And the activations of the layers. */
    ENDPOINTS
  }

  public GraphRequest {
    requireNonNull(mode, "mode");
    requireNonNull(tags, "tags");
    requireNonNull(signature, "signature");
    requireNonNull(outputs, "outputs");
  }

  /** The feature vector of the module's own signature. */
  public static GraphRequest of(Mode mode) {
    return new GraphRequest(mode, Optional.empty(), Optional.empty(), Outputs.DEFAULT);
  }

  /** The same with the activations of the layers. */
  public GraphRequest withEndpoints() {
    return new GraphRequest(mode, tags, signature, Outputs.ENDPOINTS);
  }
}
