package io.mobilenetspark.jobs.table;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.image.ImageOptions;
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

  private static final String SIZE = "image.size";

  /** For tables that don't tell it; it matters to JPEGs that are decoded smaller alone. */
  private static final ImageSize ANY_SIZE = ImageSize.square(224);

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

  /**
   * How pixels are decoded as they were, to be measured again: of the table's options, those that
   * it tells.
   *
   * @param limits of the images
   * @throws UserException if one is none that this version knows
   */
  public static ImageOptions measuring(SettingValues limits, Map<String, String> facts) {
    StoredOptions stored = new StoredOptions(facts);
    SettingValues values = limits.with(ImageSettings.IMAGE_STATS, true);
    try {
      for (Setting<?> setting : ImageSettings.THAT_MOVE_VECTORS) {
        values =
            facts.containsKey(FeatureMetadata.key(setting)) ? stored.with(values, setting) : values;
      }
      return ImageOptions.of(
          facts.containsKey(FeatureMetadata.PREFIX + SIZE) ? stored.size() : ANY_SIZE, values);
    } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
      throw UserException.input(
          String.format(
              Locale.ROOT,
              "The images can't be read as they were: the table's metadata names options that this"
                  + " version doesn't understand (%s). Use the version that wrote them.",
              e.getMessage()),
          e);
    }
  }

  private ImageSize size() {
    String[] sides = fact(SIZE).split("x", 2);
    return new ImageSize(Integer.parseInt(sides[0]), Integer.parseInt(sides[1]));
  }

  private EmbedOptions options(SettingValues limits) {
    try {
      ImageSize size = size();
      SettingValues values = limits;
      for (Setting<?> setting : ImageSettings.THAT_MOVE_VECTORS) {
        values = with(values, setting);
      }
      return EmbedOptions.of(size, with(values, EmbedSettings.PRECISION));
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
