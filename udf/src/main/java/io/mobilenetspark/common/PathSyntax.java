package io.mobilenetspark.common;

import java.net.URISyntaxException;
import java.util.Optional;

/** What is wrong with a text that Hadoop does not take for a path. */
public final class PathSyntax {

  private PathSyntax() {}

  /**
   * Why a path can't be used.
   *
   * @param path as it was typed
   * @param thrown by Hadoop
   */
  public static String reason(String path, Throwable thrown) {
    return misread(path, thrown).orElseGet(() -> String.valueOf(thrown.getMessage()));
  }

  /**
   * What to do about a name with a colon; empty if something else is wrong. Hadoop's own words are
   * those of the URI that it has made of it, which nobody has typed.
   *
   * @param path as it was typed; is not quoted, as it may hold a secret
   */
  public static Optional<String> misread(String path, Throwable thrown) {
    int colon = path.indexOf(':');
    int slash = path.indexOf('/');
    boolean hasScheme = colon > 0 && (slash < 0 || colon < slash);
    return hasScheme && slash != colon + 1 && thrown.getCause() instanceof URISyntaxException
        ? Optional.of(
            "what is before its first colon is taken for a scheme, such as hdfs. If it is part of a"
                + " name, put ./ before the path.")
        : Optional.empty();
  }
}
