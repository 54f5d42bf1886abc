package io.mobilenetspark.jobs;

import io.mobilenetspark.image.ImageOptions;
import io.mobilenetspark.model.ModelLoader;
import io.mobilenetspark.runtime.Precision;
import io.mobilenetspark.spark.EmbedOptions;
import io.mobilenetspark.spark.MalformedMode;
import picocli.CommandLine.Option;

/** Which model runs, and how. */
final class ModelOptions {

  @Option(
      names = "--model",
      paramLabel = "HANDLE",
      defaultValue = ModelLoader.DEFAULT_HANDLE,
      description = {
        "The prefix of a TF-Slim checkpoint (.../mobilenet_v1_0.75_224.ckpt) on any Hadoop file"
            + " system, or 'builtin': an UNTRAINED network for trying things out.",
        "Default: ${DEFAULT-VALUE}"
      })
  private String model = ModelLoader.DEFAULT_HANDLE;

  @Option(
      names = "--precision",
      paramLabel = "TYPE",
      defaultValue = "float32",
      description = {
        "float32, or bfloat16: about half the time on CPUs with AVX512_BF16 or AMX, an error on"
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
        "What is done with an image that can't be read: PERMISSIVE keeps the row with a status and"
            + " the reason, DROPMALFORMED leaves it out, FAILFAST fails the job. Default:"
            + " ${DEFAULT-VALUE}"
      })
  private MalformedMode mode = MalformedMode.PERMISSIVE;

  static ModelOptions of(String model) {
    ModelOptions options = new ModelOptions();
    options.model = model;
    return options;
  }

  String model() {
    return model;
  }

  /** The options as the library takes them. */
  EmbedOptions embedOptions(ImageOptions images) {
    try {
      return new EmbedOptions(images, precision, batchSize, mode);
    } catch (IllegalArgumentException e) {
      throw UserException.usage(String.valueOf(e.getMessage()));
    }
  }
}
