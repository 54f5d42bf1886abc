package io.mobilenetspark.jobs.cli;

import io.mobilenetspark.jobs.common.ModelSource;
import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.model.ExecutionPath;
import io.mobilenetspark.model.ModelLoader;
import io.mobilenetspark.model.ModelRequest;
import io.mobilenetspark.model.hub.Trust;
import io.mobilenetspark.spark.FeatureMetadata;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;

/** Which model, and what of it is run. */
public final class HandleOptions {

  @Option(
      names = "--model",
      paramLabel = "HANDLE",
      defaultValue = ModelLoader.DEFAULT_HANDLE,
      description = {
        "A TF Hub or Kaggle URL; a module's directory or .tar.gz, or the prefix of a TF-Slim"
            + " checkpoint (.../mobilenet_v1_0.75_224.ckpt), on any Hadoop file system; or"
            + " 'builtin': an UNTRAINED network for trying things out.",
        "Default: ${DEFAULT-VALUE}"
      })
  private String model = ModelLoader.DEFAULT_HANDLE;

  @Option(
      names = "--image-size",
      paramLabel = "PIXELS",
      description = "Height and width of the model's input. Default: what the model expects.")
  private @Nullable Integer imageSize;

  @Option(
      names = "--path",
      paramLabel = "PATH",
      defaultValue = "auto",
      description = {
        "fast puts the weights of a MobileNet V1 into this library's own graph; general runs the module's own"
            + " graph; auto is fast where possible. Default: ${DEFAULT-VALUE}"
      })
  private ExecutionPath path = ExecutionPath.AUTO;

  @Option(
      names = "--tags",
      paramLabel = "TAGS",
      description = "Tag set of a TF1 module's graph, separated by commas. Default: the empty set.")
  private @Nullable String tags;

  @Option(
      names = "--signature",
      paramLabel = "NAME",
      description = "Signature of the module. Default: its own for feature vectors.")
  private @Nullable String signature;

  @Option(
      names = "--output-key",
      paramLabel = "KEY",
      defaultValue = ModelRequest.FEATURES,
      description = {
        "features, logits, or an endpoint such as MobilenetV1/Conv2d_13_pointwise, averaged over"
            + " height and width. Default: ${DEFAULT-VALUE}"
      })
  private String outputKey = ModelRequest.FEATURES;

  @Option(
      names = "--trust-model",
      description = {
        "Run a module's own graph whatever it does: touch files, the network, processes or Python, loop forever, or take any amount of memory."
      })
  private boolean trustModel;

  @Mixin private DownloadOptions downloads = new DownloadOptions();

  public static HandleOptions of(String model) {
    HandleOptions options = new HandleOptions();
    options.model = model;
    return options;
  }

  /**
   * The same where something was asked for; elsewhere what a table's vectors were made with.
   *
   * @param facts what the vectors are
   * @param given what was asked for
   * @throws UserException if a fact is none that this version knows
   */
  public HandleOptions orOf(Map<String, String> facts, ParseResult given) {
    HandleOptions options = new HandleOptions();
    boolean isOther = given.hasMatchedOption("--model");
    options.model = isOther ? model : ModelRequest.handleOf(fact(facts, "model", model));
    options.outputKey =
        given.hasMatchedOption("--output-key") ? outputKey : fact(facts, "model.output", outputKey);
    String stored = fact(facts, "model.path", path.optionName());
    try {
      options.path = given.hasMatchedOption("--path") ? path : ExecutionPath.CHOICES.parse(stored);
    } catch (IllegalArgumentException e) {
      throw UserException.input(
          String.format(
              Locale.ROOT,
              "The vectors' metadata has a path of execution that this version doesn't know: %s."
                  + " Use the version that wrote them.",
              e.getMessage()),
          e);
    }
    options.imageSize = imageSize;
    options.tags = tags;
    options.signature = signature;
    options.trustModel = trustModel;
    options.downloads = downloads;
    return options;
  }

  private static String fact(Map<String, String> facts, String name, String otherwise) {
    return facts.getOrDefault(FeatureMetadata.PREFIX + name, otherwise);
  }

  /** The side of the images that was asked for, or the default to check other options with. */
  public int imageSizeOrDefault() {
    return imageSize == null ? ModelLoader.DEFAULT_IMAGE_SIDE : imageSize;
  }

  /** The model as the library is asked for it; downloads tell their progress on the console. */
  public ModelSource source(Console console) {
    try {
      ModelRequest request =
          ModelRequest.of(model)
              .withPath(path)
              .withOutput(outputKey)
              .withTrust(trustModel ? Trust.TRUSTED : Trust.UNTRUSTED);
      if (imageSize != null) {
        request = request.withImageSize(imageSize, imageSize);
      }
      if (tags != null) {
        request = request.withTags(ModelRequest.tagSet(tags));
      }
      return downloads.source(
          signature == null ? request : request.withSignature(signature), console);
    } catch (IllegalArgumentException e) {
      throw UserException.usage(String.valueOf(e.getMessage()));
    }
  }
}
