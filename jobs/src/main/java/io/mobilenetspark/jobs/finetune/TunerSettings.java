package io.mobilenetspark.jobs.finetune;

import io.mobilenetspark.jobs.cli.Console;
import io.mobilenetspark.jobs.cli.ModelSources;
import io.mobilenetspark.jobs.cli.SettingOptions;
import io.mobilenetspark.jobs.common.ModelSource;
import io.mobilenetspark.model.ModelRequest;
import io.mobilenetspark.model.handle.Redacted;
import io.mobilenetspark.model.settings.ModelSettings;
import io.mobilenetspark.options.Setting;
import io.mobilenetspark.options.SettingValues;
import io.mobilenetspark.options.Surface;
import io.mobilenetspark.spark.ml.MobileNetFineTuner;
import io.mobilenetspark.train.TrainSettings;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The estimator's settings, as the command has them. */
final class TunerSettings {

  /** Set from what the input's own options say. */
  private static final String INPUT_COL = "inputCol";

  private TunerSettings() {}

  /** All but the image column, and how the module is fetched. */
  static SettingOptions options() {
    List<Setting<?>> own =
        MobileNetFineTuner.settings().stream()
            .filter(setting -> !setting.name().equals(INPUT_COL))
            .toList();
    return SettingOptions.of(
        own, ModelSettings.OF_DOWNLOADS, List.of(ModelSettings.DOWNLOAD_TIMEOUT));
  }

  /** The module to start from; its images' size and its outputs are the training's. */
  static ModelSource source(SettingValues values, Console console) {
    ModelSource source = ModelSources.of(values, console);
    ModelRequest module = ModelRequest.of(source.request().handle());
    String sha256 = source.request().sha256();
    return new ModelSource(sha256 == null ? module : module.withSha256(sha256), source.hub());
  }

  /** All values by their options' names, for the report, without secrets. */
  static Map<String, Object> described(MobileNetFineTuner tuner) {
    Map<String, Object> described = new LinkedHashMap<>();
    for (Setting<?> setting : MobileNetFineTuner.settings()) {
      if (tuner.isDefined(tuner.getParam(setting.name()))) {
        described.put(
            setting.on(Surface.COMMAND_LINE).substring(2).replace('-', '_'),
            setting.name().equals(ModelSettings.MODEL.name())
                ? Redacted.handle(tuner.getModel())
                : readable(tuner.getOrDefault(tuner.getParam(setting.name()))));
      } else if (setting.name().equals(TrainSettings.VALIDATION_FRACTION.name())) {
        described.put("validation_fraction", setting.defaultText()); // it is done without asking
      }
    }
    return described;
  }

  private static Object readable(Object value) {
    if (value instanceof String text) {
      return Redacted.path(text);
    }
    return value instanceof double[] numbers ? Arrays.stream(numbers).boxed().toList() : value;
  }
}
