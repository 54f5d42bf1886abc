package io.mobilenetspark.spark;

import io.mobilenetspark.model.FrozenModel;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.MetadataBuilder;

/**
 * What a vector column says of itself: without it, nobody can tell which vectors are comparable.
 */
public final class FeatureMetadata {

  /** What the keys begin with. */
  public static final String PREFIX = "mobilenet.";

  private FeatureMetadata() {}

  /**
   * The facts, in a fixed order: model, format, fingerprint, dimension, how images are read,
   * precision.
   */
  public static Map<String, String> of(FrozenModel model, EmbedOptions options) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put(PREFIX + "model", model.name());
    facts.put(PREFIX + "model.format", model.format());
    facts.put(PREFIX + "model.fingerprint", model.fingerprint());
    facts.put(PREFIX + "dimension", Integer.toString(model.dimension()));
    facts.put(PREFIX + "image.size", options.images().size().toString());
    facts.put(PREFIX + "resize", options.images().resize().optionName());
    facts.put(PREFIX + "exif.orientation", options.images().orientation().optionName());
    facts.put(PREFIX + "alpha", options.images().alpha().optionName());
    facts.put(PREFIX + "crop.fraction", Double.toString(options.images().crop().fraction()));
    facts.put(PREFIX + "aspect", options.images().aspect().optionName());
    facts.put(PREFIX + "decode.scale", options.images().decodeScale().optionName());
    facts.put(PREFIX + "color.profile", options.images().colorProfile().optionName());
    facts.put(PREFIX + "precision", options.precision().optionName());
    return facts;
  }

  /** The facts as a column's metadata. */
  public static Metadata columnMetadata(FrozenModel model, EmbedOptions options) {
    MetadataBuilder builder = new MetadataBuilder();
    of(model, options).forEach(builder::putString);
    return builder.build();
  }
}
