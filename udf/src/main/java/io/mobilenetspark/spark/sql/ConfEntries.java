package io.mobilenetspark.spark.sql;

import io.mobilenetspark.image.AlphaMode;
import io.mobilenetspark.image.AspectMode;
import io.mobilenetspark.image.ColorProfile;
import io.mobilenetspark.image.Crop;
import io.mobilenetspark.image.CropMode;
import io.mobilenetspark.image.DecodeScale;
import io.mobilenetspark.image.ExifOrientation;
import io.mobilenetspark.image.ImageLimits;
import io.mobilenetspark.image.ResizeMethod;
import io.mobilenetspark.model.ExecutionPath;
import io.mobilenetspark.model.ModelLoader;
import io.mobilenetspark.model.ModelRequest;
import io.mobilenetspark.options.Choice;
import io.mobilenetspark.options.Choices;
import io.mobilenetspark.runtime.Precision;
import io.mobilenetspark.spark.EmbedOptions;
import io.mobilenetspark.spark.MalformedMode;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.apache.spark.internal.config.ConfigBuilder;
import org.apache.spark.internal.config.ConfigEntry;
import org.apache.spark.internal.config.OptionalConfigEntry;
import org.apache.spark.internal.config.TypedConfigBuilder;
import org.apache.spark.sql.internal.SQLConf;

/**
 * The settings {@code spark.mobilenet.*}: the options of the job {@code embed}, in camel case, with
 * the same defaults. They are entries of Spark's own registry: {@code SET} checks them, {@code SET
 * -v} lists them, and a view keeps those that it was made with. What must not be granted by a query
 * (which programs are run, where files are kept) is static: {@code SET} refuses it.
 */
final class ConfEntries {

  static final String PREFIX = "spark.mobilenet.";

  private static final String VERSION = "0.1.0";

  private static final Choices<MalformedMode> MODES =
      MalformedMode.CHOICES.without(
          MalformedMode.DROPMALFORMED,
          "a function can't drop rows, so mode DROPMALFORMED is not for SQL. Use PERMISSIVE and"
              + " WHERE mobilenet_features(...) IS NOT NULL.");

  static final ConfigEntry<String> MODEL =
      text(
          "model",
          "The model's handle: a TF Hub or Kaggle URL; a module's directory or .tar.gz, or the"
              + " prefix of a TF-Slim checkpoint, on any Hadoop file system; or 'builtin', an"
              + " UNTRAINED network for trying things out.",
          ModelLoader.DEFAULT_HANDLE,
          ConfEntries::handle);

  static final OptionalConfigEntry<Object> IMAGE_SIZE =
      positive(
              entry(
                      "imageSize",
                      "Height and width of the model's input, in pixels. By default what"
                          + " the model expects.")
                  .intConf())
          .createOptional();

  static final ConfigEntry<String> PATH =
      choice(
          "path",
          "fast: the weights of a MobileNet V1 in this library's own graph; general: the module's own graph;"
              + " auto: fast where possible.",
          ExecutionPath.AUTO,
          ExecutionPath.CHOICES);

  static final OptionalConfigEntry<String> TAGS =
      entry(
              "tags",
              "Tag set of a TF1 module's graph, separated by commas. By default the empty set.")
          .stringConf()
          .createOptional();

  static final OptionalConfigEntry<String> SIGNATURE =
      entry("signature", "Signature of the module. By default its own for feature vectors.")
          .stringConf()
          .createOptional();

  static final ConfigEntry<String> OUTPUT_KEY =
      text(
          "outputKey",
          "features, logits, or an endpoint such as MobilenetV1/Conv2d_13_pointwise, averaged over"
              + " height and width.",
          ModelRequest.FEATURES,
          UnaryOperator.identity());

  static final ConfigEntry<Object> TRUST_MODEL =
      staticEntry("trustModel", "Run a module's own graph whatever its ops do and cost.")
          .booleanConf()
          .createWithDefault(false);

