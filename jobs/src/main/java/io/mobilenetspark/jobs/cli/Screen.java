package io.mobilenetspark.jobs.cli;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What the command writes to. Java can't ask about standard output and standard error apart, so
 * that the launcher does; without it both are taken for files.
 *
 * @param isTerminal whether standard error is a terminal whose cursor can be moved
 * @param columns of the terminal when the command was started
 * @param coloured which of the two are a terminal that takes colours
 */
record Screen(boolean isTerminal, int columns, Set<Stream> coloured) {

  /** What the launcher says to this process. */
  static final Screen OWN = of(System.getenv());

  private static final int USUAL_COLUMNS = 80;

  /** The two that are written to. */
  enum Stream {
    OUT,
    ERR
  }

  /** What the launcher says in a process's environment. */
  static Screen of(Map<String, String> environment) {
    Set<Stream> coloured = EnumSet.noneOf(Stream.class);
    String named = environment.getOrDefault("MOBILENET_SPARK_COLORS", "");
    Arrays.stream(Stream.values())
        .filter(stream -> named.contains(stream.name().toLowerCase(Locale.ROOT)))
        .forEach(coloured::add);
    return new Screen(
        "true".equals(environment.get("MOBILENET_SPARK_TERMINAL")),
        columns(environment.getOrDefault("MOBILENET_SPARK_COLUMNS", "")),
        coloured);
  }

  private static int columns(String text) {
    try {
      int columns = Integer.parseInt(text);
      return columns > 0 ? columns : USUAL_COLUMNS;
    } catch (NumberFormatException e) {
      return USUAL_COLUMNS;
    }
  }

  /** A text in a style, if the stream takes colours. */
  String styled(Stream stream, Style style, String text) {
    return coloured.contains(stream) ? style.of(text) : text;
  }
}
