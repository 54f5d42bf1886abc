package io.mobilenetspark.jobs.table;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.image.AlphaMode;
import io.mobilenetspark.image.AspectMode;
import io.mobilenetspark.image.ColorProfile;
import io.mobilenetspark.image.Crop;
import io.mobilenetspark.image.DecodeScale;
import io.mobilenetspark.image.ExifOrientation;
import io.mobilenetspark.image.ImageLimits;
import io.mobilenetspark.image.ImageOptions;
import io.mobilenetspark.image.ResizeMethod;
import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.runtime.Precision;
import io.mobilenetspark.spark.EmbedOptions;
import io.mobilenetspark.spark.FeatureMetadata;
import io.mobilenetspark.spark.MalformedMode;
import java.util.Locale;
import java.util.Map;

/** The options that a table's vectors were made with, by the facts that they carry. */
public final class StoredOptions {

  /** A vector is there, so that its image was within the limits of its run. */
  private static final ImageLimits ANY =
      new ImageLimits(Long.MAX_VALUE, Long.MAX_VALUE / 8, Integer.MAX_VALUE, Integer.MAX_VALUE);

  private final Map<String, String> facts;

  private StoredOptions(Map<String, String> facts) {
    this.facts = facts;
  }

  /**
   * The options.
   *
   * @throws UserException if a fact is missing, or is none that this version knows
   */
  public static EmbedOptions of(Map<String, String> facts) {
    return new StoredOptions(facts).options();
  }

  private EmbedOptions options() {
    try {
      String[] size = fact("image.size").split("x", 2);
      ImageOptions images =
          new ImageOptions(
              new ImageSize(Integer.parseInt(size[0]), Integer.parseInt(size[1])),
              ResizeMethod.CHOICES.parse(fact("resize")),
              ANY,
              ExifOrientation.CHOICES.parse(fact("exif.orientation")),
              AlphaMode.CHOICES.parse(fact("alpha")),
              new Crop(Double.parseDouble(fact("crop.fraction"))),
              AspectMode.CHOICES.parse(fact("aspect")),
              DecodeScale.CHOICES.parse(fact("decode.scale")),
              ColorProfile.CHOICES.parse(fact("color.profile")));
      return new EmbedOptions(
          images,
          Precision.CHOICES.parse(fact("precision")),
          EmbedOptions.DEFAULT_BATCH_SIZE,
          MalformedMode.PERMISSIVE);
    } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
      throw UserException.input(
          String.format(
              Locale.ROOT,
              "The vectors can't be computed again: their metadata names options that this version doesn't understand (%s)."
                  + " Pass --sample 0 to check the rest, or use the version that wrote them.",
              e.getMessage()),
          e);
    }
  }

  private String fact(String key) {
    String value = facts.get(FeatureMetadata.PREFIX + key);
    if (value == null) {
      throw new IllegalArgumentException("no " + FeatureMetadata.PREFIX + key);
    }
    return value;
  }
}
