package io.mobilenetspark.model;

import static java.util.Objects.requireNonNull;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.common.Sha256;
import io.mobilenetspark.model.handle.Redacted;
import io.mobilenetspark.model.hub.GraphRequest;
import io.mobilenetspark.model.hub.InputSizes;
import io.mobilenetspark.model.hub.Trust;
import io.mobilenetspark.model.settings.ExecutionPath;
import io.mobilenetspark.model.settings.ModelSettings;
import io.mobilenetspark.options.SettingValues;
import java.io.Serializable;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which model, and how it is to be used: a plain value, equal to others that ask for the same.
 * Start from {@link #of} and change what differs. How its files are had is up to the {@link
 * ModelLoader}.
 *
 * @param handle what the user names it by: {@code builtin}; a module's directory or archive, or a
 *     checkpoint's prefix, on any Hadoop file system; an http(s) URL of TF Hub's protocol
 * @param imageSize size of the input; null for what the module expects
 * @param path how it is run
 * @param tags exact tag set of a TF1 module's graph; null for {}
 * @param signature name of a signature; null for the module's own for feature vectors
 * @param output {@link #FEATURES}, {@link #LOGITS}, or the key of an endpoint such as {@code
 *     MobilenetV1/Conv2d_13_pointwise}, whose activations are averaged over height and width
 * @param trust whether a module's own graph may have ops that reach outside
 * @param sha256 expected SHA-256 of the module's archive, in hex: of the archive that is named, or
 *     that the module in the cache was unpacked from. What never was an archive is refused. Null
 *     for any
 */
public record ModelRequest(
    String handle,
    @Nullable ImageSize imageSize, // no Optional: that is not serializable
    ExecutionPath path,
    @Nullable Set<String> tags,
    @Nullable String signature,
    String output,
    Trust trust,
    @Nullable String sha256)
    implements Serializable {

  /** The feature vector. */
  public static final String FEATURES = ModelSettings.FEATURES;

  /** The classifier's outputs before softmax. */
  public static final String LOGITS = "logits";

  public ModelRequest {
    requireNonNull(handle, "handle");
    requireNonNull(path, "path");
    requireNonNull(output, "output");
    requireNonNull(trust, "trust");
    if (imageSize != null) {
      InputSizes.required(imageSize);
    }
    tags = tags == null ? null : Set.copyOf(tags);
    if (sha256 != null) {
      Sha256.requireHex(sha256);
    }
  }

  /** A model as its module says it is used. */
  public static ModelRequest of(String handle) {
    return new ModelRequest(
        handle, null, ExecutionPath.AUTO, null, null, FEATURES, Trust.UNTRUSTED, null);
  }

  /**
   * The model that settings name.
   *
   * @param values of {@link ModelSettings}; others are not looked at
   */
  public static ModelRequest of(SettingValues values) {
    return new ModelRequest(
        values.get(ModelSettings.MODEL),
        values.find(ModelSettings.IMAGE_SIZE).map(ImageSize::square).orElse(null),
        values.get(ModelSettings.EXECUTION_PATH),
        values.find(ModelSettings.TAGS).map(Set::copyOf).orElse(null),
        values.find(ModelSettings.SIGNATURE).orElse(null),
        values.get(ModelSettings.OUTPUT_KEY),
        values.get(ModelSettings.TRUST_MODEL) ? Trust.TRUSTED : Trust.UNTRUSTED,
        values.find(ModelSettings.MODEL_SHA256).orElse(null));
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
        handle, InputSizes.of(height, width), path, tags, signature, output, trust, sha256);
  }

  /** Run in this way. */
  public ModelRequest withPath(ExecutionPath newPath) {
    return new ModelRequest(handle, imageSize, newPath, tags, signature, output, trust, sha256);
  }

  /** With the graph of these tags. */
  public ModelRequest withTags(Set<String> newTags) {
    return new ModelRequest(handle, imageSize, path, newTags, signature, output, trust, sha256);
  }

  /** With this signature. */
  public ModelRequest withSignature(String newSignature) {
    return new ModelRequest(handle, imageSize, path, tags, newSignature, output, trust, sha256);
  }

  /** With this output. */
  public ModelRequest withOutput(String newOutput) {
    return new ModelRequest(handle, imageSize, path, tags, signature, newOutput, trust, sha256);
  }

  /** With this trust. */
  public ModelRequest withTrust(Trust newTrust) {
    return new ModelRequest(handle, imageSize, path, tags, signature, output, newTrust, sha256);
  }

  /**
   * Of this archive alone.
   *
   * @param hex its SHA-256
   * @throws IllegalArgumentException if it is none
   */
  public ModelRequest withSha256(String hex) {
    return new ModelRequest(handle, imageSize, path, tags, signature, output, trust, hex);
  }

  /** The same for messages and metadata: what may be secret in the handle is left out. */
  public ModelRequest redacted() {
    return new ModelRequest(
        Redacted.handle(handle), imageSize, path, tags, signature, output, trust, sha256);
  }

  @Override
  public String toString() {
    return Redacted.handle(handle); // a record would print the secrets
  }

  /** Which of a module's graphs this asks for. */
  GraphRequest graph() {
    GraphRequest request =
        new GraphRequest(
            GraphRequest.Mode.INFERENCE,
            Optional.ofNullable(tags),
            Optional.ofNullable(signature),
            GraphRequest.Outputs.DEFAULT);
    return output.equals(FEATURES) || output.equals(LOGITS) ? request : request.withEndpoints();
  }
}
