package io.mobilenetspark.spark.sql;

import io.mobilenetspark.options.Scope;
import io.mobilenetspark.options.Setting;
import io.mobilenetspark.options.Surface;
import io.mobilenetspark.options.ValueType;
import java.util.List;
import java.util.Locale;
import org.apache.spark.internal.config.ConfigBuilder;
import org.apache.spark.internal.config.ConfigEntry;
import org.apache.spark.internal.config.TypedConfigBuilder;
import org.apache.spark.sql.internal.SQLConf;

/**
 * The settings {@code spark.mobilenet.*}: those of the job {@code embed}, with the same defaults.
 * They are entries of Spark's own registry: {@code SET} checks them, {@code SET -v} lists them, and
 * a view keeps those that it was made with. What must not be granted by a query (which programs are
 * run, where files are kept) is static: {@code SET} refuses it.
 */
final class ConfEntries {

  static final String PREFIX = "spark.mobilenet.";

  private static final String VERSION = "0.1.0";

  /** Of {@link SqlSettings#ALL}, in the same order. */
  static final List<ConfigEntry<?>> ALL =
      SqlSettings.ALL.stream().<ConfigEntry<?>>map(ConfEntries::entry).toList();

  private ConfEntries() {}

  /** Makes Spark know the entries, before a session reads or sets one. */
  static void register() {
    if (ALL.isEmpty()) {
      throw new IllegalStateException("there are no settings");
    }
  }

  /** A setting's key. */
  static String key(Setting<?> setting) {
    return setting.on(Surface.SQL);
  }

  private static ConfigEntry<?> entry(Setting<?> setting) {
    ConfigBuilder builder =
        setting.scope() == Scope.START
            ? SQLConf.buildStaticConf(key(setting))
            : SQLConf.buildConf(key(setting));
    builder = builder.doc(doc(setting)).version(VERSION);
    ValueType<?> type = setting.type();
    if (type instanceof ValueType.Whole) {
      return made(builder.intConf(), setting);
    } else if (type instanceof ValueType.Big) {
      return made(builder.longConf(), setting);
    } else if (type instanceof ValueType.Real) {
      return made(builder.doubleConf(), setting);
    } else if (type instanceof ValueType.Flag) {
      return made(builder.booleanConf(), setting);
    }
    return made(builder.stringConf(), setting);
  }

  /** Spark lists a default beside it, but not what holds where there is none. */
  private static String doc(Setting<?> setting) {
    return setting.defaultValue().isPresent() || setting.defaultText().isEmpty()
        ? setting.sentence()
        : String.format(
            Locale.ROOT, "%s By default: %s.", setting.sentence(), setting.defaultText());
  }

  private static <V, T> ConfigEntry<?> made(TypedConfigBuilder<V> builder, Setting<T> setting) {
    TypedConfigBuilder<V> checked = builder.transform(value -> written(value, setting));
    return setting.defaultValue().isPresent()
        ? checked.createWithDefaultString(setting.defaultText())
        : checked.createOptional();
  }

  /**
   * An empty text takes back what the defaults of a cluster say, where it can mean nothing else.
   */
  static boolean isNothing(Object value, Setting<?> setting) {
    return setting.defaultValue().isEmpty() && String.valueOf(value).isBlank();
  }

  /** The value as the setting has it: words in its own case. */
  @SuppressWarnings("unchecked") // texts stay texts, numbers stay the numbers that they are
  private static <V, T> V written(V value, Setting<T> setting) {
    if (isNothing(value, setting)) {
      return value;
    }
    try {
      T parsed = setting.type().parse(String.valueOf(value));
      return value instanceof String ? (V) setting.type().text(parsed) : value;
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%s: %s", key(setting), e.getMessage()), e);
    }
  }
}
