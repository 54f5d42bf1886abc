package io.mobilenetspark.spark;

import io.mobilenetspark.image.ImageOptions;
import io.mobilenetspark.image.ImageSettings;
import io.mobilenetspark.model.FrozenModel;
import io.mobilenetspark.options.Setting;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.MetadataBuilder;
import scala.jdk.javaapi.CollectionConverters;

/**
 * What a vector column says about itself: which vectors are comparable can't be told without it.
 */
public final class FeatureMetadata {

  /** What the keys begin with. */
  public static final String PREFIX = "mobilenet.";

  /** Keys of a model's name: the same model may come from several places. */
  private static final Set<String> NAMES = Set.of(PREFIX + "model", PREFIX + "model.format");

  private static final Pattern CAPITAL = Pattern.compile("[A-Z]");

  private FeatureMetadata() {}

  /**
   * The facts, in a fixed order: model, format, fingerprint, path, output, dimension, how images
   * are read, precision. Each but those in {@link #NAMES} moves vectors, and nothing else does: the
   * tag set and the signature of a module that runs its own graph are in the fingerprint, which is
   * of that graph.
   */
  public static Map<String, String> of(FrozenModel model, EmbedOptions options) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put(PREFIX + "model", model.name());
    facts.put(PREFIX + "model.format", model.format());
    facts.put(PREFIX + "model.fingerprint", model.fingerprint());
    facts.put(PREFIX + "model.path", model.path().optionName());
    facts.put(PREFIX + "model.output", model.output());
    facts.put(PREFIX + "dimension", Integer.toString(model.dimension()));
    facts.put(PREFIX + "image.size", options.images().size().toString());
    for (Setting<?> setting : ImageSettings.THAT_MOVE_VECTORS) {
      facts.put(key(setting), text(setting, options.images()));
    }
    facts.put(PREFIX + "precision", options.precision().optionName());
    return facts;
  }

  /** The key of a setting's value: {@code mobilenet.crop.fraction} of {@code cropFraction}. */
  public static String key(Setting<?> setting) {
    return PREFIX
        + CAPITAL
            .matcher(setting.name())
            .replaceAll(letter -> "." + letter.group().toLowerCase(Locale.ROOT));
  }

  private static <T> String text(Setting<T> setting, ImageOptions images) {
    return setting.type().text(images.get(setting));
  }

  /**
   * The keys of facts that differ and without which vectors are not comparable; one that is told of
   * one of them alone differs.
   */
  public static List<String> differing(Map<String, String> some, Map<String, String> others) {
    Set<String> keys = new LinkedHashSet<>(some.keySet());
    keys.addAll(others.keySet());
    keys.removeAll(NAMES);
    keys.removeIf(key -> Objects.equals(some.get(key), others.get(key)));
    return List.copyOf(keys);
  }

  /** The facts in a column's metadata; none if it is no vector's. */
  public static Map<String, String> read(Metadata metadata) {
    Map<String, String> facts = new TreeMap<>();
    CollectionConverters.asJava(metadata.map())
        .forEach(
            (key, value) -> {
              if (key.startsWith(PREFIX)) {
                facts.put(key, String.valueOf(value));
              }
            });
    return facts;
  }

  /** The facts as a column's metadata. */
  public static Metadata columnMetadata(FrozenModel model, EmbedOptions options) {
    MetadataBuilder builder = new MetadataBuilder();
    of(model, options).forEach(builder::putString);
    return builder.build();
  }

  /** Metadata of a column whose vectors are others now; what else was said of it stays. */
  public static Metadata renewed(Metadata before, Metadata now) {
    MetadataBuilder builder = new MetadataBuilder().withMetadata(before);
    read(before).keySet().forEach(builder::remove);
    read(now).forEach(builder::putString);
    return builder.build();
  }
}
