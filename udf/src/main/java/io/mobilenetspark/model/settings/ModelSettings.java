package io.mobilenetspark.model.settings;

import io.mobilenetspark.common.Sha256;
import io.mobilenetspark.options.Scope;
import io.mobilenetspark.options.Setting;
import io.mobilenetspark.options.Surface;
import io.mobilenetspark.options.ValueType;
import java.util.List;

/** What can be set of a model, and of how its files are had. */
public final class ModelSettings {

  /** The module that this library was made for, in its version for TensorFlow 2. */
  public static final String DEFAULT_HANDLE =
      "https://tfhub.dev/google/imagenet/mobilenet_v1_075_224/feature_vector/4";

  /** The output that is the feature vector. */
  public static final String FEATURES = "features";

  /** Far above any image model's input, in pixels; a larger one is a damaged file. */
  public static final int MAX_IMAGE_SIDE = 8192;

  /** As many images in a batch as suit the CPU or GPU. */
  public static final int DEFAULT_BATCH_SIZE = 0;

  /** The model's handle. */
  public static final Setting<String> MODEL =
      Setting.of(
              "model",
              ValueType.text(),
              "the model: a TF Hub or Kaggle URL; a module's directory or .tar.gz, or the prefix of"
                  + " a TF-Slim checkpoint (.../mobilenet_v1_0.75_224.ckpt), on any Hadoop file"
                  + " system; or 'builtin', an UNTRAINED network for trying things out")
          .withDefault(DEFAULT_HANDLE)
          .withLabel("HANDLE");

  /** Height and width of its input. */
  public static final Setting<Integer> IMAGE_SIZE =
      Setting.of(
              "imageSize",
              ValueType.whole(1, MAX_IMAGE_SIDE),
              "height and width of the model's input, in pixels")
          .withAbsent("what the model expects")
          .withLabel("PIXELS");

  /** Whose graph is run, this library's or the module's own. */
  public static final Setting<ExecutionPath> EXECUTION_PATH =
      Setting.of(
              "executionPath",
              ValueType.words(ExecutionPath.CHOICES),
              "whose graph is run: fast puts the weights of a MobileNet V1 into this library's own,"
                  + " general runs the module's, auto is fast where possible")
          .withDefault(ExecutionPath.AUTO)
          .withLabel("PATH");

  /** Tag set of a module's graph. */
  public static final Setting<List<String>> TAGS =
      Setting.of(
              "tags",
              ValueType.names(),
              "tag set of a TF1 module's graph; in a text, with commas between tags")
          .withAbsent("the empty set")
          .withLabel("TAGS");

  /** Signature of a module. */
  public static final Setting<String> SIGNATURE =
      Setting.of("signature", ValueType.text(), "signature of the module")
          .withAbsent("its own for feature vectors")
          .withLabel("NAME");

  /** Which output is the vector. */
  public static final Setting<String> OUTPUT_KEY =
      Setting.of(
              "outputKey",
              ValueType.text(),
              "which output is the vector: features, logits, or an endpoint such as"
                  + " MobilenetV1/Conv2d_13_pointwise, averaged over height and width")
          .withDefault(FEATURES)
          .withLabel("KEY");

  /** Whether any graph is run; an application's start grants it, and a stage never does. */
  public static final Setting<Boolean> TRUST_MODEL =
      ofTheJob(
          Setting.of(
                  "trustModel",
                  ValueType.flag(),
                  "run a module's own graph whatever it does: touch files, the network, processes"
                      + " or Python, loop forever, or take any amount of memory")
              .withDefault(false)
              .withScope(Scope.START));

  /** Expected SHA-256 of a module's archive. */
  public static final Setting<String> MODEL_SHA256 =
      Setting.of(
              "modelSha256",
              ValueType.text(Sha256::requireHex),
              "expected SHA-256, in hex, of the archive that the module comes from, wherever it is"
                  + " from; a module that was never an archive is refused")
          .withAbsent("any")
          .withLabel("HEX");

  /** Whether nothing is fetched. */
  public static final Setting<Boolean> OFFLINE =
      ofApplications(
          Setting.of(
                  "offline",
                  ValueType.flag(),
                  "download nothing; use modules that are in the cache")
              .withDefault(false));

  /** Where fetched modules are kept. */
  public static final Setting<String> MODEL_CACHE =
      ofApplications(
          Setting.of(
                  "modelCache",
                  ValueType.text(),
                  "where the driver keeps downloaded modules; shared with Python's tensorflow_hub")
              .withAbsent("TFHUB_CACHE_DIR, else tfhub_modules in the folder for temporary files")
              .withLabel("DIR"));

  /** Where to fetch URLs from instead. */
  public static final Setting<String> MODEL_MIRROR =
      ofApplications(
          Setting.of(
                  "modelMirror",
                  ValueType.text(),
                  "where to fetch models from whose handles are URLs, such as"
                      + " https://mirror.example/{path}.tar.gz; with {host}, {path}, {name} and"
                      + " {version} of the handle")
              .withAbsent("MOBILENET_MODEL_MIRROR, else nowhere")
              .withLabel("TEMPLATE"));

  /** When a download is given up. */
  public static final Setting<Integer> DOWNLOAD_TIMEOUT =
      Setting.of(
              "downloadTimeout",
              ValueType.whole(1, Integer.MAX_VALUE),
              "seconds after which a connection without an answer, or a download slower than 1"
                  + " KiB/s, is given up")
          .withDefault(60)
          .withScope(Scope.CALL)
          .withLabel("SECONDS");

  /** Whether the classifier is written too. */
  public static final Setting<String> HEAD = Setting.named("head");

  /** What becomes of an output that exists. */
  public static final Setting<String> OUTPUT_MODE = Setting.named("outputMode");

  /**
   * Images in a batch, each a run of the model, or several where a vector's bits would depend on
   * the number of images in a run; 1 always is a run of one.
   */
  public static final Setting<Integer> BATCH_SIZE =
      Setting.of(
              "batchSize",
              ValueType.whole(0, Integer.MAX_VALUE),
              "images in a batch, 0 for as many as suit the CPU's cache; the vectors don't depend on"
                  + " it")
          .withDefault(DEFAULT_BATCH_SIZE);

  /** Which model, and what of it is run. */
  public static final List<Setting<?>> OF_STAGES =
      List.of(MODEL, MODEL_SHA256, IMAGE_SIZE, EXECUTION_PATH, TAGS, SIGNATURE, OUTPUT_KEY);

  /** How a model's files are had. */
  public static final List<Setting<?>> OF_DOWNLOADS = List.of(OFFLINE, MODEL_CACHE, MODEL_MIRROR);

  private ModelSettings() {}

  /** The machine's and not the model's: stages have them from the application, as SQL has. */
  private static <T> Setting<T> ofApplications(Setting<T> setting) {
    return setting.withScope(Scope.START).but(Surface.STAGE, setting.on(Surface.SQL));
  }

  /** A stage is pointed to the job, which alone runs such a graph. */
  private static <T> Setting<T> ofTheJob(Setting<T> setting) {
    String option = setting.on(Surface.COMMAND_LINE);
    return setting.but(
        Surface.STAGE, option + " to the embed job; a stage never runs such a graph");
  }
}
