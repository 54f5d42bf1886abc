package io.mobilenetspark.model.handle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobilenetspark.testing.Certificates;
import io.mobilenetspark.testing.HubServer;
import io.mobilenetspark.testing.ProxyServer;
import java.io.IOException;
import java.net.URI;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A proxy that wants a user and a password, over real sockets, before a server with TLS. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
@Tag("slow")
class ProxyTest extends HandleFixture {

  private static final String HOST = "module.invalid"; // only the proxy can look it up

  private final SSLContext before = SSLContext.getDefault();

  ProxyTest() throws IOException, NoSuchAlgorithmException {}

  @BeforeEach
  void serveOverTls() throws IOException {
    SSLContext certificate = Certificates.of(temporary, HOST, "localhost");
    SSLContext.setDefault(certificate);
    server.close();
    server = HubServer.overTls(certificate);
    server.on(MODULE, HubServer.ok(archive));
  }

  @AfterEach
  void trustAsBefore() {
    SSLContext.setDefault(before);
  }

  private HubOptions through(Map<String, String> environment) {
    return options().withProxies(Proxies.fromEnvironment(environment));
  }

  @ParameterizedTest
  @CsvSource({
    "anna:secret, anna:secret",
    "anna:p%40ss%3Aw%2Frd%23%25+1, anna:p@ss:w/rd#%+1",
    "dom%5Canna:geheim%C3%9F, dom\\anna:geheimß",
    "anna:, anna:",
    "anna, anna:"
  })
  void tunnelsAuthenticate(String written, String meant) throws IOException {
    try (ProxyServer proxy = new ProxyServer(meant)) {
      HubOptions options =
          through(
              Map.of(
                  "https_proxy",
                  String.format(Locale.ROOT, "http://%s@%s", written, proxy.address())));
      assertIsModule(resolve(server.url(HOST, MODULE), options));
      assertThat(proxy.requests())
          .last()
          .asString()
          .startsWith(String.format(Locale.ROOT, "CONNECT %s:", HOST));
    }
  }

  @Test
  void plainRequestsAuthenticate() throws IOException {
    server.close();
    server = new HubServer();
    server.on(MODULE, HubServer.ok(archive));
    try (ProxyServer proxy = new ProxyServer("anna:secret")) {
      HubOptions options = through(Map.of("HTTP_PROXY", "anna:secret@" + proxy.address()));
      assertIsModule(resolve(server.url(HOST, MODULE), options));
      assertThat(proxy.requests()).last().asString().startsWith("GET http://" + HOST);
    }
    assertThat(server.authorizations()).as("nothing of it for the server").containsOnly("null");
  }

  @ParameterizedTest
  @ValueSource(strings = {"https", "http"})
  void wrongPasswordIsTold(String scheme) throws IOException {
    try (ProxyServer proxy = new ProxyServer("anna:secret")) {
      HubOptions options =
          through(Map.of(scheme + "_proxy", "http://anna:falsch@" + proxy.address()));
      String handle = server.url(HOST, MODULE).replaceFirst("https?", scheme);
      assertThatThrownBy(() -> resolve(handle, options))
          .isInstanceOfSatisfying(
              HandleException.class,
              e ->
                  assertThat(e.cure())
                      .contains(scheme + "_proxy=http://USER:PASSWORD@" + proxy.address()))
          .hasMessageContaining(
              String.format(
                  Locale.ROOT, "the proxy %s does not take the user and password", proxy.address()))
          .message()
          .doesNotContain("falsch");
    }
    assertNothingLeft();
  }

  @Test
  void missingPasswordIsTold() throws IOException {
    try (ProxyServer proxy = new ProxyServer("anna:secret")) {
      HubOptions options = through(Map.of("https_proxy", proxy.address()));
      assertThatThrownBy(() -> resolve(server.url(HOST, MODULE), options))
          .isInstanceOf(HandleException.class)
          .hasMessageContaining("wants a user and a password (it answered 407)");
    }
  }

  /** Not to be taken for the server's answer. */
  @Test
  void refusedTunnelIsTold() throws IOException {
    try (ProxyServer proxy = new ProxyServer("anna:secret")) {
      HubOptions options = through(Map.of("https_proxy", "http://anna:secret@" + proxy.address()));
      assertThatThrownBy(() -> resolve(server.url("forbidden.invalid", MODULE), options))
          .isInstanceOf(HandleException.class)
          .hasMessageContaining(
              String.format(
                  Locale.ROOT, "the proxy %s answered 403 for forbidden.invalid", proxy.address()));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"*", "localhost", "LOCALHOST", "x.example, localhost", "localhost:PORT"})
  void noProxyIsHonoured(String names) throws IOException {
    String port = Integer.toString(URI.create(server.url("localhost", "/")).getPort());
    try (ProxyServer proxy = new ProxyServer("anna:secret")) {
      HubOptions options =
          through(
              Map.of(
                  "https_proxy",
                  "http://anna:secret@" + proxy.address(),
                  "no_proxy",
                  names.replace("PORT", port)));
      assertIsModule(resolve(server.url("localhost", MODULE), options));
      assertThat(proxy.requests()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://anna:p#ss@proxy.example:3128",
        "http://anna:p ss@proxy.example:3128",
        "http://anna:p^ss@proxy.example:3128",
        "http://anna:p%zzss@proxy.example:3128",
        "socks5://anna:pass@proxy.example:1080"
      })
  void whatIsNoProxyIsToldWithoutItsPassword(String proxy) {
    assertThatThrownBy(() -> Proxies.fromEnvironment(Map.of("https_proxy", proxy)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is not a proxy")
        .hasMessageContaining("percent-encoded")
        .hasNoCause()
        .message()
        .doesNotContain("ss@", "p#", "p ", "p^", "p%zz", "anna:pass");
  }
}
