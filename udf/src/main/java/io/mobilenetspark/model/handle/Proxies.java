package io.mobilenetspark.model.handle;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hc.client5.http.auth.UsernamePasswordCredentials;

/**
 * Through which proxies addresses are reached. Where this names none, the JVM's {@code
 * https.proxyHost} and the like apply.
 *
 * @param http proxy for http addresses, with a user and a password, percent-encoded, if it wants
 *     them
 * @param https proxy for https addresses
 * @param direct ends of host names that need none, with or without a port; {@code *} for all
 */
public record Proxies(Optional<URI> http, Optional<URI> https, List<String> direct) {

  /** None of our own. */
  public static final Proxies NONE = new Proxies(Optional.empty(), Optional.empty(), List.of());

  public Proxies {
    http.ifPresent(Proxies::requireHost);
    https.ifPresent(Proxies::requireHost);
    direct = List.copyOf(direct);
  }

  private static void requireHost(URI proxy) {
    if (proxy.getHost() == null || !String.valueOf(proxy.getScheme()).matches("(?i)https?")) {
      throw notAProxy(proxy.toString());
    }
  }

  private static IllegalArgumentException notAProxy(String proxy) {
    return new IllegalArgumentException(
        String.format(
            Locale.ROOT,
            "'%s' is not a proxy; write it as http://proxy.example:3128, or"
                + " http://USER:PASSWORD@proxy.example:3128 with special characters"
                + " percent-encoded (@ is %%40, # is %%23)",
            Redacted.handle(proxy)));
  }

  /** One proxy for everything, such as {@code http://proxy.example:3128}. */
  public static Proxies of(URI proxy) {
    return new Proxies(Optional.of(proxy), Optional.of(proxy), List.of());
  }

  /**
   * By {@code http_proxy}, {@code https_proxy} and {@code no_proxy}, or the same in capitals, as
   * Python does. Empty variables count as unset.
   */
  static Proxies fromEnvironment(Map<String, String> environment) {
    String direct = variable(environment, "no_proxy").orElse("");
    return new Proxies(
        variable(environment, "http_proxy").map(Proxies::uri),
        variable(environment, "https_proxy").map(Proxies::uri),
        Arrays.stream(direct.split(",", -1))
            .map(String::strip)
            .filter(end -> !end.isEmpty())
            .toList());
  }

  private static Optional<String> variable(Map<String, String> environment, String name) {
    String value =
        environment.getOrDefault(name, environment.getOrDefault(name.toUpperCase(Locale.ROOT), ""));
    return value.isEmpty() ? Optional.empty() : Optional.of(value);
  }

  private static URI uri(String value) {
    String url = value.contains("://") ? value : "http://" + value;
    try {
      return URI.create(url);
    } catch (IllegalArgumentException e) {
      throw notAProxy(url); // the exception quotes the password
    }
  }

  /** The proxy of an address; empty if it needs none. */
  Optional<URI> proxyOf(URI address) {
    String host = String.valueOf(address.getHost()).toLowerCase(Locale.ROOT);
    String hostAndPort = host + ":" + port(address);
    boolean isDirect =
        direct.stream()
            .map(end -> end.toLowerCase(Locale.ROOT))
            .map(end -> end.startsWith(".") ? end.substring(1) : end)
            .anyMatch(end -> end.equals("*") || isPartOf(host, end) || isPartOf(hostAndPort, end));
    return isDirect ? Optional.empty() : "https".equals(address.getScheme()) ? https : http;
  }

  private static boolean isPartOf(String host, String end) {
    return host.equals(end) || host.endsWith("." + end);
  }

  static int port(URI address) {
    int standard = "https".equals(address.getScheme()) ? 443 : 80;
    return address.getPort() < 0 ? standard : address.getPort();
  }

  /** Whether one of them is on this host, those of the JVM's own settings included. */
  boolean areAt(String host) {
    Stream<String> ofJvm =
        Stream.of("http.proxyHost", "https.proxyHost", "socksProxyHost")
            .map(name -> System.getProperty(name, ""));
    return Stream.concat(Stream.of(http, https).flatMap(Optional::stream).map(URI::getHost), ofJvm)
        .anyMatch(host::equalsIgnoreCase);
  }

  /** The user and password of a proxy that was named with them. */
  Optional<UsernamePasswordCredentials> userOf(String host, int port) {
    return Stream.of(https, http)
        .flatMap(Optional::stream)
        .filter(proxy -> proxy.getHost().equalsIgnoreCase(host) && port(proxy) == port)
        .map(URI::getRawUserInfo)
        .filter(Objects::nonNull)
        .map(Proxies::user)
        .findFirst();
  }

  private static UsernamePasswordCredentials user(String rawUserInfo) {
    int colon = rawUserInfo.indexOf(':');
    String user = colon < 0 ? rawUserInfo : rawUserInfo.substring(0, colon);
    String password = colon < 0 ? "" : rawUserInfo.substring(colon + 1);
    return new UsernamePasswordCredentials(decoded(user), decoded(password).toCharArray());
  }

  /** Without percent-encoding; a plus sign is one. */
  static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  /** For Java's HTTP client. */
  ProxySelector selector() {
    return new ProxySelector() {
      @Override
      public List<Proxy> select(URI address) {
        Optional<URI> proxy = proxyOf(address);
        if (proxy.isPresent()) {
          return List.of(
              new Proxy(
                  Proxy.Type.HTTP,
                  InetSocketAddress.createUnresolved(proxy.get().getHost(), port(proxy.get()))));
        }
        ProxySelector jvms = ProxySelector.getDefault();
        return jvms == null ? List.of(Proxy.NO_PROXY) : jvms.select(address);
      }

      @Override
      public void connectFailed(URI address, SocketAddress proxy, IOException e) {
        // the download fails with the same exception
      }
    };
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "http %s, https %s, direct %s", told(http), told(https), direct);
  }

  private static String told(Optional<URI> proxy) {
    return proxy.map(URI::toString).map(Redacted::handle).orElse("none");
  }
}
