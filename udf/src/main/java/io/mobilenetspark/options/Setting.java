package io.mobilenetspark.options;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Something that can be set, by the one name that it has: {@code outputKey}. Each {@link Surface}
 * writes it in its own way. Immutable.
 */
public final class Setting {

  private static final Pattern CAPITAL = Pattern.compile("[A-Z]");

  private final String name;
  private final Map<Surface, String> exceptions;

  private Setting(String name, Map<Surface, String> exceptions) {
    this.name = name;
    this.exceptions = exceptions;
  }

  /** A setting of this name, in camel case, which all surfaces have. */
  public static Setting of(String name) {
    return new Setting(name, new EnumMap<>(Surface.class));
  }

  /** The same, but for one surface that calls it something else. */
  public Setting but(Surface surface, String spelling) {
    Map<Surface, String> all = new EnumMap<>(Surface.class);
    all.putAll(exceptions);
    all.put(surface, spelling);
    return new Setting(name, all);
  }

  /** Its name, in camel case. */
  public String name() {
    return name;
  }

  /** Its name as people of a surface know it. */
  public String on(Surface surface) {
    String exception = exceptions.get(surface);
    if (exception != null) {
      return exception;
    }
    return switch (surface) {
      case COMMAND_LINE ->
          "--"
              + CAPITAL
                  .matcher(name)
                  .replaceAll(letter -> "-" + letter.group().toLowerCase(Locale.ROOT));
      case SQL -> "spark.mobilenet." + name;
      case STAGE -> name;
    };
  }
}
