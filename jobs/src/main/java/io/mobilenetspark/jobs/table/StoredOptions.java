package io.mobilenetspark.jobs.table;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.image.ImageSettings;
import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.options.Setting;
import io.mobilenetspark.options.SettingValues;
import io.mobilenetspark.spark.EmbedOptions;
import io.mobilenetspark.spark.EmbedSettings;
import io.mobilenetspark.spark.FeatureMetadata;
import java.util.Locale;
import java.util.Map;

/** The options that a table's vectors were made with, by the facts that they carry. */
public final class StoredOptions {

  private final Map<String, String> facts;

  private StoredOptions(Map<String, String> facts) {
    this.facts = facts;
  }

  /**
   * The options.
   *
   * @throws UserException if a fact is missing, or is none that this version knows
   */
  public static EmbedOptions of(Map<String, String> facts) {
    // A vector is there, so that its image was within the limits of its run.
    SettingValues limits =
        SettingValues.none()
            .with(ImageSettings.MAX_IMAGE_BYTES, Long.MAX_VALUE)
            .with(ImageSettings.MAX_PIXELS, Long.MAX_VALUE / 8)
            .with(ImageSettings.MAX_SIDE, Integer.MAX_VALUE)
            .with(ImageSettings.MAX_FRAMES, Integer.MAX_VALUE);
    return within(limits, facts);
  }

  /**
   * The options, for images that were not among the table's.
   *
   * @param limits of the images
   * @throws UserException if a fact is missing, or is none that this version knows
   */
  public static EmbedOptions within(SettingValues limits, Map<String, String> facts) {
    return new StoredOptions(facts).options(limits);
  }

  private EmbedOptions options(SettingValues limits) {
    try {
      String[] size = fact("image.size").split("x", 2);
      SettingValues values = limits;
      for (Setting<?> setting : ImageSettings.THAT_MOVE_VECTORS) {
        values = with(values, setting);
      }
      return EmbedOptions.of(
          new ImageSize(Integer.parseInt(size[0]), Integer.parseInt(size[1])),
          with(values, EmbedSettings.PRECISION));
    } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
      throw UserException.input(
          String.format(
              Locale.ROOT,
              "The vectors can't be computed again: their metadata names options that this version doesn't understand (%s)."
                  + " Pass --sample 0 to check the rest, or use the version that wrote them.",
              e.getMessage()),
          e);
    }
  }

  private <T> SettingValues with(SettingValues values, Setting<T> setting) {
    String key = FeatureMetadata.key(setting).substring(FeatureMetadata.PREFIX.length());
    return values.with(setting, setting.type().parse(fact(key)));
  }

  private String fact(String key) {
    String value = facts.get(FeatureMetadata.PREFIX + key);
    if (value == null) {
      throw new IllegalArgumentException("no " + FeatureMetadata.PREFIX + key);
    }
    return value;
  }
}
