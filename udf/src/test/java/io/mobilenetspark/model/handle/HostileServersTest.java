package io.mobilenetspark.model.handle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import io.mobilenetspark.testing.Archives;
import io.mobilenetspark.testing.HubServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers that want more than to serve a module. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class HostileServersTest extends HandleFixture {

  HostileServersTest() throws IOException {}

  private void assertRefused(String handle, HubOptions options, String... messages)
      throws IOException {
    assertThatThrownBy(() -> resolve(handle, options))
        .isInstanceOfSatisfying(
            HandleException.class,
            e -> assertThat(e.problem() + " " + e.cure()).contains(messages));
    assertNothingLeft();
  }

  private static byte[] page(String start) {
    return (start + " people, sign in".repeat(100)).getBytes(StandardCharsets.UTF_8);
  }

  /** With status 200, as portals and hubs do that want an account. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "<!DOCTYPE html><html>",
        "\n\n  <html lang='en'>",
        "\u00ef\u00bb\u00bf<!doctype HTML>",
        "<!-- a page --><html>",
        "<?xml version='1.0'?><html>"
      })
  void webPagesAreNamed(String start) throws IOException {
    server.on(MODULE, HubServer.ok(page(start)));
    String handle = server.url("localhost", MODULE);
    assertRefused(
        handle,
        options(),
        "valid module: localhost sent a web page (HTML) instead of an archive",
        "Get it by hand");
    assertThatThrownBy(() -> resolve(handle, options(), Optional.of("0".repeat(64))))
        .isInstanceOf(HandleException.class)
        .hasMessageContaining("a web page (HTML)");
  }

  /** A header, or a chunk's, without an end fills the memory of who keeps it. */
  @ParameterizedTest
  @ValueSource(strings = {"status", "line", "headers", "trailer"})
  void headersWithoutEnd(String what) throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread thread = new Thread(() -> sendForever(socket, what));
      thread.setDaemon(true);
      thread.start();
      String handle =
          String.format(Locale.ROOT, "http://localhost:%d%s", socket.getLocalPort(), MODULE);
      long start = System.nanoTime();
      assertThatThrownBy(() -> resolve(handle)).isInstanceOf(HandleException.class);
      assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(15));
      assertNothingLeft();
    }
  }

  private static void sendForever(ServerSocket socket, String what) {
    try (Socket client = socket.accept();
        OutputStream out = client.getOutputStream()) {
      byte[] piece = "a".repeat(1 << 16).getBytes(StandardCharsets.US_ASCII);
      String head =
          switch (what) {
            case "status" -> "HTTP/1.1 200 ";
            case "line" -> "HTTP/1.1 200 OK\r\nX: ";
            case "headers" -> "HTTP/1.1 200 OK\r\n";
            default -> "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n";
          };
      out.write(head.getBytes(StandardCharsets.US_ASCII));
      if (what.equals("headers") || what.equals("trailer")) {
        piece = "X-A: b\r\n".repeat(8192).getBytes(StandardCharsets.US_ASCII);
      }
      for (long sent = 0; sent < 3L << 30; sent += piece.length) {
        out.write(piece);
      }
    } catch (IOException e) {
      // the client has had enough
    }
  }

  /** Each byte begins a socket's timeout anew: without more, a client would be held for ever. */
  @ParameterizedTest
  @ValueSource(strings = {"status", "line", "headers", "body", "chunk"})
  void aByteNowAndThen(String where) throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread thread = new Thread(() -> dribble(socket, where));
      thread.setDaemon(true);
      thread.start();
      String handle =
          String.format(Locale.ROOT, "http://localhost:%d%s", socket.getLocalPort(), MODULE);
      HubOptions impatient = options().withTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(1));
      assertRefused(handle, impatient, "less than 1024 bytes a second came for 1 s");
    }
  }

  private static void dribble(ServerSocket socket, String where) {
    String head =
        switch (where) {
          case "status" -> "HTTP/1.1 200 ";
          case "line" -> "HTTP/1.1 200 OK\r\nX: ";
          case "headers" -> "HTTP/1.1 200 OK\r\n";
          case "chunk" -> "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=";
          default -> "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n";
        };
    try (Socket client = socket.accept();
        OutputStream out = client.getOutputStream()) {
      out.write(head.getBytes(StandardCharsets.US_ASCII));
      String piece = where.equals("headers") ? "X: y\r\n" : "a";
      while (true) {
        out.write(piece.getBytes(StandardCharsets.US_ASCII));
        Thread.sleep(100);
      }
    } catch (IOException | InterruptedException e) {
      // the client has had enough
    }
  }

  /** What this machine alone can reach, such as a cloud's address of secrets. */
  @Test
  void redirectsIntoThisMachine() throws IOException {
    for (String target :
        new String[] {"http://127.0.0.1:1/x", "http://169.254.169.254/latest", "http://[::1]/"}) {
      assertThatThrownBy(() -> Download.next(URI.create("http://192.0.2.1/a"), target))
          .isInstanceOf(HandleException.class)
          .hasMessageContaining("192.0.2.1 redirects to " + target)
          .hasMessageContaining("of this machine");
    }
    assertThat(Download.next(URI.create("http://127.0.0.1/a"), "http://localhost:1/b").getPort())
        .isEqualTo(1);
    assertThat(Download.next(URI.create("http://192.0.2.1/a"), "http://10.0.0.1/b").getHost())
        .isEqualTo("10.0.0.1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"file:///etc/passwd", "jar:file:/a.jar!/b", "gopher://localhost/", "//", "http:"})
  void redirectsToOtherThanServers(String target) throws IOException {
    server.on(MODULE, HubServer.redirect(302, target));
    assertRefused(server.url("localhost", MODULE), options(), "redirects to '");
  }

  /** Neither the handle's own account goes to another server, nor a redirect's back to ours. */
  @Test
  void accountsStayWithTheirServers() throws IOException {
    String there = server.url("127.0.0.1", "/there").replace("//", "//eve:evil@");
    server.on(MODULE, HubServer.redirect(302, there));
    server.on("/there", HubServer.ok(archive));
    String handle = server.url("localhost", MODULE).replace("//", "//anna:secret@");
    try {
      resolve(handle);
    } catch (HandleException e) {
      assertThat(e).hasMessageNotContaining("evil").hasMessageNotContaining("secret");
    }
    assertThat(server.authorizations().get(0)).startsWith("Basic ");
    assertThat(server.authorizations().stream().skip(1)).allMatch("null"::equals);
  }

  /** A server that asks for a password gets none that was meant for a proxy or for Kaggle. */
  @Test
  void challengesGetNothing() throws IOException {
    server.on(MODULE, HostileServersTest::challenge);
    HubOptions kaggle =
        options()
            .withKaggle(
                new Kaggle(
                    URI.create(server.url("127.0.0.1", "/")),
                    Map.of("KAGGLE_USERNAME", "anna", "KAGGLE_KEY", "secret")))
            .withProxies(
                new Proxies(
                    Optional.of(URI.create("http://anna:secret@proxy.invalid:1")),
                    Optional.empty(),
                    List.of("localhost")));
    assertRefused(server.url("localhost", MODULE), kaggle, "localhost answered 401");
    assertThat(server.authorizations()).containsOnly("null");
  }

  private static void challenge(HttpExchange exchange) throws IOException {
    exchange.getResponseHeaders().add("WWW-Authenticate", "Basic realm=\"x\"");
    exchange.getResponseHeaders().add("Set-Cookie", "a=b");
    exchange.sendResponseHeaders(401, -1);
  }

  /** Line ends in what becomes a header, or a request's first line. */
  @Test
  void lineEndsInjectNothing() throws IOException {
    String injected = "a\r\nX-Injected: yes";
    server.on(
        "/api/v1/models/google/mobilenet-v1/tensorFlow2/075-224-feature-vector/1/download",
        exchange -> {
          assertThat(exchange.getRequestHeaders()).doesNotContainKey("X-injected");
          HubServer.ok(archive).to(exchange);
        });
    String handle = "https://tfhub.dev" + MODULE;
    for (Map<String, String> account :
        List.of(
            Map.of("KAGGLE_USERNAME", injected, "KAGGLE_KEY", injected),
            Map.of("KAGGLE_API_TOKEN", injected))) {
      FileTrees.delete(cache);
      HubOptions kaggle =
          options().withKaggle(new Kaggle(URI.create(server.url("localhost", "/")), account));
      assertIsModule(resolve(handle, kaggle));
    }
    assertThatThrownBy(() -> new Mirror("http://localhost/{path}\r\nX-Injected: yes"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> resolve(server.url("localhost", "/a\r\nX-Injected: yes")))
        .isInstanceOf(HandleException.class)
        .hasMessageContaining("is not a URL");
  }

  /** As it came: its bytes are what has the digest. */
  @Test
  void encodedBodiesAreNotDecoded() throws IOException {
    byte[] twice = Archives.compress(archive, "gz");
    server.on(
        MODULE,
        exchange -> {
          assertThat(exchange.getRequestHeaders()).doesNotContainKey("Accept-encoding");
          exchange.getResponseHeaders().add("Content-Encoding", "gzip");
          HubServer.ok(twice).to(exchange);
        });
    assertRefused(server.url("localhost", MODULE), options(), "it is not a tar archive");
  }
}
