package io.mobilenetspark.testing;

import java.util.Locale;
import java.util.Map;

/** Values of maps that must be there. */
public final class Entries {

  private Entries() {}

  /** The value of a key; fails if the map has none. */
  public static <T> T get(Map<String, T> map, String key) {
    T value = map.get(key);
    if (value == null) {
      throw new AssertionError(String.format(Locale.ROOT, "no '%s' among %s", key, map.keySet()));
    }
    return value;
  }
}
