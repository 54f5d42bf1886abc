package io.mobilenetspark.jobs.web;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who is let in: a browser at a page of this server's, or a program, with the token if one is
 * needed.
 */
final class Gate {

  private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST");

  /** What is asked for from an address bar, and from pages of this server. */
  private static final Set<String> SITES = Set.of("same-origin", "none");

  private final HostNames names;
  private final @Nullable AccessToken token;
  private final String cookie;

  /**
   * @param token null if none is needed
   * @param port which tells this server's cookie from those of others on the machine
   */
  Gate(HostNames names, @Nullable AccessToken token, int port) {
    this.names = names;
    this.token = token;
    this.cookie = "mobilenet-spark-" + port;
  }

  /** Why a request is not let in; empty if it is. */
  Optional<Reply> refusal(Request request) {
    if (!METHODS.contains(request.method())) {
      return refused(405, "This server knows GET, HEAD and POST.", "Allow", "GET, HEAD, POST");
    }
    List<String> hosts = request.headers("Host");
    if (hosts.size() != 1) {
      return refused(400, "The request has no header Host, or several.");
    }
    if (!names.have(hosts.get(0))) {
      return refused(403, "The header Host does not name this server.");
    }
    if (token != null && !hasToken(request, token)) {
      return refused(
          401,
          "This server needs a token. Open the address that it printed when it started, or send"
              + " 'Authorization: Bearer TOKEN'.",
          "WWW-Authenticate",
          "Bearer");
    }
    if (isOfAnotherSite(request, hosts.get(0))) {
      return refused(403, "The request comes from a page of another site.");
    }
    return Optional.empty();
  }

  private boolean hasToken(Request request, AccessToken needed) {
    String authorization = request.header("Authorization");
    boolean isSent =
        authorization != null
            && authorization.regionMatches(true, 0, "Bearer ", 0, 7)
            && needed.isSame(authorization.substring(7).strip());
    return isSent || needed.isSame(request.parameter("token")) || hasCookie(request, needed);
  }

  private boolean hasCookie(Request request, AccessToken needed) {
    for (String line : request.headers("Cookie")) {
      for (String one : line.split(";", -1)) {
        String pair = one.strip();
        if (pair.startsWith(cookie + "=") && needed.isSame(pair.substring(cookie.length() + 1))) {
          return true;
        }
      }
    }
    return false;
  }

  /**
   * Browsers say from where a request is made. A link to the page may be anywhere, all else is for
   * the page itself; programs say nothing.
   */
  private static boolean isOfAnotherSite(Request request, String host) {
    boolean isPage = request.path().equals("/") && !request.isPost();
    String site = request.header("Sec-Fetch-Site");
    if (!isPage && site != null && !SITES.contains(site.toLowerCase(Locale.ROOT))) {
      return true;
    }
    String origin = request.header("Origin");
    return origin != null && !origin.equalsIgnoreCase("http://" + host);
  }

  /** The cookie that takes the token's place; empty if none is needed. */
  Optional<String> cookie() {
    return token == null
        ? Optional.empty()
        : Optional.of(cookie + "=" + token.text() + "; Path=/; HttpOnly; SameSite=Strict");
  }

  private static Optional<Reply> refused(int status, String reason) {
    return Optional.of(Reply.error(status, reason));
  }

  private static Optional<Reply> refused(int status, String reason, String header, String value) {
    return Optional.of(Reply.error(status, reason).with(header, value));
  }
}
