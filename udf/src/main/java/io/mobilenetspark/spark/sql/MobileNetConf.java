package io.mobilenetspark.spark.sql;

import static io.mobilenetspark.spark.sql.ConfEntries.PREFIX;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.model.FrozenModel;
import io.mobilenetspark.model.ModelRequest;
import io.mobilenetspark.model.handle.HubOptions;
import io.mobilenetspark.model.settings.ModelSettings;
import io.mobilenetspark.options.Nearest;
import io.mobilenetspark.options.Scope;
import io.mobilenetspark.options.Setting;
import io.mobilenetspark.options.SettingValues;
import io.mobilenetspark.spark.EmbedOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.spark.SparkConf;
import org.apache.spark.internal.config.ConfigEntry;
import org.apache.spark.sql.classic.SparkSession;
import org.apache.spark.sql.internal.SQLConf;
import org.jspecify.annotations.Nullable;
import scala.Option;
import scala.jdk.javaapi.CollectionConverters;

/**
 * The settings of a session, read when a query is analyzed. In the order of precedence:
 *
 * <ol>
 *   <li>the function's second argument, for the model
 *   <li>{@code SET} of the session, or what a view kept of the session that made it
 *   <li>{@code --conf} and {@code spark-defaults.conf}
 *   <li>the defaults in {@link SqlSettings}
 * </ol>
 *
 * <p>Those of {@link SqlSettings#FIXED} come from the application's start alone: a view, and a SQL
 * function, keep the settings of the session that made them and take all others for unset.
 */
final class MobileNetConf {

  private final SQLConf conf;
  private final SparkConf start;

  private MobileNetConf(SQLConf conf, SparkConf start) {
    this.conf = conf;
    this.start = start;
  }

  /**
   * The settings of the session that is current in this thread.
   *
   * @throws IllegalArgumentException if there are settings that don't exist; the message names them
   */
  static MobileNetConf current() {
    SQLConf conf = SQLConf.get();
    requireKnownKeys(conf);
    SparkSession spark = SparkSession.active();
    SparkConf start = spark.sparkContext().conf();
    requireFixed(spark.sessionState().conf(), start);
    return new MobileNetConf(conf, start);
  }

  /**
   * Which model.
   *
   * @param handle a model to use instead of the setting's, or null
   * @throws IllegalArgumentException if a setting can't be used; the message names it
   */
  ModelRequest model(@Nullable String handle) {
    SettingValues values = values();
    if (handle != null && handle.isBlank()) {
      throw new IllegalArgumentException(
          "The model's name is empty. Give a URL, a path, or 'builtin'.");
    }
    String chosen = handle == null ? values.get(ModelSettings.MODEL) : handle;
    return ModelRequest.of(values.with(ModelSettings.MODEL, chosen.strip()));
  }

  /**
   * How models are fetched; the same for all of an application's sessions.
   *
   * @throws IllegalArgumentException if a setting can't be used
   */
  HubOptions hub() {
    return HubOptions.fromEnvironment(System.getenv()).with(values());
  }

  /**
   * How it is run.
   *
   * @throws IllegalArgumentException if a setting can't be used; the message names it
   */
  EmbedOptions options(FrozenModel model) {
    return EmbedOptions.of(new ImageSize(model.imageHeight(), model.imageWidth()), values());
  }

  /**
   * Which classifier.
   *
   * @param path one to use instead of the setting's, or null
   * @throws IllegalArgumentException if there is none
   */
  String classifier(@Nullable String path) {
    String chosen = path == null ? values().find(SqlSettings.CLASSIFIER).orElse("") : path;
    if (chosen.isBlank()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              path == null
                  ? "%s needs a classifier: set %s, or pass one as the second argument. It is the"
                      + " path of a saved MobileNetClassificationModel, or of what finetune has"
                      + " written."
                  : "%s: the second argument is empty. Give the path of a classifier, or leave it"
                      + " out to use %s.",
              MobileNetFunction.Kind.CLASSIFY.functionName(),
              ConfEntries.key(SqlSettings.CLASSIFIER)));
    }
    return chosen.strip();
  }

  /**
   * How a classifier's network is run: images are read as when it was trained, within the session's
   * limits.
   *
   * @throws IllegalArgumentException if a setting can't be used; the message names it
   */
  EmbedOptions options(SqlClassifier classifier) {
    FrozenModel model = classifier.model().frozen();
    return EmbedOptions.of(
        new ImageSize(model.imageHeight(), model.imageWidth()), values().with(classifier.images()));
  }

  /** What was set: by the session, or for what is fixed at the start, by that. */
  private SettingValues values() {
    SettingValues values = SettingValues.none();
    for (int i = 0; i < ConfEntries.ALL.size(); i++) {
      values = with(values, SqlSettings.ALL.get(i), ConfEntries.ALL.get(i));
    }
    return values;
  }

  private <T> SettingValues with(SettingValues values, Setting<T> setting, ConfigEntry<?> entry) {
    boolean isFixed = setting.scope() == Scope.START;
    if (!(isFixed ? start.contains(entry.key()) : conf.contains(entry.key()))) {
      return values;
    }
    Object value = isFixed ? start.get(entry) : conf.getConf(entry);
    Object one = value instanceof Option<?> some ? some.get() : value;
    return ConfEntries.isNothing(one, setting)
        ? values
        : values.with(setting, setting.type().parse(String.valueOf(one)));
  }

  /** A session that was given its own later would wait for what does not come. */
  private static void requireFixed(SQLConf session, SparkConf start) {
    for (Setting<?> setting : SqlSettings.FIXED) {
      String key = ConfEntries.key(setting);
      if (session.contains(key)
          && !session.getConfString(key).equals(start.getOption(key).getOrElse(() -> ""))) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "%s is fixed when the application starts, as %s; this session's %s has no effect. Give"
                    + " it with --conf, or before the first session is made.",
                key,
                start.getOption(key).getOrElse(() -> "not set"),
                session.getConfString(key)));
      }
    }
  }

  /** A misspelt setting would be ignored, and nobody would see why. */
  private static void requireKnownKeys(SQLConf conf) {
    Set<String> known =
        ConfEntries.ALL.stream()
            .map(ConfigEntry::key)
            .collect(Collectors.toCollection(TreeSet::new));
    List<String> unknown = new ArrayList<>();
    for (String key : CollectionConverters.asJava(conf.getAllConfs()).keySet()) {
      if (key.startsWith(PREFIX) && !known.contains(key)) {
        unknown.add(key);
      }
    }
    if (!unknown.isEmpty()) {
      unknown.sort(null);
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "There is no setting %s%s Known: %s. RESET %s takes it back.",
              String.join(", ", unknown),
              Nearest.question(
                  unknown.get(0).substring(PREFIX.length()),
                  known.stream().map(key -> key.substring(PREFIX.length())).toList()),
              String.join(", ", known),
              unknown.get(0)));
    }
  }
}