  static final ConfigEntry<Object> OFFLINE =
      staticEntry("offline", "Download nothing; use modules that are in the cache.")
          .booleanConf()
          .createWithDefault(false);

  static final OptionalConfigEntry<String> MODEL_CACHE =
      staticEntry(
              "modelCache",
              "Where downloaded modules are kept on the driver. By default TFHUB_CACHE_DIR, else"
                  + " tfhub_modules in the folder for temporary files.")
          .stringConf()
          .createOptional();

  static final OptionalConfigEntry<String> ALLOWED_MODELS =
      staticEntry(
              "allowedModels",
              "The models that queries may name, separated by commas: URLs and paths, each with all"
                  + " below it, 'builtin', and * for any. By default any if the master is local,"
                  + " else those of tfhub.dev and kaggle.com and 'builtin'. The model that spark.mobilenet.model names at the start is always allowed. Hosts with private addresses, and hosts"
                  + " without TLS, must be named, and so must those that they redirect to.")
          .stringConf()
          .createOptional();

  static final OptionalConfigEntry<String> MODEL_SHA256 =
      entry("modelSha256", "Expected SHA-256 of the module's archive, wherever it is from.")
          .stringConf()
          .createOptional();

  static final OptionalConfigEntry<String> MODEL_MIRROR =
      staticEntry(
              "modelMirror",
              "Where to fetch models from whose handles are URLs, such as"
                  + " https://mirror.example/{path}.tar.gz; with {host}, {path}, {name} and"
                  + " {version} of the handle. By default MOBILENET_MODEL_MIRROR, else nowhere.")
          .stringConf()
          .createOptional();

  static final ConfigEntry<String> RESIZE =
      choice(
          "resize",
          "How images are resized to the model's input: bilinear, bilinear_tf1, bilinear_antialias,"
              + " area or bicubic.",
          ResizeMethod.BILINEAR,
          ResizeMethod.CHOICES);

  static final ConfigEntry<String> EXIF_ORIENTATION =
      choice(
          "exifOrientation",
          "apply turns images upright by their EXIF orientation, ignore leaves them as stored.",
          ExifOrientation.APPLY,
          ExifOrientation.CHOICES);

  static final ConfigEntry<String> ALPHA =
      choice(
          "alpha",
          "drop ignores an alpha channel; white and black lay the image over that colour.",
          AlphaMode.DROP,
          AlphaMode.CHOICES);

  static final ConfigEntry<String> CROP =
      choice(
          "crop",
          "center keeps only the centre of an image, none all of it.",
          CropMode.NONE,
          CropMode.CHOICES);

  static final ConfigEntry<Object> CROP_FRACTION =
      entry("cropFraction", "Part of each side that crop=center keeps.")
          .doubleConf()
          .checkValue(
              value -> (Double) value > 0 && (Double) value <= 1,
              "It must be greater than 0 and at most 1.")
          .createWithDefault(Crop.DEFAULT_FRACTION);

  static final ConfigEntry<String> ASPECT =
      choice(
          "aspect",
          "stretch fills the model's input; pad keeps the aspect ratio between black bars.",
          AspectMode.STRETCH,
          AspectMode.CHOICES);

  static final ConfigEntry<String> DECODE_SCALE =
      choice(
          "decodeScale",
          "fast decodes large JPEGs at 1/2, 1/4 or 1/8, which moves their vectors; exact does not.",
          DecodeScale.EXACT,
          DecodeScale.CHOICES);

  static final ConfigEntry<String> COLOR_PROFILE =
      choice(
          "colorProfile",
          "srgb converts colours to sRGB by an embedded ICC profile; ignore takes them as stored.",
          ColorProfile.IGNORE,
          ColorProfile.CHOICES);

  static final ConfigEntry<String> PRECISION =
      choice(
          "precision",
          "float32, or bfloat16: faster on CPUs with AVX512_BF16 or AMX, an error on others.",
          Precision.FLOAT32,
          Precision.CHOICES);

