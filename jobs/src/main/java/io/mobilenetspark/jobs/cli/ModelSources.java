package io.mobilenetspark.jobs.cli;

import io.mobilenetspark.jobs.common.ModelSource;
import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.model.ModelRequest;
import io.mobilenetspark.model.handle.HubOptions;
import io.mobilenetspark.model.settings.ModelSettings;
import io.mobilenetspark.options.Setting;
import io.mobilenetspark.options.SettingValues;
import io.mobilenetspark.spark.FeatureMetadata;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which model a command line asks for, and how its files are had. */
public final class ModelSources {

  /** What commands that use a model have options for. */
  public static final List<Setting<?>> SETTINGS =
      List.of(
          ModelSettings.MODEL,
          ModelSettings.IMAGE_SIZE,
          ModelSettings.EXECUTION_PATH,
          ModelSettings.TAGS,
          ModelSettings.SIGNATURE,
          ModelSettings.OUTPUT_KEY,
          ModelSettings.TRUST_MODEL,
          ModelSettings.OFFLINE,
          ModelSettings.MODEL_CACHE,
          ModelSettings.MODEL_SHA256,
          ModelSettings.MODEL_MIRROR,
          ModelSettings.DOWNLOAD_TIMEOUT);

  private ModelSources() {}

  /**
   * A model, and how it is had; downloads tell their progress on the console.
   *
   * @throws UserException if a value can't be used
   */
  public static ModelSource of(SettingValues values, Console console) {
    try {
      HubOptions hub =
          HubOptions.fromEnvironment(System.getenv())
              .with(values)
              .withProgress(line -> console.note("Downloading the model: " + line));
      return new ModelSource(ModelRequest.of(values), hub);
    } catch (IllegalArgumentException e) {
      throw UserException.usage(String.valueOf(e.getMessage()));
    }
  }

  /**
   * What a table's vectors were made with, where nothing else is asked for.
   *
   * @param facts what the vectors are
   * @param given what is asked for
   * @throws UserException if a fact is none that this version knows
   */
  public static SettingValues orOf(Map<String, String> facts, SettingValues given) {
    SettingValues stored = SettingValues.none();
    try {
      String model = facts.get(FeatureMetadata.PREFIX + "model");
      if (model != null) {
        stored = stored.with(ModelSettings.MODEL, ModelRequest.handleOf(model));
      }
      stored =
          with(
              stored, ModelSettings.OUTPUT_KEY, facts.get(FeatureMetadata.PREFIX + "model.output"));
      if (!given.has(ModelSettings.EXECUTION_PATH)) {
        stored =
            with(
                stored,
                ModelSettings.EXECUTION_PATH,
                facts.get(FeatureMetadata.PREFIX + "model.path"));
      }
    } catch (IllegalArgumentException e) {
      throw UserException.input(
          String.format(
              Locale.ROOT,
              "The vectors' metadata names a model in a way that this version doesn't know: %s."
                  + " Use the version that wrote them.",
              e.getMessage()),
          e);
    }
    return stored.with(given);
  }

  private static <T> SettingValues with(
      SettingValues values, Setting<T> setting, @Nullable String fact) {
    return fact == null ? values : values.with(setting, setting.type().parse(fact));
  }
}
