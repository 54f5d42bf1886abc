package io.mobilenetspark.spark;

import static java.util.Objects.requireNonNull;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.image.ImageOptions;
import io.mobilenetspark.model.settings.ModelSettings;
import io.mobilenetspark.options.SettingValues;
import io.mobilenetspark.runtime.Precision;
import java.io.Serializable;

/**
 * How a table is embedded.
 *
 * @param images how images are read
 * @param precision the arithmetic of the forward pass
 * @param batchSize images in one run of the model, at least 1; the vectors don't depend on it
 * @param mode what is done with rows whose image can't be read
 */
public record EmbedOptions(
    ImageOptions images, Precision precision, int batchSize, MalformedMode mode)
    implements Serializable {

  public EmbedOptions {
    requireNonNull(images, "images");
    requireNonNull(precision, "precision");
    requireNonNull(mode, "mode");
    if (batchSize < 1) {
      throw new IllegalArgumentException("the batch size must be at least 1, not " + batchSize);
    }
  }

  /**
   * What settings say.
   *
   * @param size of the model's input
   * @param values of {@link EmbedSettings} and {@link io.mobilenetspark.image.ImageSettings};
   *     others are not looked at
   */
  public static EmbedOptions of(ImageSize size, SettingValues values) {
    return new EmbedOptions(
        ImageOptions.of(size, values),
        values.get(EmbedSettings.PRECISION),
        values.get(ModelSettings.BATCH_SIZE),
        values.get(EmbedSettings.MODE));
  }
}
