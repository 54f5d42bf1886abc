package io.mobilenetspark.model.handle;

import io.mobilenetspark.model.settings.ModelSettings;
import io.mobilenetspark.options.Cure;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.apache.hc.client5.http.auth.AuthScope;
import org.apache.hc.client5.http.auth.UsernamePasswordCredentials;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.impl.routing.SystemDefaultRoutePlanner;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * Requests over HTTP, through proxies that may want a password. Follows no redirects, for these are
 * the caller's decision. For one thread; close it when the last response has been read.
 */
final class Web implements AutoCloseable {

  private static final int PROXY_AUTHENTICATION_REQUIRED = 407;

  /** By default there is no limit, and a server that sends no end fills the memory. */
  private static final int MAX_HEADER_CHARACTERS = 64 << 10;

  private static final int MAX_HEADERS = 200;

  private final Proxies proxies;
  private final Duration stallTimeout;
  private final CloseableHttpClient client;

  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "mobilenet-download-clock");
            thread.setDaemon(true);
            return thread;
          });

  Web(HubOptions options) {
    proxies = options.proxies();
    stallTimeout = options.stallTimeout();
    Timeout connect = Timeout.of(options.connectTimeout());
    Timeout stall = Timeout.of(options.stallTimeout());
    client =
        HttpClients.custom()
            .setConnectionManager(
                PoolingHttpClientConnectionManagerBuilder.create()
                    .useSystemProperties() // the JVM's trust store
                    .setDnsResolver(resolver(options))
                    .setConnectionFactory(
                        ManagedHttpClientConnectionFactory.builder()
                            .http1Config(
                                Http1Config.custom()
                                    .setMaxLineLength(MAX_HEADER_CHARACTERS)
                                    .setMaxHeaderCount(MAX_HEADERS)
                                    .build())
                            .build())
                    .setDefaultConnectionConfig(
                        ConnectionConfig.custom()
                            .setConnectTimeout(connect)
                            .setSocketTimeout(stall)
                            .build())
                    .setDefaultTlsConfig(TlsConfig.custom().setHandshakeTimeout(connect).build())
                    .build())
            .setDefaultRequestConfig(
                RequestConfig.custom()
                    .setConnectionRequestTimeout(connect)
                    .setResponseTimeout(stall)
                    .build())
            .setRoutePlanner(new SystemDefaultRoutePlanner(proxies.selector()))
            .setDefaultCredentialsProvider((scope, context) -> credentials(scope))
            .setUserAgent("mobilenet-spark")
            .disableRedirectHandling()
            .disableAutomaticRetries()
            .disableContentCompression() // archives are compressed; their bytes are what counts
            .disableCookieManagement()
            .disableAuthCaching()
            .build();
  }

  /**
   * What a name stands for is looked up once more for the connection: a name server that has
   * changed its mind since the address was checked gains nothing.
   */
  private static DnsResolver resolver(HubOptions options) {
    return new SystemDefaultDnsResolver() {
      @Override
      public InetAddress[] resolve(String host) throws UnknownHostException {
        return options.proxies().areAt(host) ? super.resolve(host) : options.policy().resolve(host);
      }
    };
  }

  /** Only a proxy's: servers get the header that a request has, or nothing. */
  private @Nullable UsernamePasswordCredentials credentials(AuthScope scope) {
    return proxies.userOf(String.valueOf(scope.getHost()), scope.getPort()).orElse(null);
  }

  /** A response, whose body may come yet. */
  record Response(HttpGet request, ClassicHttpResponse message, Pace pace)
      implements AutoCloseable {

    /** Who answered. */
    String host() {
      return String.valueOf(request.getAuthority().getHostName());
    }

    int status() {
      return message.getCode();
    }

    Optional<String> header(String name) {
      Header header = message.getFirstHeader(name);
      return header == null ? Optional.empty() : Optional.ofNullable(header.getValue());
    }

    /** Bytes that are announced, or -1. */
    long length() {
      HttpEntity entity = message.getEntity();
      return entity == null ? 0 : entity.getContentLength();
    }

    InputStream body() throws IOException {
      HttpEntity entity = message.getEntity();
      return entity == null ? InputStream.nullInputStream() : entity.getContent();
    }

    /** Whether the body, which was breaking off, came too slowly; as a text. */
    Optional<String> slowness() {
      return pace.isTooSlow() ? Optional.of(pace.toString()) : Optional.empty();
    }

    /** Breaks the connection; merely closing the message would read the body to its end. */
    @Override
    public void close() {
      pace.close();
      request.cancel();
    }
  }

  /**
   * Asks for an address.
   *
   * @param authorization the header's value
   * @throws HandleException if a proxy refuses
   * @throws IOException if no answer comes
   */
  Response get(URI uri, Optional<String> authorization) throws IOException {
    HttpGet request = new HttpGet(uri);
    authorization.ifPresent(value -> request.setHeader("Authorization", value));
    HttpClientContext context = HttpClientContext.create();
    Response response;
    Pace pace = new Pace(clock, stallTimeout, request);
    try {
      HttpHost target = new HttpHost(uri.getScheme(), uri.getHost(), uri.getPort());
      response = new Response(request, client.executeOpen(target, request, context), pace);
    } catch (IOException e) {
      pace.close();
      throw pace.isTooSlow() ? new SocketTimeoutException(pace.toString()) : e;
    } catch (RuntimeException e) {
      pace.close();
      throw new IOException(e); // an address that Java's URI lets pass
    }
    // Without TLS it was not the server that answered, but a proxy that makes no tunnel.
    boolean isProxys = uri.getScheme().equalsIgnoreCase("https") && context.getSSLSession() == null;
    if (isProxys || response.status() == PROXY_AUTHENTICATION_REQUIRED) {
      response.close();
      throw refused(uri, response.status());
    }
    return response;
  }

  private HandleException refused(URI uri, int status) {
    Optional<URI> proxy = proxies.proxyOf(uri);
    String name =
        proxy.map(used -> used.getHost() + ":" + Proxies.port(used)).orElse("the JVM's proxy");
    if (status != PROXY_AUTHENTICATION_REQUIRED) {
      return new HandleException(
          String.format(
              Locale.ROOT, "the proxy %s answered %d for %s", name, status, uri.getHost()),
          Cure.of(
              "Ask who runs the proxy to let it through; or name the host in no_proxy; or fetch the"
                  + " module's archive elsewhere and pass its path with %s.",
              ModelSettings.MODEL));
    }
    Cure write =
        Cure.of(
            "Set %s_proxy=http://USER:PASSWORD@%s, special characters percent-encoded.",
            uri.getScheme(), proxy.isPresent() ? name : "PROXY:PORT");
    return proxy.map(URI::getRawUserInfo).isPresent()
        ? new HandleException(
            String.format(
                Locale.ROOT,
                "the proxy %s does not take the user and password it was given (it answered 407)",
                name),
            Cure.of("Check them.").then(write))
        : new HandleException(
            String.format(
                Locale.ROOT, "the proxy %s wants a user and a password (it answered 407)", name),
            write);
  }

  @Override
  public void close() throws IOException {
    clock.shutdownNow();
    client.close();
  }
}
