package io.mobilenetspark.jobs.cli;

import io.mobilenetspark.image.ImageOptions;
import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.runtime.Precision;
import io.mobilenetspark.spark.EmbedOptions;
import io.mobilenetspark.spark.MalformedMode;
import picocli.CommandLine.Option;

/** How the model runs. */
public final class RunOptions {

  @Option(
      names = "--precision",
      paramLabel = "TYPE",
      defaultValue = "float32",
      description = {
        "float32, or bfloat16: faster on CPUs with AVX512_BF16 or AMX, an error on"
            + " others. Default: ${DEFAULT-VALUE}"
      })
  private Precision precision = Precision.FLOAT32;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      defaultValue = "" + EmbedOptions.DEFAULT_BATCH_SIZE,
      description = {
        "Images in one run of the model; the vectors don't depend on it. Default: ${DEFAULT-VALUE}"
      })
  private int batchSize = EmbedOptions.DEFAULT_BATCH_SIZE;

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      defaultValue = "PERMISSIVE",
      description = {
        "What to do with an image that can't be read: PERMISSIVE keeps the row with a status and"
            + " the reason, DROPMALFORMED leaves it out, FAILFAST fails the job. Default:"
            + " ${DEFAULT-VALUE}"
      })
  private MalformedMode mode = MalformedMode.PERMISSIVE;

  public MalformedMode mode() {
    return mode;
  }

  /** The options as the library takes them. */
  public EmbedOptions embedOptions(ImageOptions images) {
    try {
      return new EmbedOptions(images, precision, batchSize, mode);
    } catch (IllegalArgumentException e) {
      throw UserException.usage(String.valueOf(e.getMessage()));
    }
  }
}
