package io.mobilenetspark.spark.sql;

import io.mobilenetspark.image.ImageSettings;
import io.mobilenetspark.model.settings.ModelSettings;
import io.mobilenetspark.options.Scope;
import io.mobilenetspark.options.Setting;
import io.mobilenetspark.options.ValueType;
import io.mobilenetspark.spark.EmbedSettings;
import java.util.List;
import java.util.stream.Stream;

/** What can be set of the SQL functions. */
public final class SqlSettings {

  /** Which models queries may name. */
  public static final Setting<String> ALLOWED_MODELS =
      Setting.of(
              "allowedModels",
              ValueType.text(),
              "the models that queries may name, separated by commas: URLs and paths, each with all"
                  + " below it, 'builtin', and * for any. What spark.mobilenet.model and"
                  + " spark.mobilenet.classifier name at the start is always allowed. Hosts with private addresses, and hosts"
                  + " without TLS, must be named, and so must those that they redirect to")
          .withAbsent(
              "any if the master is local, else those of tfhub.dev and kaggle.com and 'builtin'")
          .withScope(Scope.START);

  /** The classifier of calls that don't name one. */
  public static final Setting<String> CLASSIFIER =
      Setting.of(
              "classifier",
              ValueType.text(),
              "the model of mobilenet_classify: a saved MobileNetClassificationModel, or what"
                  + " finetune has written, on any Hadoop file system. How images are read comes"
                  + " with it")
          .withAbsent("each call names its own")
          .withLabel("PATH");

  /** All of them. */
  public static final List<Setting<?>> ALL =
      Stream.<List<Setting<?>>>of(
              ModelSettings.OF_STAGES,
              List.of(CLASSIFIER, ModelSettings.TRUST_MODEL, ALLOWED_MODELS),
              ModelSettings.OF_DOWNLOADS,
              ImageSettings.ALL,
              List.of(
                  EmbedSettings.PRECISION,
                  ModelSettings.BATCH_SIZE,
                  EmbedSettings.MODE_OF_FUNCTIONS))
          .flatMap(List::stream)
          .toList();

  /** Those that no query may grant itself, and no view forgets: of the application's start. */
  static final List<Setting<?>> FIXED =
      ALL.stream().filter(setting -> setting.scope() == Scope.START).toList();

  private SqlSettings() {}
}
