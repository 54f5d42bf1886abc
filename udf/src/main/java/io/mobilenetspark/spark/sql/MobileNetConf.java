package io.mobilenetspark.spark.sql;

import io.mobilenetspark.image.ImageLimits;
import io.mobilenetspark.image.ImageOptions;
import io.mobilenetspark.image.ImageSize;
import io.mobilenetspark.image.ResizeMethod;
import io.mobilenetspark.model.ModelLoader;
import io.mobilenetspark.runtime.Precision;
import io.mobilenetspark.spark.EmbedOptions;
import io.mobilenetspark.spark.MalformedMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.apache.spark.internal.config.ConfigBuilder;
import org.apache.spark.internal.config.ConfigEntry;
import org.apache.spark.sql.internal.SQLConf;
import org.jspecify.annotations.Nullable;
import scala.jdk.javaapi.CollectionConverters;

/**
 * The settings of the SQL functions. They are entries of Spark's own registry: {@code SET} checks
 * them, {@code SET -v} lists them, and a view keeps those that it was made with. A function reads
 * them when its query is analyzed: first {@code SET} of the session, then {@code --conf}, then the
 * default.
 */
final class MobileNetConf {

  static final String PREFIX = "spark.mobilenet.";
  private static final String VERSION = "0.1.0";

  static final ConfigEntry<String> MODEL =
      text(
          "model",
          "The model: the prefix of a TF-Slim checkpoint on any Hadoop file system, or 'builtin', an"
              + " UNTRAINED network for trying things out.",
          ModelLoader.DEFAULT_HANDLE,
          MobileNetConf::model);

  static final ConfigEntry<Object> IMAGE_SIZE =
      positiveInt(
          "imageSize",
          "Height and width of the model's input, in pixels.",
          ModelLoader.DEFAULT_IMAGE_SIDE);

  static final ConfigEntry<String> RESIZE =
      text(
          "resize",
          "How images are brought to that size: bilinear, bilinear_tf1, bilinear_antialias, area or"
              + " bicubic.",
          ResizeMethod.BILINEAR.optionName(),
          value -> ResizeMethod.fromOption(value).optionName());

  static final ConfigEntry<String> PRECISION =
      text(
          "precision",
          "float32, or bfloat16: faster on CPUs with AVX512_BF16 or AMX, an error on others.",
          Precision.FLOAT32.optionName(),
          value -> Precision.fromOption(value).optionName());

  static final ConfigEntry<String> MODE =
      text(
          "mode",
          "What becomes of an image that can't be read: PERMISSIVE gives NULL, FAILFAST fails the"
              + " query with the reason.",
          MalformedMode.PERMISSIVE.name(),
          value -> mode(value).name());

  static final ConfigEntry<Object> BATCH_SIZE =
      positiveInt(
          "batchSize",
          "Images in one run of the model; the vectors don't depend on it.",
          EmbedOptions.DEFAULT_BATCH_SIZE);

  static final ConfigEntry<Object> MAX_IMAGE_BYTES =
      positiveLong(
          "maxImageBytes", "Images of more bytes are not read.", ImageLimits.DEFAULT_MAX_BYTES);

  static final ConfigEntry<Object> MAX_PIXELS =
      positiveLong(
          "maxPixels", "Images of more pixels are not decoded.", ImageLimits.DEFAULT_MAX_PIXELS);

  /** All of them. */
  static final List<ConfigEntry<?>> ENTRIES =
      List.of(MODEL, IMAGE_SIZE, RESIZE, PRECISION, MODE, BATCH_SIZE, MAX_IMAGE_BYTES, MAX_PIXELS);

  private final ModelSource model;
  private final EmbedOptions options;

  private MobileNetConf(ModelSource model, EmbedOptions options) {
    this.model = model;
    this.options = options;
  }

  /** Makes Spark know the entries, before a session reads or sets one. */
  static void register() {
    if (ENTRIES.isEmpty()) {
      throw new IllegalStateException("there are no settings");
    }
  }

