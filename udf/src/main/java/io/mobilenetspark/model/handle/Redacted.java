package io.mobilenetspark.model.handle;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Handles and texts that quote them, without what may be secret: the user and password of an
 * address, the values of its query (signatures, tokens) and its fragment. Scheme, host, path and
 * the names in the query stay.
 *
 * <p>Whatever is printed, logged, thrown or written goes through here; only a request to a server,
 * and the key of the cache, have the handle as the user wrote it.
 */
public final class Redacted {

  /** What stands for a secret. */
  static final String MASK = "***";

  private static final Pattern URL =
      Pattern.compile("(?<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?<rest>\\S+)");

  /** As {@link #URL}, where the text around may put it in quotes or brackets. */
  private static final Pattern QUOTED_URL =
      Pattern.compile("(?<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?<rest>[^\\s'\"<>\\[\\]{}]+)");

  /** A host, its port; IPv6 in brackets. */
  private static final Pattern AUTHORITY =
      Pattern.compile("(?:\\[[^\\]]*\\]|[\\p{L}\\p{N}._~%-]*)(?::\\d*)?");

  private static final Pattern END_OF_AUTHORITY = Pattern.compile("[/?#]");

  private Redacted() {}

  /** A handle; a path without a scheme is as it was. */
  public static String handle(String handle) {
    Matcher url = URL.matcher(handle.strip().replaceAll("\\s", "%20"));
    return url.matches() ? url(url) : handle;
  }

  /** A text in which addresses may stand. */
  public static String text(String text) {
    return QUOTED_URL.matcher(text).replaceAll(url -> Matcher.quoteReplacement(url(url)));
  }

  /** Whether a handle was redacted: then nothing can be fetched by it. */
  public static boolean isRedacted(String handle) {
    return handle.contains(MASK) && handle(handle).equals(handle) && URL.matcher(handle).matches();
  }

  /** What was thrown, or if a message in it quotes a secret, a copy of it that does not. */
  static Throwable cause(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      String message = String.valueOf(cause.getMessage());
      if (!text(message).equals(message)) {
        IOException copy =
            new IOException("%s: %s".formatted(cause.getClass().getName(), text(message)));
        copy.setStackTrace(cause.getStackTrace());
        return copy;
      }
    }
    return thrown;
  }

  private static String url(MatchResult url) {
    String scheme = url.group(1);
    String rest = withoutUser(scheme, url.group(2));
    int fragment = indexOr(rest, '#', rest.length());
    int query = Math.min(indexOr(rest, '?', fragment), fragment);
    String masked =
        query == fragment
            ? ""
            : Arrays.stream(rest.substring(query + 1, fragment).split("&", -1))
                .map(Redacted::parameter)
                .collect(joining("&", "?", ""));
    String end = fragment == rest.length() ? "" : "#" + MASK;
    return scheme + "://" + rest.substring(0, query) + masked + end;
  }

  private static String parameter(String parameter) {
    int equals = parameter.indexOf('=');
    return equals < 0 ? MASK : parameter.substring(0, equals + 1) + MASK;
  }

  /** A password may hold slashes, question and number signs that should have been escaped. */
  private static String withoutUser(String scheme, String rest) {
    int end =
        END_OF_AUTHORITY
            .matcher(rest)
            .results()
            .findFirst()
            .map(MatchResult::start)
            .orElse(rest.length());
    int at = rest.lastIndexOf('@', end - 1);
    boolean isOdd =
        !AUTHORITY.matcher(rest.substring(0, end)).matches()
            || (end < rest.length() && rest.charAt(end) != '/')
            || rest.indexOf('#') >= 0;
    boolean isHostless = at >= 0 && at == end - 1;
    if ((at < 0 && isOdd) || isHostless) {
      at = rest.lastIndexOf('@');
    }
    // Of abfss://container@account the part before the @ is a place, not a user.
    boolean isPlace =
        !scheme.toLowerCase(Locale.ROOT).startsWith("http")
            && at >= 0
            && rest.substring(0, at).matches("[^:/?#]+");
    return isPlace ? rest : rest.substring(at + 1);
  }

  private static int indexOr(String text, char character, int otherwise) {
    int index = text.indexOf(character);
    return index < 0 ? otherwise : index;
  }
}
