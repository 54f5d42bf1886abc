package io.mobilenetspark.spark.ml;

import io.mobilenetspark.model.ModelLoadException;
import io.mobilenetspark.model.ModelLoader;
import io.mobilenetspark.model.handle.HubOptions;
import io.mobilenetspark.model.handle.Mirror;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;

/**
 * How stages fetch models: by the application's settings {@code spark.mobilenet.offline}, {@code
 * modelCache} and {@code modelMirror}, which SQL uses too; otherwise as the environment says. These
 * are the machine's and not the model's, so that a saved stage has none of them.
 */
final class Downloads {

  private static final String OFFLINE = "spark.mobilenet.offline";
  private static final String CACHE = "spark.mobilenet.modelCache";
  private static final String MIRROR = "spark.mobilenet.modelMirror";

  /** What the loader's cures call by the names of the command line's options. */
  private static final Map<String, String> NAMES =
      Map.ofEntries(
          Map.entry("--image-size", "imageSize"),
          Map.entry("--path", "executionPath"),
          Map.entry("--tags", "tags"),
          Map.entry("--signature", "signature"),
          Map.entry("--output-key", "outputKey"),
          Map.entry("--model", "modelHandle"),
          Map.entry("--model-sha256", "modelSha256"),
          Map.entry("--offline", OFFLINE),
          Map.entry("--model-cache", CACHE),
          Map.entry("--model-mirror", MIRROR),
          Map.entry(
              "--trust-model", "--trust-model to the embed job; a stage never runs such a graph"));

  private Downloads() {}

  /**
   * A loader that fetches models as a session's settings say.
   *
   * @param hadoop with the session's settings
   * @throws IllegalArgumentException if a setting can't be used; the message names it
   */
  static ModelLoader loader(Configuration hadoop) {
    HubOptions hub = HubOptions.fromEnvironment(System.getenv());
    String offline = hadoop.get(OFFLINE, "false").strip().toLowerCase(Locale.ROOT);
    if (!offline.equals("true") && !offline.equals("false")) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%s is '%s'; it must be true or false.", OFFLINE, offline));
    }
    if (offline.equals("true")) {
      hub = hub.withNetwork(HubOptions.Network.OFFLINE);
    }
    String cache = hadoop.get(CACHE, "");
    if (!cache.isEmpty()) {
      hub = hub.withCacheDirectory(Path.of(cache));
    }
    String mirror = hadoop.getRaw(MIRROR); // its braces are its own
    if (mirror != null && !mirror.isEmpty()) {
      hub = hub.withMirror(new Mirror(mirror));
    }
    return new ModelLoader(hadoop, hub);
  }

  /**
   * Loads something; says what is wrong in the terms of a stage.
   *
   * @throws ModelLoadException if it can't be loaded
   */
  static <T> T loading(Supplier<T> load) {
    try {
      return load.get();
    } catch (ModelLoadException e) {
      throw e.withOptions(option -> NAMES.getOrDefault(option, option));
    }
  }
}