  /**
   * The settings of the session that is current in this thread.
   *
   * @param model a model to use instead of the setting's, or null
   * @throws IllegalArgumentException if a setting can't be used; the message names it
   */
  static MobileNetConf current(@Nullable String model) {
    SQLConf conf = SQLConf.get();
    requireKnownKeys(conf);
    int side = (Integer) conf.getConf(IMAGE_SIZE);
    ImageOptions images =
        new ImageOptions(
            ImageSize.square(side),
            ResizeMethod.fromOption(conf.getConf(RESIZE)),
            new ImageLimits(
                (Long) conf.getConf(MAX_IMAGE_BYTES),
                (Long) conf.getConf(MAX_PIXELS),
                ImageLimits.DEFAULT_MAX_SIDE));
    return new MobileNetConf(
        new ModelSource.Handle(model == null ? conf.getConf(MODEL) : model(model), side),
        new EmbedOptions(
            images,
            Precision.fromOption(conf.getConf(PRECISION)),
            (Integer) conf.getConf(BATCH_SIZE),
            mode(conf.getConf(MODE))));
  }

  ModelSource model() {
    return model;
  }

  EmbedOptions options() {
    return options;
  }

  /** A misspelt setting would be ignored, and nobody would see why. */
  private static void requireKnownKeys(SQLConf conf) {
    List<String> known = ENTRIES.stream().map(ConfigEntry::key).toList();
    List<String> unknown = new ArrayList<>();
    for (String key : CollectionConverters.asJava(conf.getAllConfs()).keySet()) {
      if (key.startsWith(PREFIX) && !known.contains(key)) {
        unknown.add(key);
      }
    }
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException(
          "There is no setting %s. Known: %s. RESET %s takes it back."
              .formatted(
                  String.join(", ", unknown),
                  known.stream().sorted().collect(Collectors.joining(", ")),
                  unknown.get(0)));
    }
  }

  private static String model(String value) {
    if (value.isBlank()) {
      throw new IllegalArgumentException(
          "The model's name is empty. Give the prefix of a TF-Slim checkpoint, or 'builtin'.");
    }
    return value;
  }

  private static MalformedMode mode(String value) {
    String name = value.toUpperCase(Locale.ROOT);
    if (name.equals(MalformedMode.DROPMALFORMED.name())) {
      throw new IllegalArgumentException(
          "A function can't drop rows, so mode DROPMALFORMED is not for SQL. Use PERMISSIVE and"
              + " WHERE mobilenet_features(...) IS NOT NULL.");
    }
    return Arrays.stream(MalformedMode.values())
        .filter(mode -> mode.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "Unknown mode '%s'. Known: PERMISSIVE, FAILFAST".formatted(value)));
  }

  private static ConfigBuilder entry(String name, String doc) {
    return SQLConf.buildConf(PREFIX + name).doc(doc).version(VERSION);
  }

  private static ConfigEntry<String> text(
      String name, String doc, String defaultValue, UnaryOperator<String> normalize) {
    return entry(name, doc)
        .stringConf()
        .transform(
            value -> {
              try {
                return normalize.apply(value);
              } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                    "%s%s can't be '%s'. %s".formatted(PREFIX, name, value, e.getMessage()), e);
              }
            })
        .createWithDefault(defaultValue);
  }

  private static ConfigEntry<Object> positiveInt(String name, String doc, int defaultValue) {
    return entry(name, doc)
        .intConf()
        .checkValue(value -> (Integer) value > 0, "It must be at least 1.")
        .createWithDefault(defaultValue);
  }

  private static ConfigEntry<Object> positiveLong(String name, String doc, long defaultValue) {
    return entry(name, doc)
        .longConf()
        .checkValue(value -> (Long) value > 0, "It must be at least 1.")
        .createWithDefault(defaultValue);
  }
}
