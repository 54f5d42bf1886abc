package io.mobilenetspark.spark.ml;

import io.mobilenetspark.model.ModelLoader;
import io.mobilenetspark.model.handle.HubOptions;
import io.mobilenetspark.model.hub.ModelLoadException;
import io.mobilenetspark.model.settings.ModelSettings;
import io.mobilenetspark.options.Setting;
import io.mobilenetspark.options.SettingValues;
import io.mobilenetspark.options.Surface;
import java.util.Locale;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;

/**
 * How stages fetch models: by the application's settings {@code spark.mobilenet.offline}, {@code
 * modelCache} and {@code modelMirror}, which SQL uses too; otherwise as the environment says. These
 * are the machine's and not the model's, so that a saved stage has none of them.
 */
final class Downloads {

  private Downloads() {}

  /**
   * A loader that fetches models as a session's settings say.
   *
   * @param hadoop with the session's settings
   * @throws IllegalArgumentException if a setting can't be used; the message names it
   */
  static ModelLoader loader(Configuration hadoop) {
    SettingValues values = SettingValues.none();
    for (Setting<?> setting : ModelSettings.OF_DOWNLOADS) {
      values = with(values, setting, hadoop);
    }
    return new ModelLoader(hadoop, HubOptions.fromEnvironment(System.getenv()).with(values));
  }

  private static <T> SettingValues with(
      SettingValues values, Setting<T> setting, Configuration hadoop) {
    String key = setting.on(Surface.STAGE);
    boolean isTemplate = setting == ModelSettings.MODEL_MIRROR; // its braces are its own
    String text = isTemplate ? hadoop.getRaw(key) : hadoop.get(key);
    if (text == null || text.isEmpty()) {
      return values;
    }
    try {
      return values.with(setting, setting.type().parse(text));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%s: %s", key, e.getMessage()), e);
    }
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
