package io.mobilenetspark.model;

import static java.util.Objects.requireNonNull;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.model.handle.HubOptions;
import io.mobilenetspark.model.handle.Redacted;
import io.mobilenetspark.model.hub.GraphRequest;
import io.mobilenetspark.model.hub.InputSizes;
import io.mobilenetspark.model.hub.Trust;
import java.util.Optional;
import java.util.Set;

/**
 * Which model, and how it is to be used. Start from {@link #of} and change what differs.
 *
 * @param handle what the user names it by: {@code builtin}; a module's directory or archive, or a
 *     checkpoint's prefix, on any Hadoop file system; an http(s) URL of TF Hub's protocol
 * @param imageSize size of the input; by default what the module expects
 * @param path how it is run
 * @param tags exact tag set of a TF1 module's graph; by default {}
 * @param signature name of a signature; by default the module's own for feature vectors
 * @param output {@link #FEATURES}, {@link #LOGITS}, or the key of an endpoint such as {@code
 *     MobilenetV1/Conv2d_13_pointwise}, whose activations are averaged over height and width
 * @param trust whether a module's own graph may have ops that reach outside
 * @param hub how URLs are fetched
 */
public record ModelRequest(
    String handle,
    Optional<ImageSize> imageSize,
    ExecutionPath path,
    Optional<Set<String>> tags,
    Optional<String> signature,
    String output,
    Trust trust,
    HubOptions hub) {

  /** The feature vector. */
  public static final String FEATURES = "features";

  /** The classifier's outputs before softmax. */
  public static final String LOGITS = "logits";

  public ModelRequest {
    requireNonNull(handle, "handle");
    imageSize.ifPresent(InputSizes::required);
    requireNonNull(path, "path");
    requireNonNull(tags, "tags");
    requireNonNull(signature, "signature");
    requireNonNull(output, "output");
    requireNonNull(trust, "trust");
    requireNonNull(hub, "hub");
  }

  /** A model as its module says it is used. */
  public static ModelRequest of(String handle) {
    return new ModelRequest(
        handle,
        Optional.empty(),
        ExecutionPath.AUTO,
        Optional.empty(),
        Optional.empty(),
        FEATURES,
        Trust.UNTRUSTED,
        HubOptions.fromEnvironment(System.getenv()));
  }

  /**
   * The handle of the model that a table's metadata names.
   *
   * @param name see {@link FrozenModel#name}
   */
  public static String handleOf(String name) {
    return name.equals(BuiltinModel.NAME) ? BuiltinModel.HANDLE : name;
  }

  /** With images of this many pixels. */
  public ModelRequest withImageSize(int height, int width) {
    return new ModelRequest(
        handle,
        Optional.of(InputSizes.of(height, width)),
        path,
        tags,
        signature,
        output,
        trust,
        hub);
  }

  /** Run in this way. */
  public ModelRequest withPath(ExecutionPath newPath) {
    return new ModelRequest(handle, imageSize, newPath, tags, signature, output, trust, hub);
  }

  /** With the graph of these tags. */
  public ModelRequest withTags(Set<String> newTags) {
    return new ModelRequest(
        handle, imageSize, path, Optional.of(Set.copyOf(newTags)), signature, output, trust, hub);
  }

  /** With this signature. */
  public ModelRequest withSignature(String newSignature) {
    return new ModelRequest(
        handle, imageSize, path, tags, Optional.of(newSignature), output, trust, hub);
  }

  /** With this output. */
  public ModelRequest withOutput(String newOutput) {
    return new ModelRequest(handle, imageSize, path, tags, signature, newOutput, trust, hub);
  }

  /** With this trust. */
  public ModelRequest withTrust(Trust newTrust) {
    return new ModelRequest(handle, imageSize, path, tags, signature, output, newTrust, hub);
  }

  /** Fetched in this way. */
  public ModelRequest withHub(HubOptions newHub) {
    return new ModelRequest(handle, imageSize, path, tags, signature, output, trust, newHub);
  }

  /** The same for messages and metadata: what may be secret in the handle is left out. */
  public ModelRequest redacted() {
    return new ModelRequest(
        Redacted.handle(handle), imageSize, path, tags, signature, output, trust, hub);
  }

  @Override
  public String toString() {
    return Redacted.handle(handle); // a record would print the secrets
  }

  /** Which of a module's graphs this asks for. */
  GraphRequest graph() {
    GraphRequest request =
        new GraphRequest(
            GraphRequest.Mode.INFERENCE, tags, signature, GraphRequest.Outputs.DEFAULT);
    return output.equals(FEATURES) || output.equals(LOGITS) ? request : request.withEndpoints();
  }
}
