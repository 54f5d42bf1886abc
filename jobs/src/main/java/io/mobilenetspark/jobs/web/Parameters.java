package io.mobilenetspark.jobs.web;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What stands behind the question mark of an address. */
final class Parameters {

  private final Map<String, String> values = new HashMap<>();

  private Parameters() {}

  /**
   * Of an address; of several of one name the first.
   *
   * @throws IllegalArgumentException if something is escaped wrongly
   */
  static Parameters of(URI address) {
    Parameters parameters = new Parameters();
    String query = address.getRawQuery();
    if (query != null) {
      for (String pair : query.split("&", -1)) {
        String[] parts = pair.split("=", 2);
        parameters.values.putIfAbsent(decoded(parts[0]), parts.length < 2 ? "" : decoded(parts[1]));
      }
    }
    return parameters;
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  /** A value; null if there is none of this name. */
  @Nullable String get(String name) {
    return values.get(name);
  }
}
