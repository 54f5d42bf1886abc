package io.mobilenetspark.spark.sql;

import static io.mobilenetspark.spark.sql.ConfEntries.PREFIX;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.image.AlphaMode;
import io.mobilenetspark.image.AspectMode;
import io.mobilenetspark.image.ColorProfile;
import io.mobilenetspark.image.Crop;
import io.mobilenetspark.image.CropMode;
import io.mobilenetspark.image.DecodeScale;
import io.mobilenetspark.image.ExifOrientation;
import io.mobilenetspark.image.ImageLimits;
import io.mobilenetspark.image.ImageOptions;
import io.mobilenetspark.image.ResizeMethod;
import io.mobilenetspark.model.ExecutionPath;
import io.mobilenetspark.model.FrozenModel;
import io.mobilenetspark.model.ModelRequest;
import io.mobilenetspark.model.handle.HubOptions;
import io.mobilenetspark.model.handle.Mirror;
import io.mobilenetspark.model.hub.InputSizes;
import io.mobilenetspark.model.hub.Trust;
import io.mobilenetspark.options.Nearest;
import io.mobilenetspark.runtime.Precision;
import io.mobilenetspark.spark.EmbedOptions;
import io.mobilenetspark.spark.MalformedMode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.spark.SparkConf;
import org.apache.spark.internal.config.ConfigEntry;
import org.apache.spark.internal.config.OptionalConfigEntry;
import org.apache.spark.sql.classic.SparkSession;
import org.apache.spark.sql.internal.SQLConf;
import org.jspecify.annotations.Nullable;
import scala.Option;
import scala.jdk.javaapi.CollectionConverters;

/**
 * The settings of a session, read when a query is analyzed. In the order of precedence:
 *
 * <ol>
 *   <li>the function's second argument, for the model
 *   <li>{@code SET} of the session, or what a view kept of the session that made it
 *   <li>{@code --conf} and {@code spark-defaults.conf}
 *   <li>the defaults in {@link ConfEntries}
 * </ol>
 *
 * <p>Those of {@link ConfEntries#FIXED} come from the application's start alone: a view, and a SQL
 * function, keep the settings of the session that made them and take all others for unset.
 */
final class MobileNetConf {

  private final SQLConf conf;
  private final SparkConf start;

  private MobileNetConf(SQLConf conf, SparkConf start) {
    this.conf = conf;
    this.start = start;
  }

  /**
   * The settings of the session that is current in this thread.
   *
   * @throws IllegalArgumentException if there are settings that don't exist; the message names them
   */
  static MobileNetConf current() {
    SQLConf conf = SQLConf.get();
    requireKnownKeys(conf);
    SparkSession spark = SparkSession.active();
    SparkConf start = spark.sparkContext().conf();
    requireFixed(spark.sessionState().conf(), start);
    return new MobileNetConf(conf, start);
  }

  /**
   * Which model.
   *
   * @param handle a model to use instead of the setting's, or null
   * @throws IllegalArgumentException if a setting can't be used; the message names it
   */
  ModelRequest model(@Nullable String handle) {
    Integer side = (Integer) value(ConfEntries.IMAGE_SIZE);
    String tags = value(ConfEntries.TAGS);
    return new ModelRequest(
        handle == null ? conf.getConf(ConfEntries.MODEL) : ConfEntries.handle(handle),
        side == null ? null : InputSizes.of(side, side),
        ExecutionPath.CHOICES.parse(conf.getConf(ConfEntries.PATH)),
        tags == null ? null : ModelRequest.tagSet(tags),
        value(ConfEntries.SIGNATURE),
        conf.getConf(ConfEntries.OUTPUT_KEY),
        (Boolean) start.get(ConfEntries.TRUST_MODEL) ? Trust.TRUSTED : Trust.UNTRUSTED,
        value(ConfEntries.MODEL_SHA256));
  }

  /**
   * How models are fetched; the same for all of an application's sessions.
   *
   * @throws IllegalArgumentException if a setting can't be used
   */
  HubOptions hub() {
    HubOptions hub =
        HubOptions.fromEnvironment(System.getenv())
            .withNetwork(
                (Boolean) start.get(ConfEntries.OFFLINE)
                    ? HubOptions.Network.OFFLINE
                    : HubOptions.Network.ONLINE);
    String cache = orNull(start.get(ConfEntries.MODEL_CACHE));
    if (cache != null) {
      hub = hub.withCacheDirectory(Path.of(cache));
    }
    String mirror = orNull(start.get(ConfEntries.MODEL_MIRROR));
    return mirror == null ? hub : hub.withMirror(new Mirror(mirror));
  }

