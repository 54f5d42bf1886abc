package io.mobilenetspark.jobs.common;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Names of columns in one text, separated by commas. One that has a comma in it stands between
 * backticks, which are doubled in it, as Spark quotes names; any other may do so.
 */
public final class ColumnNames {

  private static final char QUOTE = '`';

  private ColumnNames() {}

  /**
   * The names, one at least.
   *
   * @param option whose value the text is, for messages
   * @throws UserException if one is empty, or its quotes don't end where it does
   */
  public static List<String> parse(String option, String text) {
    List<String> names = new ArrayList<>();
    int start = 0;
    while (start <= text.length()) {
      boolean isQuoted = start < text.length() && text.charAt(start) == QUOTE;
      int end = isQuoted ? endOfQuoted(text, start) : endOf(text, start);
      if (end < 0 || (end < text.length() && text.charAt(end) != ',')) {
        throw malformed(
            option, text, "a name that begins with ` must end with one, before a comma");
      }
      String name = text.substring(start, end);
      if (isQuoted) {
        name = name.substring(1, name.length() - 1).replace("``", "`");
      }
      if (name.isEmpty()) {
        throw malformed(option, text, "a name is empty");
      }
      names.add(name);
      start = end + 1;
    }
    return names;
  }

  /** Names as they are read again, for messages. */
  public static String text(List<String> names) {
    return names.stream().map(ColumnNames::quoted).collect(Collectors.joining(", "));
  }

  private static String quoted(String name) {
    return name.indexOf(',') < 0 && !name.startsWith("`")
        ? name
        : "`" + name.replace("`", "``") + "`";
  }

  private static int endOf(String text, int start) {
    int comma = text.indexOf(',', start);
    return comma < 0 ? text.length() : comma;
  }

  /** Behind the quote that is not doubled; -1 if there is none. */
  private static int endOfQuoted(String text, int start) {
    int quote = text.indexOf(QUOTE, start + 1);
    while (quote >= 0 && quote + 1 < text.length() && text.charAt(quote + 1) == QUOTE) {
      quote = text.indexOf(QUOTE, quote + 2);
    }
    return quote < 0 ? -1 : quote + 1;
  }

  private static UserException malformed(String option, String text, String why) {
    return UserException.usage(
        String.format(
            Locale.ROOT,
            "%s '%s': %s. Separate names by commas, and put one with a comma in it between"
                + " backticks, such as sku,`size, colour`",
            option,
            text,
            why));
  }
}
