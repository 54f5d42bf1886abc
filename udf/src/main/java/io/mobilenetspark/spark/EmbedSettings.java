package io.mobilenetspark.spark;

import io.mobilenetspark.model.settings.ModelSettings;
import io.mobilenetspark.options.Choices;
import io.mobilenetspark.options.Setting;
import io.mobilenetspark.options.ValueType;
import io.mobilenetspark.runtime.Precision;
import java.util.List;

/** What can be set of how a model runs on a table. */
public final class EmbedSettings {

  /** The arithmetic of the forward pass. */
  public static final Setting<Precision> PRECISION =
      Setting.of(
              "precision",
              ValueType.words(Precision.CHOICES),
              "the arithmetic of the model: float32, or bfloat16, which is faster on CPUs with"
                  + " AVX512_BF16 or AMX and an error on others")
          .withDefault(Precision.FLOAT32)
          .withLabel("TYPE");

  /** What is done with rows whose image can't be read. */
  public static final Setting<MalformedMode> MODE =
      Setting.of(
              "mode",
              ValueType.words(MalformedMode.CHOICES),
              "what to do with an image that can't be read: PERMISSIVE keeps the row without a"
                  + " vector and says why, DROPMALFORMED leaves it out, FAILFAST fails")
          .withDefault(MalformedMode.PERMISSIVE)
          .withLabel("MODE");

  /** The same for a function, which can't drop rows. */
  public static final Setting<MalformedMode> MODE_OF_FUNCTIONS =
      MODE.withType(
              ValueType.words(
                  without(
                      "a function can't drop rows, so mode DROPMALFORMED is not for SQL. Use"
                          + " PERMISSIVE and WHERE mobilenet_features(...) IS NOT NULL.")))
          .withDoc(
              "what to do with an image that can't be read: PERMISSIVE gives NULL, FAILFAST fails"
                  + " the query with the reason");

  /** The same for training. */
  public static final Setting<MalformedMode> MODE_OF_TRAINING =
      MODE.withType(
              ValueType.words(
                  without(
                      "an image that can't be read can't train anything: mode PERMISSIVE leaves it"
                          + " out and says how many there were, FAILFAST stops")))
          .withDoc(
              "what to do with an image that can't be read: PERMISSIVE leaves it out of training"
                  + " and reports how many there were, FAILFAST stops");

  /** All of an embedding's. */
  public static final List<Setting<?>> ALL = List.of(PRECISION, ModelSettings.BATCH_SIZE, MODE);

  private EmbedSettings() {}

  private static Choices<MalformedMode> without(String reason) {
    return MalformedMode.CHOICES.without(MalformedMode.DROPMALFORMED, reason);
  }
}