  static final ConfigEntry<Object> BATCH_SIZE =
      positive(
              entry("batchSize", "Images in one run of the model; the vectors don't depend on it.")
                  .intConf())
          .createWithDefault(EmbedOptions.DEFAULT_BATCH_SIZE);

  static final ConfigEntry<String> MODE =
      choice(
          "mode",
          "What to do with an image that can't be read: PERMISSIVE gives NULL, FAILFAST fails the"
              + " query with the reason.",
          MalformedMode.PERMISSIVE,
          MODES);

  static final ConfigEntry<Object> MAX_IMAGE_BYTES =
      positive(entry("maxImageBytes", "Images of more bytes are not read.").longConf())
          .createWithDefault(ImageLimits.DEFAULT_MAX_BYTES);

  static final ConfigEntry<Object> MAX_PIXELS =
      positive(entry("maxPixels", "Images of more pixels are not decoded.").longConf())
          .createWithDefault(ImageLimits.DEFAULT_MAX_PIXELS);

  static final ConfigEntry<Object> MAX_SIDE =
      positive(entry("maxSide", "Images with a longer side, in pixels, are not decoded.").intConf())
          .createWithDefault(ImageLimits.DEFAULT_MAX_SIDE);

  static final ConfigEntry<Object> MAX_FRAMES =
      positive(entry("maxFrames", "Images of more frames or pages are not decoded.").intConf())
          .createWithDefault(ImageLimits.DEFAULT_MAX_FRAMES);

  /** Those that no query may grant itself, and no view forgets: of the application's start. */
  static final List<ConfigEntry<?>> FIXED =
      List.of(TRUST_MODEL, OFFLINE, MODEL_CACHE, MODEL_MIRROR, ALLOWED_MODELS);

  /** All of them. */
  static final List<ConfigEntry<?>> ALL =
      List.of(
          MODEL,
          IMAGE_SIZE,
          PATH,
          TAGS,
          SIGNATURE,
          OUTPUT_KEY,
          TRUST_MODEL,
          OFFLINE,
          MODEL_CACHE,
          ALLOWED_MODELS,
          MODEL_SHA256,
          MODEL_MIRROR,
          RESIZE,
          EXIF_ORIENTATION,
          ALPHA,
          CROP,
          CROP_FRACTION,
          ASPECT,
          DECODE_SCALE,
          COLOR_PROFILE,
          PRECISION,
          BATCH_SIZE,
          MODE,
          MAX_IMAGE_BYTES,
          MAX_PIXELS,
          MAX_SIDE,
          MAX_FRAMES);

  private ConfEntries() {}

  /** Makes Spark know the entries, before a session reads or sets one. */
  static void register() {
    if (ALL.isEmpty()) {
      throw new IllegalStateException("there are no settings");
    }
  }

  static String handle(String value) {
    if (value.isBlank()) {
      throw new IllegalArgumentException(
          "The model's name is empty. Give a URL, a path, or 'builtin'.");
    }
    return value;
  }

  private static ConfigBuilder entry(String name, String doc) {
    return SQLConf.buildConf(PREFIX + name).doc(doc).version(VERSION);
  }

  private static ConfigBuilder staticEntry(String name, String doc) {
    return SQLConf.buildStaticConf(PREFIX + name).doc(doc).version(VERSION);
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
                    String.format(Locale.ROOT, "%s%s: %s", PREFIX, name, e.getMessage()), e);
              }
            })
        .createWithDefault(defaultValue);
  }

  private static <E extends Enum<E> & Choice> ConfigEntry<String> choice(
      String name, String doc, E defaultValue, Choices<E> choices) {
    return text(name, doc, defaultValue.optionName(), word -> choices.parse(word).optionName());
  }

  private static TypedConfigBuilder<Object> positive(TypedConfigBuilder<Object> number) {
    return number.checkValue(value -> ((Number) value).longValue() > 0, "It must be at least 1.");
  }
}
