package io.mobilenetspark.spark.ml;

import io.mobilenetspark.model.ModelLoadException;
import io.mobilenetspark.model.ModelLoader;
import io.mobilenetspark.model.handle.HubOptions;
import io.mobilenetspark.model.handle.Mirror;
import io.mobilenetspark.model.settings.ModelSettings;
import io.mobilenetspark.options.Surface;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;

/**
 * How stages fetch models: by the application's settings {@code spark.mobilenet.offline}, {@code
 * modelCache} and {@code modelMirror}, which SQL uses too; otherwise as the environment says. These
 * are the machine's and not the model's, so that a saved stage has none of them.
 */
final class Downloads {

  private static final String OFFLINE = ModelSettings.OFFLINE.on(Surface.STAGE);
  private static final String CACHE = ModelSettings.MODEL_CACHE.on(Surface.STAGE);
  private static final String MIRROR = ModelSettings.MODEL_MIRROR.on(Surface.STAGE);

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
      throw e.on(Surface.STAGE);
    }
  }
}
