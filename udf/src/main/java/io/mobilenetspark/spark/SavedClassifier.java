package io.mobilenetspark.spark;

import com.fasterxml.jackson.databind.JsonNode;
import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.common.PathSyntax;
import io.mobilenetspark.image.ImageSettings;
import io.mobilenetspark.model.MobileNetWeights;
import io.mobilenetspark.model.ModelLoader;
import io.mobilenetspark.model.ModelRequest;
import io.mobilenetspark.model.export.ExportFacts;
import io.mobilenetspark.model.handle.Redacted;
import io.mobilenetspark.options.Setting;
import io.mobilenetspark.options.SettingValues;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.sql.SparkSession;

/**
 * A fine-tuned network and its head as MLlib's {@code MobileNetClassificationModel} is saved:
 * parameters and labels in {@code metadata}, the network, a TF-Slim checkpoint, in {@value #MODEL}.
 *
 * @param metadata what MLlib's reader makes of the parameters
 * @param weights the network with its head as the classifier
 * @param labels the classes' names
 * @param facts what an exported module says of itself
 */
public record SavedClassifier(
    DefaultParamsReader.Metadata metadata,
    MobileNetWeights weights,
    List<String> labels,
    ExportFacts facts) {

  /** The class whose stages these are. */
  public static final String STAGE = "io.mobilenetspark.spark.ml.MobileNetClassificationModel";

  /** The folder with the stage, in what {@code finetune} writes. */
  public static final String FOLDER_OF_RUN = "mllib";

  /** The folder with the network. */
  public static final String MODEL = "model";

  /** The parameter by which it predicts. */
  private static final String THRESHOLDS = "thresholds";

  public static final String LABELS = "labels";
  public static final String HEIGHT = "imageHeight";
  public static final String WIDTH = "imageWidth";
  public static final String MOMENTUM = "batchNormMomentum";
  public static final String WEIGHT_DECAY = "weightDecay";

  public SavedClassifier {
    labels = List.copyOf(labels);
    if (weights.classCount() != labels.size()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "the network tells %d classes apart, but there are %d labels",
              weights.classCount(),
              labels.size()));
    }
  }

  /**
   * Reads one; nothing outside of its folder.
   *
   * @param path a folder on any Hadoop file system
   * @throws IllegalArgumentException if there is no such stage there
   * @throws io.mobilenetspark.model.hub.ModelLoadException if its weights are missing or damaged
   */
  public static SavedClassifier read(String path, SparkSession spark) {
    DefaultParamsReader.Metadata metadata = StageMetadata.read(path, spark, STAGE);
    JsonNode json = StageMetadata.json(metadata);
    List<String> labels = new ArrayList<>();
    json.path(LABELS).forEach(label -> labels.add(label.asText()));
    MobileNetWeights weights =
        new ModelLoader(ClassicSpark.hadoopConf(spark))
            .weights(ModelRequest.of(path + "/" + MODEL));
    ExportFacts facts =
        new ExportFacts(
            new ImageSize(json.path(HEIGHT).asInt(), json.path(WIDTH).asInt()),
            json.path(MOMENTUM).asDouble(),
            json.path(WEIGHT_DECAY).asDouble());
    return new SavedClassifier(metadata, weights, labels, facts);
  }

  /**
   * The folder of the stage that a path leads to: itself, or what {@code finetune} has put into it.
   *
   * @throws IllegalArgumentException if the path can't be read
   */
  public static String folder(String path, Configuration hadoop) {
    try {
      Path ofRun = new Path(path, FOLDER_OF_RUN);
      FileSystem fileSystem = ofRun.getFileSystem(hadoop);
      boolean isRun =
          !fileSystem.exists(new Path(path, "metadata"))
              && fileSystem.exists(new Path(ofRun, "metadata"));
      return isRun ? ofRun.toString() : path;
    } catch (IOException | RuntimeException e) { // of a file system whose class is missing, say
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Can't read %s: %s. Check the path.",
              Redacted.handle(path),
              PathSyntax.misread(path, e).orElseGet(() -> Redacted.message(e))),
          Redacted.cause(e));
    }
  }

  /** How images were read when it was trained: all settings that move vectors. */
  public SettingValues images() {
    JsonNode json = StageMetadata.json(metadata);
    SettingValues values = SettingValues.none();
    for (Setting<?> setting : ImageSettings.THAT_MOVE_VECTORS) {
      JsonNode set = json.path("paramMap").path(setting.name());
      values =
          with(
              values,
              setting,
              set.isMissingNode() ? json.path("defaultParamMap").path(setting.name()) : set);
    }
    return values;
  }

  /**
   * Which class it takes an image for.
   *
   * @throws IllegalArgumentException if its thresholds are not those of its classes
   */
  public Decision decision() {
    JsonNode saved = StageMetadata.json(metadata).path("paramMap").path(THRESHOLDS);
    if (saved.isMissingNode()) {
      return Decision.MOST_PROBABLE;
    }
    double[] thresholds = new double[saved.size()];
    for (int i = 0; i < thresholds.length; i++) {
      JsonNode one = saved.get(i); // JSON has no infinity, so that MLlib writes "Inf"
      thresholds[i] = one.isTextual() ? Double.POSITIVE_INFINITY : one.asDouble();
    }
    return Decision.by(thresholds, labels);
  }

  /** A stage that was saved before there was a setting has what was done then: its default. */
  private static <T> SettingValues with(SettingValues values, Setting<T> setting, JsonNode saved) {
    return values.with(
        setting,
        saved.isMissingNode()
            ? setting.defaultValue().orElseThrow()
            : setting.type().parse(saved.asText()));
  }
}
