package io.mobilenetspark.model.handle;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Through which proxies addresses are reached. Where this names none, the JVM's {@code
 * https.proxyHost} and the like apply.
 *
 * @param http proxy for http addresses
 * @param https proxy for https addresses
 * @param direct ends of host names that need none; {@code *} for all
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
    if (proxy.getHost() == null) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "'%s' is not a proxy; write it as http://proxy.example:3128", proxy));
    }
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
    return URI.create(value.contains("://") ? value : "http://" + value);
  }

  /** The proxy of an address; empty if it needs none. */
  Optional<URI> proxyOf(URI address) {
    String host = String.valueOf(address.getHost());
    boolean isDirect =
        direct.stream()
            .map(end -> end.startsWith(".") ? end.substring(1) : end)
            .anyMatch(end -> end.equals("*") || host.equals(end) || host.endsWith("." + end));
    return isDirect ? Optional.empty() : "https".equals(address.getScheme()) ? https : http;
  }

  /** For Java's HTTP client. */
  ProxySelector selector() {
    return new ProxySelector() {
      @Override
      public List<Proxy> select(URI address) {
        Optional<URI> proxy = proxyOf(address);
        if (proxy.isPresent()) {
          int port = proxy.get().getPort() < 0 ? 80 : proxy.get().getPort();
          return List.of(
              new Proxy(Proxy.Type.HTTP, new InetSocketAddress(proxy.get().getHost(), port)));
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
}
