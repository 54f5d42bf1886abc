package io.mobilenetspark.model.settings;

import io.mobilenetspark.options.Setting;
import io.mobilenetspark.options.Surface;

/** The settings that errors about models refer to. */
public final class ModelSettings {

  /** The model's handle. */
  public static final Setting MODEL = Setting.of("model").but(Surface.STAGE, "modelHandle");

  /** Height and width of its input, in pixels. */
  public static final Setting IMAGE_SIZE = Setting.of("imageSize");

  /** Whose graph is run, this library's or the module's own. */
  public static final Setting PATH = Setting.of("path").but(Surface.STAGE, "executionPath");

  /** Tag set of a module's graph. */
  public static final Setting TAGS = Setting.of("tags");

  /** Signature of a module. */
  public static final Setting SIGNATURE = Setting.of("signature");

  /** Which output is the vector. */
  public static final Setting OUTPUT_KEY = Setting.of("outputKey");

  /** Whether any graph is run; an application's start grants it, and a stage never does. */
  public static final Setting TRUST_MODEL =
      Setting.of("trustModel")
          .but(Surface.STAGE, "--trust-model to the embed job; a stage never runs such a graph");

  /** Images in one run of the model. */
  public static final Setting BATCH_SIZE = Setting.of("batchSize");

  /** Expected SHA-256 of a module's archive. */
  public static final Setting MODEL_SHA256 = Setting.of("modelSha256");

  /** Whether nothing is fetched. */
  public static final Setting OFFLINE = ofApplications("offline");

  /** Where fetched modules are kept. */
  public static final Setting MODEL_CACHE = ofApplications("modelCache");

  /** Where to fetch URLs from instead. */
  public static final Setting MODEL_MIRROR = ofApplications("modelMirror");

  /** Whether the classifier is written too. */
  public static final Setting HEAD = Setting.of("head");

  /** What becomes of an output that exists. */
  public static final Setting OUTPUT_MODE = Setting.of("outputMode");

  private ModelSettings() {}

  /** The machine's and not the model's: stages have them from the application, as SQL has. */
  private static Setting ofApplications(String name) {
    Setting setting = Setting.of(name);
    return setting.but(Surface.STAGE, setting.on(Surface.SQL));
  }
}
