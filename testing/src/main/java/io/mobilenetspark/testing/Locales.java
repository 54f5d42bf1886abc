package io.mobilenetspark.testing;

import java.util.Locale;
import java.util.function.Supplier;

/** Runs things in another locale than the JVM's. */
public final class Locales {

  private Locales() {}

  /** Runs with a default locale; the one before is the default again after that. */
  @SuppressForbidden("what depends on the default locale is found by changing it")
  public static <T> T in(Locale locale, Supplier<T> action) {
    Locale before = Locale.getDefault();
    Locale.setDefault(locale);
    try {
      return action.get();
    } finally {
      Locale.setDefault(before);
    }
  }
}
