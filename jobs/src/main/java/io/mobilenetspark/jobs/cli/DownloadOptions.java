package io.mobilenetspark.jobs.cli;

import io.mobilenetspark.jobs.common.ModelSource;
import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.model.ModelRequest;
import io.mobilenetspark.model.handle.HubOptions;
import io.mobilenetspark.model.handle.Mirror;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a model's files are had. */
public final class DownloadOptions {

  @Option(names = "--offline", description = "Download nothing; use modules that are in the cache.")
  private boolean offline;

  @Option(
      names = "--model-cache",
      paramLabel = "DIR",
      description = {
        "Where downloaded modules are kept; shared with Python's tensorflow_hub. Default:"
            + " TFHUB_CACHE_DIR, else tfhub_modules in the folder for temporary files."
      })
  private @Nullable Path modelCache;

  @Option(
      names = "--model-sha256",
      paramLabel = "HEX",
      description = {
        "Expected SHA-256 of the module's archive: of one that is downloaded, of one that is named, or"
            + " of the one that a module in the cache came from."
      })
  private @Nullable String modelSha256;

  @Option(
      names = "--model-mirror",
      paramLabel = "TEMPLATE",
      description = {
        "Where to fetch models from whose handles are URLs, such as"
            + " https://mirror.example/{path}.tar.gz; with {host}, {path}, {name} and {version} of"
            + " the handle. Default: MOBILENET_MODEL_MIRROR, else nowhere."
      })
  private @Nullable String modelMirror;

  @Option(
      names = "--download-timeout",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description = {
        "A connection without an answer, or a download slower than 1 KiB/s, for so long is given"
            + " up. Default: ${DEFAULT-VALUE}"
      })
  private int downloadTimeout = 60;

  /**
   * A model, and how it is had by these options; downloads tell their progress on the console.
   *
   * @throws UserException if a value can't be used
   */
  public ModelSource source(ModelRequest request, Console console) {
    try {
      return new ModelSource(
          modelSha256 == null ? request : request.withSha256(modelSha256), hub(console));
    } catch (IllegalArgumentException e) {
      throw UserException.usage(String.valueOf(e.getMessage()));
    }
  }

  /**
   * The options as the library takes them; downloads tell their progress on the console.
   *
   * @throws UserException if a value can't be used
   */
  private HubOptions hub(Console console) {
    if (downloadTimeout < 1) {
      throw UserException.usage("--download-timeout must be at least 1, not " + downloadTimeout);
    }
    try {
      Duration timeout = Duration.ofSeconds(downloadTimeout);
      HubOptions hub =
          HubOptions.fromEnvironment(System.getenv())
              .withNetwork(offline ? HubOptions.Network.OFFLINE : HubOptions.Network.ONLINE)
              .withTimeouts(timeout, timeout)
              .withProgress(line -> console.note("Downloading the model: " + line));
      if (modelCache != null) {
        hub = hub.withCacheDirectory(modelCache);
      }
      if (modelMirror != null) {
        hub = hub.withMirror(new Mirror(modelMirror));
      }
      return hub;
    } catch (IllegalArgumentException e) {
      throw UserException.usage(String.valueOf(e.getMessage()));
    }
  }
}
