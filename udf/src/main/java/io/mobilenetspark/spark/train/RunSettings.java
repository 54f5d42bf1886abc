package io.mobilenetspark.spark.train;

import io.mobilenetspark.image.ImageSettings;
import io.mobilenetspark.model.settings.ModelSettings;
import io.mobilenetspark.options.Setting;
import io.mobilenetspark.options.SettingValues;
import io.mobilenetspark.train.BatchNormMode;
import io.mobilenetspark.train.HeadInit;
import io.mobilenetspark.train.OptimizerKind;
import io.mobilenetspark.train.Schedule;
import io.mobilenetspark.train.TrainSettings;
import io.mobilenetspark.train.TrainedPart;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The settings that a run's numbers follow from, which a checkpoint's run is known by. A setting
 * that has no effect beside the others is not among them. Neither is the number of workers: it may
 * change with the cluster, and the history says what it was.
 */
final class RunSettings {

  /** The text of a setting that is not set. */
  static final String UNSET = "not set";

  /** What is kept for validation if nobody says; nothing was in version 0.1.0. */
  private static final String TENTH = "a tenth of each class";

  private RunSettings() {}

  /** What a run's numbers don't follow from, or what its identity has elsewhere. */
  private static final Set<Setting<?>> ELSEWHERE =
      Set.of(
          TrainSettings.MODEL,
          ModelSettings.MODEL_SHA256,
          TrainSettings.IMAGE_SIZE,
          TrainSettings.CLASS_WEIGHTS,
          TrainSettings.NUM_WORKERS,
          TrainSettings.PATIENCE,
          TrainSettings.CHECKPOINT_DIR,
          TrainSettings.CHECKPOINT_INTERVAL);

  /** Their texts, by the settings' names. */
  static SortedMap<String, String> of(SettingValues values) {
    TreeMap<String, String> texts = new TreeMap<>();
    Stream.of(TrainSettings.NETWORK, TrainSettings.RUN, ImageSettings.THAT_MOVE_VECTORS)
        .flatMap(List::stream)
        .filter(setting -> !ELSEWHERE.contains(setting) && hasEffect(setting, values))
        .forEach(setting -> texts.put(setting.name(), text(setting, values)));
    return texts;
  }

  /** The words in any case, names of layers as they are. */
  private static <T> String text(Setting<T> setting, SettingValues values) {
    if (values.find(setting).isEmpty()) {
      return setting == TrainSettings.VALIDATION_FRACTION ? TENTH : UNSET;
    }
    String text = setting.type().text(values.get(setting));
    boolean isName =
        setting == TrainSettings.TRAINABLE
            && TrainedPart.fromOption(text) instanceof TrainedPart.FromLayer;
    return isName ? text : text.toLowerCase(Locale.ROOT);
  }

  /** Whether the others make use of it. */
  private static boolean hasEffect(Setting<?> setting, SettingValues values) {
    OptimizerKind optimizer = values.get(TrainSettings.OPTIMIZER);
    Schedule schedule = values.get(TrainSettings.LEARNING_RATE_SCHEDULE);
    if (setting == TrainSettings.BATCH_NORM_MOMENTUM) {
      return values.get(TrainSettings.BATCH_NORM) == BatchNormMode.TRAINING;
    } else if (setting == TrainSettings.HEAD_REG_PARAM) {
      return values.get(TrainSettings.HEAD_INIT) == HeadInit.FITTED;
    } else if (setting == TrainSettings.MOMENTUM) {
      return optimizer == OptimizerKind.SGD;
    } else if (setting == TrainSettings.WEIGHT_DECAY) {
      return optimizer == OptimizerKind.ADAMW;
    } else if (setting == TrainSettings.EPOCHS) { // else it goes on as long as one likes
      return schedule == Schedule.COSINE;
    }
    boolean isOfSteps =
        setting == TrainSettings.DECAY_EPOCHS || setting == TrainSettings.DECAY_RATE;
    return !isOfSteps || schedule == Schedule.STEP;
  }
}
