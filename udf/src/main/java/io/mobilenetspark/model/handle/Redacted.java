package io.mobilenetspark.model.handle;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Handles and texts that quote them, without what may be secret: the user and password of an
 * address, the values of its query (signatures, tokens) and its fragment. Scheme, host, path and
 * the names in the query stay. Of an address in which a user can't be told from a host, nothing
 * stays.
 *
 * <p>Whatever is printed, logged, thrown or written goes through here; only a request to a server,
 * and the key of the cache, have the handle as the user wrote it.
 */
public final class Redacted {

  /** What stands for a secret. */
  public static final String MASK = "***";

  /** Paths, of Java and of people, lose a slash of a web address or turn it over. */
  private static final String SCHEME =
      "(?<scheme>[A-Za-z][A-Za-z0-9+.-]*)(?:(?<=\\b(?i:https?)):[/\\\\]+|://)";

  private static final Pattern URL = Pattern.compile(SCHEME + "(?<rest>\\S+)");

  private static final Pattern START = Pattern.compile(SCHEME);

  /** As {@link #URL}, where the text around may put it in quotes or brackets. */
  private static final Pattern QUOTED_URL = Pattern.compile(SCHEME + "(?<rest>[^\\s'\"<>{}]+)");

  /** A user, a host, its port, to where these end. What is otherwise can't be told apart. */
  private static final Pattern AUTHORITY =
      Pattern.compile(
          "(?<user>[^/?#]*@)?(?:\\[[^\\]]*\\]|[\\p{L}\\p{N}._~%{}-]+|(?<!@))(?::\\d+)?(?=[/?#]|$)");

  private Redacted() {}

  /** A handle; a path without a scheme is as it was. */
  public static String handle(String handle) {
    Matcher url = URL.matcher(handle.strip().replaceAll("\\s", "%20"));
    return url.matches() ? url(url) : handle;
  }

  /**
   * A path, a glob or a list of them: a web address as a handle. Of another scheme, in whose paths
   * {@code ?}, {@code #} and spaces are characters like all others, the user goes if there is a
   * password, and the rest stays as it is.
   */
  public static String path(String path) {
    Matcher start = START.matcher(path);
    if (!start.find()) {
      return path;
    }
    StringBuilder told = new StringBuilder(path.substring(0, start.start()));
    while (!isWeb(start.group("scheme"))) {
      String scheme = start.group();
      int rest = start.end();
      boolean isLast = !start.find();
      told.append(scheme)
          .append(place(path.substring(rest, isLast ? path.length() : start.start())));
      if (isLast) {
        return told.toString();
      }
    }
    return told.append(handle(path.substring(start.start()))).toString();
  }

  /** What is behind the scheme of a file system's path. */
  private static String place(String rest) {
    Matcher authority = AUTHORITY.matcher(rest);
    if (rest.indexOf('@') < 0) {
      return rest;
    }
    if (!authority.lookingAt()) {
      return MASK;
    }
    String user = Objects.requireNonNullElse(authority.group("user"), "");
    if (!user.contains(":")) {
      return rest;
    }
    return isInPassword(rest, authority.end(), true) ? MASK : rest.substring(user.length());
  }

  private static boolean isWeb(String scheme) {
    return scheme.toLowerCase(Locale.ROOT).startsWith("http");
  }

  /** A text in which addresses may stand. */
  public static String text(String text) {
    return QUOTED_URL.matcher(text).replaceAll(url -> Matcher.quoteReplacement(url(url)));
  }

  /** Whether a handle was redacted: then nothing can be fetched by it. */
  public static boolean isRedacted(String handle) {
    return handle.contains(MASK) && handle(handle).equals(handle) && URL.matcher(handle).matches();
  }

  /** What an exception says. One of an address's syntax quotes all of it: of that, the reason. */
  public static String message(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof URISyntaxException syntax) {
        return String.format(Locale.ROOT, "%s at index %d", syntax.getReason(), syntax.getIndex());
      }
    }
    return text(String.valueOf(thrown.getMessage()));
  }

  /** What was thrown, or if a message in it quotes a secret, a copy of it that does not. */
  public static Throwable cause(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (!message(cause).equals(String.valueOf(cause.getMessage()))) {
        IOException copy =
            new IOException(
                String.format(Locale.ROOT, "%s: %s", cause.getClass().getName(), message(cause)));
        copy.setStackTrace(cause.getStackTrace());
        return copy;
      }
    }
    return thrown;
  }

  private static String url(MatchResult url) {
    String scheme = url.group(1);
    String rest = url.group(2);
    Matcher authority = AUTHORITY.matcher(rest);
    if (!authority.lookingAt()
        || isInPassword(rest, authority.end(), authority.group("user") != null)) {
      return scheme + "://" + MASK;
    }
    String user = Objects.requireNonNullElse(authority.group("user"), "");
    // Of abfss://container@account the part before the @ is a place, not a user.
    boolean isPlace = !isWeb(scheme) && !user.contains(":");
    String place = isPlace ? rest : rest.substring(user.length());
    int fragment = indexOr(place, '#', place.length());
    int query = Math.min(indexOr(place, '?', fragment), fragment);
    String masked =
        query == fragment
            ? ""
            : Arrays.stream(place.substring(query + 1, fragment).split("&", -1))
                .map(Redacted::parameter)
                .collect(joining("&", "?", ""));
    String end = fragment == place.length() ? "" : "#" + MASK;
    return scheme + "://" + place.substring(0, query) + masked + end;
  }

  /** What seems to be the end of the host may be a character that should have been escaped. */
  private static boolean isInPassword(String rest, int end, boolean hasUser) {
    return rest.indexOf('@', end) >= 0 && (hasUser || rest.charAt(end) != '/');
  }

  private static String parameter(String parameter) {
    int equals = parameter.indexOf('=');
    boolean isName = equals > 0 && !parameter.substring(equals).matches("=+"); // else Base64's end
    return !isName ? MASK : parameter.substring(0, equals + 1) + MASK;
  }

  private static int indexOr(String text, char character, int otherwise) {
    int index = text.indexOf(character);
    return index < 0 ? otherwise : index;
  }
}
