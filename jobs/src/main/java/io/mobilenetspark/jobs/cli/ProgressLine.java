package io.mobilenetspark.jobs.cli;

import java.util.Locale;
import java.util.OptionalDouble;

/** A line of a terminal that says how far something is: a bar, if there is room for one. */
public final class ProgressLine {

  private static final int LEAST_BAR = 10;
  private static final int MOST_BAR = 30;

  private ProgressLine() {}

  /**
   * A line that fits a terminal.
   *
   * @param share what is done, of 1; empty if it isn't known how much there is
   * @param columns of the terminal; the last one stays free, since some begin a new line behind it
   * @param texts that say the same, the longest first
   */
  public static String of(OptionalDouble share, int columns, String... texts) {
    int room = columns - 1;
    if (share.isPresent()) {
      for (String text : texts) {
        int bar = Math.min(MOST_BAR, room - text.length() - "[]  99% ".length());
        if (bar >= LEAST_BAR) {
          return bar(share.getAsDouble(), bar) + text;
        }
      }
    }
    for (String text : texts) {
      if (text.length() <= room) {
        return text;
      }
    }
    String shortest = texts[texts.length - 1];
    return shortest.substring(0, Math.max(0, Math.min(room, shortest.length())));
  }

  /** Such as {@code [====> ] 45% }; full when all is done, and not before. */
  private static String bar(double share, int width) {
    double done = Math.max(0, Math.min(1, share));
    int filled = (int) Math.floor(done * width);
    String head = filled == 0 || filled == width ? "" : ">";
    String bar = "=".repeat(filled - head.length()) + head;
    return String.format(
        Locale.ROOT, "[%-" + width + "s] %3d%% ", bar, (int) Math.floor(done * 100));
  }
}
