package io.mobilenetspark.jobs.cli;

import io.mobilenetspark.jobs.common.Terminal;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The text of an error: the problem, its cause, its cure. */
final class ErrorText {

  /** Where a sentence ends and the next one begins. */
  private static final Pattern END = Pattern.compile("(?<=[.?!]) (?=[A-Z'-])");

  private static final int MOST_LINES = 3;

  /** A new line, as far to the right as the first one is behind "Error:". */
  private static final String NEXT = "\n       ";

  private ErrorText() {}

  /**
   * The text as it is shown.
   *
   * @param isTerminal whether it is for a person who looks on: a line a sentence, three at most,
   *     with the cure in the last. In logs and for programs a text of one line stays one.
   */
  static String of(String text, boolean isTerminal) {
    List<String> lines = text.lines().map(Terminal::shown).toList();
    return isTerminal && lines.size() == 1
        ? String.join(NEXT, sentences(lines.get(0)))
        : String.join("\n", lines);
  }

  private static List<String> sentences(String line) {
    String[] all = END.split(line, -1);
    int last = all.length - 1;
    return all.length <= MOST_LINES
        ? List.of(all)
        : List.of(all[0], Arrays.stream(all, 1, last).collect(Collectors.joining(" ")), all[last]);
  }
}