  /**
   * How it is run.
   *
   * @throws IllegalArgumentException if a setting can't be used; the message names it
   */
  EmbedOptions options(FrozenModel model) {
    return new EmbedOptions(
        new ImageOptions(
            new ImageSize(model.imageHeight(), model.imageWidth()),
            ResizeMethod.CHOICES.parse(conf.getConf(ConfEntries.RESIZE)),
            new ImageLimits(
                (Long) conf.getConf(ConfEntries.MAX_IMAGE_BYTES),
                (Long) conf.getConf(ConfEntries.MAX_PIXELS),
                (Integer) conf.getConf(ConfEntries.MAX_SIDE),
                (Integer) conf.getConf(ConfEntries.MAX_FRAMES)),
            ExifOrientation.CHOICES.parse(conf.getConf(ConfEntries.EXIF_ORIENTATION)),
            AlphaMode.CHOICES.parse(conf.getConf(ConfEntries.ALPHA)),
            crop(),
            AspectMode.CHOICES.parse(conf.getConf(ConfEntries.ASPECT)),
            DecodeScale.CHOICES.parse(conf.getConf(ConfEntries.DECODE_SCALE)),
            ColorProfile.CHOICES.parse(conf.getConf(ConfEntries.COLOR_PROFILE))),
        Precision.CHOICES.parse(conf.getConf(ConfEntries.PRECISION)),
        (Integer) conf.getConf(ConfEntries.BATCH_SIZE),
        MalformedMode.CHOICES.parse(conf.getConf(ConfEntries.MODE)));
  }

  private Crop crop() {
    double fraction = (Double) conf.getConf(ConfEntries.CROP_FRACTION);
    return switch (CropMode.CHOICES.parse(conf.getConf(ConfEntries.CROP))) {
      case CENTER -> new Crop(fraction);
      case NONE -> {
        if (fraction != Crop.DEFAULT_FRACTION) {
          throw new IllegalArgumentException(
              String.format(
                  Locale.ROOT,
                  "%s is %s and has no effect. SET %s=%s, or RESET it.",
                  ConfEntries.CROP_FRACTION.key(),
                  fraction,
                  ConfEntries.CROP.key(),
                  CropMode.CENTER.optionName()));
        }
        yield Crop.NONE;
      }
    };
  }

  private <T> @Nullable T value(OptionalConfigEntry<T> entry) {
    return orNull(conf.getConf(entry));
  }

  private static <T> @Nullable T orNull(Option<T> value) {
    return value.isDefined() ? value.get() : null;
  }

  /** A session that was given its own later would wait for what does not come. */
  private static void requireFixed(SQLConf session, SparkConf start) {
    for (ConfigEntry<?> entry : ConfEntries.FIXED) {
      String key = entry.key();
      if (session.contains(key)
          && !session.getConfString(key).equals(start.getOption(key).getOrElse(() -> ""))) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "%s is fixed when the application starts, as %s; this session's %s has no effect. Give"
                    + " it with --conf, or before the first session is made.",
                key,
                start.getOption(key).getOrElse(() -> "not set"),
                session.getConfString(key)));
      }
    }
  }

  /** A misspelt setting would be ignored, and nobody would see why. */
  private static void requireKnownKeys(SQLConf conf) {
    Set<String> known =
        ConfEntries.ALL.stream()
            .map(ConfigEntry::key)
            .collect(Collectors.toCollection(TreeSet::new));
    List<String> unknown = new ArrayList<>();
    for (String key : CollectionConverters.asJava(conf.getAllConfs()).keySet()) {
      if (key.startsWith(PREFIX) && !known.contains(key)) {
        unknown.add(key);
      }
    }
    if (!unknown.isEmpty()) {
      unknown.sort(null);
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "There is no setting %s%s Known: %s. RESET %s takes it back.",
              String.join(", ", unknown),
              Nearest.question(
                  unknown.get(0).substring(PREFIX.length()),
                  known.stream().map(key -> key.substring(PREFIX.length())).toList()),
              String.join(", ", known),
              unknown.get(0)));
    }
  }
}
