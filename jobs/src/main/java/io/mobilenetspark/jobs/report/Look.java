package io.mobilenetspark.jobs.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** How all pages look: their colours and letters, as a style sheet that stands before their own. */
public final class Look {

  private Look() {}

  /** The style sheet. */
  public static String css() {
    return resource("look.css");
  }

  /** A file of this package, as text. */
  static String resource(String name) {
    try (InputStream in = Look.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(String.format(Locale.ROOT, "the jar lacks %s", name));
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
