package io.mobilenetspark.spark;

import static java.util.Objects.requireNonNull;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.image.ImageOptions;
import io.mobilenetspark.model.settings.ModelSettings;
import io.mobilenetspark.options.SettingValues;
import io.mobilenetspark.runtime.Precision;
import io.mobilenetspark.runtime.RunSize;
import java.io.Serializable;
import org.apache.spark.TaskContext;

/**
 * How a table is embedded.
 *
 * @param images how images are read
 * @param precision the arithmetic of the forward pass
 * @param batchSize images in one run of the model, 0 for what suits the CPU or GPU ({@link
 *     RunSize}); the vectors don't depend on it
 * @param mode what is done with rows whose image can't be read
 */
public record EmbedOptions(
    ImageOptions images, Precision precision, int batchSize, MalformedMode mode)
    implements Serializable {

  public EmbedOptions {
    requireNonNull(images, "images");
    requireNonNull(precision, "precision");
    requireNonNull(mode, "mode");
    if (batchSize < 0) {
      throw new IllegalArgumentException("the batch size must not be negative: " + batchSize);
    }
  }

  /** Images in one run of the model on this machine's CPU, at least 1. */
  public int imagesOnCpu() {
    return batchSize > 0 ? batchSize : RunSize.bestOnThisCpu();
  }

  /** Images in one run of the model by a task, on the GPU if it has one; at least 1. */
  public int imagesOf(TaskContext task) {
    return batchSize == 0 && TaskGpu.of(task).isPresent() ? RunSize.ON_GPU : imagesOnCpu();
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
