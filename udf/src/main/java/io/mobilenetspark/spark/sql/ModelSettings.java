package io.mobilenetspark.spark.sql;

import static java.util.Objects.requireNonNull;

import io.mobilenetspark.model.ExecutionPath;
import io.mobilenetspark.model.ModelRequest;
import io.mobilenetspark.model.handle.HandlePolicy;
import io.mobilenetspark.model.handle.HubOptions;
import io.mobilenetspark.model.handle.Mirror;
import io.mobilenetspark.model.handle.Redacted;
import io.mobilenetspark.model.hub.Trust;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which model a function runs, as the settings say it; null where the model or the environment
 * decides. Calls with equal ones have the same vectors.
 *
 * @param handle see {@link ModelRequest#handle}
 * @param imageSide height and width of its input, in pixels
 */
record ModelSettings(
    String handle,
    @Nullable Integer imageSide,
    ExecutionPath path,
    @Nullable Set<String> tags,
    @Nullable String signature,
    String output,
    Trust trust,
    HubOptions.Network network,
    @Nullable String cacheDirectory,
    @Nullable String sha256,
    @Nullable String mirror)
    implements Serializable {

  ModelSettings {
    requireNonNull(handle, "handle");
    requireNonNull(path, "path");
    requireNonNull(output, "output");
    requireNonNull(trust, "trust");
    requireNonNull(network, "network");
  }

  /**
   * The same as the library is asked for it.
   *
   * @param policy whom it may ask
   * @throws IllegalArgumentException if a value can't be used
   */
  ModelRequest request(HandlePolicy policy) {
    HubOptions hub =
        HubOptions.fromEnvironment(System.getenv()).withNetwork(network).withPolicy(policy);
    if (cacheDirectory != null) {
      hub = hub.withCacheDirectory(Path.of(cacheDirectory));
    }
    if (sha256 != null) {
      hub = hub.withSha256(sha256);
    }
    if (mirror != null) {
      hub = hub.withMirror(new Mirror(mirror));
    }
    ModelRequest request =
        ModelRequest.of(handle).withPath(path).withOutput(output).withTrust(trust).withHub(hub);
    if (imageSide != null) {
      request = request.withImageSize(imageSide, imageSide);
    }
    request = Optional.ofNullable(tags).map(request::withTags).orElse(request);
    return Optional.ofNullable(signature).map(request::withSignature).orElse(request);
  }

  /** The model alone, without secrets: it stands in plans. */
  @Override
  public String toString() {
    return Redacted.handle(handle);
  }
}
