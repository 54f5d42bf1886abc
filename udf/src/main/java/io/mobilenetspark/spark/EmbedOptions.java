package io.mobilenetspark.spark;

import static java.util.Objects.requireNonNull;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.image.ImageOptions;
import io.mobilenetspark.model.settings.ModelSettings;
import io.mobilenetspark.options.SettingValues;
import io.mobilenetspark.runtime.FeatureExtractor;
import io.mobilenetspark.runtime.Precision;
import io.mobilenetspark.runtime.RunSize;
import java.io.Serializable;
import org.apache.spark.TaskContext;

/**
 * How a table is embedded.
 *
 * @param images how images are read
 * @param precision the arithmetic of the forward pass
 * @param batchSize images in a batch, 0 for what suits the CPU or GPU ({@link RunSize}); the
 *     vectors don't depend on it
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

  /** Images in a batch, at least 1, as far as a plan is concerned: the same on every driver. */
  public int imagesOfPlan() {
    return batchSize > 0 ? batchSize : RunSize.MOST;
  }

  /** Images in a batch of a task, at least 1. */
  public int imagesOf(TaskContext task) {
    if (batchSize > 0) {
      return batchSize;
    }
    return TaskGpu.of(task).isPresent() ? RunSize.onGpu(images.size()) : RunSize.batchOnThisCpu();
  }

  /** How many images a run of the model has, where it matters. */
  RunSize runSize(FeatureExtractor extractor) {
    return batchSize == 1 ? RunSize.ONE : extractor.runSize();
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
