package io.mobilenetspark.model.handle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobilenetspark.testing.Archives;
import io.mobilenetspark.testing.HubServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What servers, networks and archives do wrong: told, and nothing of it left in the cache. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class BadDownloadsTest extends HandleFixture {

  BadDownloadsTest() throws IOException {}

  @Test
  void serverErrorsAreTold() throws IOException {
    assertThatThrownBy(() -> resolve(server.url("localhost", MODULE)))
        .isInstanceOf(HandleException.class)
        .hasMessageContaining("localhost answered 404");
    server.on(MODULE, exchange -> exchange.sendResponseHeaders(503, -1));
    assertThatThrownBy(() -> resolve(server.url("localhost", MODULE)))
        .isInstanceOf(HandleException.class)
        .hasMessageContaining("localhost answered 503");
    server.on(MODULE, HubServer.redirect(302, server.url("localhost", MODULE)));
    assertThatThrownBy(() -> resolve(server.url("localhost", MODULE)))
        .isInstanceOf(HandleException.class)
        .hasMessageContaining("redirects more than");
    server.on(MODULE, HubServer.redirect(302, "ftp://localhost/x"));
    assertThatThrownBy(() -> resolve(server.url("localhost", MODULE)))
        .isInstanceOf(HandleException.class)
        .hasMessageContaining("redirects to 'ftp://localhost/x'");
    assertNothingLeft();
  }

  @Test
  void unreachableServerIsTold() throws IOException {
    String handle = server.url("localhost", MODULE);
    server.close();
    assertThatThrownBy(() -> resolve(handle))
        .isInstanceOf(HandleException.class)
        .hasMessageContaining("localhost can't be reached");
    assertNothingLeft();
  }

  /** A page for people, and an archive with a byte changed. */
  @Test
  void corruptBodiesAreRefused() throws IOException {
    byte[] page =
        "<!DOCTYPE html><html><body>A module</body></html>".getBytes(StandardCharsets.UTF_8);
    byte[] altered = archive.clone();
    altered[archive.length / 2] ^= 0x55;
    byte[] half = Arrays.copyOf(archive, archive.length / 2);
    for (byte[] body : List.of(page, altered, half, new byte[0])) {
      server.on(MODULE, HubServer.ok(body));
      assertThatThrownBy(() -> resolve(server.url("localhost", MODULE)))
          .isInstanceOf(HandleException.class)
          .hasMessageContaining("does not appear to be a valid module");
      assertNothingLeft();
    }
  }

  @Test
  void cutOffBodiesAreRefused() throws IOException {
    server.on(
        MODULE,
        exchange -> {
          exchange.sendResponseHeaders(200, archive.length);
          exchange.getResponseBody().write(archive, 0, archive.length / 2);
        });
    assertThatThrownBy(() -> resolve(server.url("localhost", MODULE)))
        .isInstanceOf(HandleException.class)
        .hasMessageContaining("cut off");
    assertNothingLeft();
  }

  @Test
  void stalledBodiesAreGivenUp() throws IOException {
    server.on(MODULE, exchange -> sendSlowly(exchange, archive.length / 2, 20_000));
    HubOptions impatient = options().withTimeouts(Duration.ofSeconds(5), Duration.ofMillis(700));
    assertThatThrownBy(() -> resolve(server.url("localhost", MODULE), impatient))
        .isInstanceOf(HandleException.class)
        .hasMessageMatching("(?s).*(no byte|less than 1024 bytes a second) came for .*");
    assertNothingLeft();
  }

  @Test
  void slowBodiesAreWaitedFor() throws IOException {
    server.on(MODULE, exchange -> sendSlowly(exchange, archive.length / 4, 300));
    HubOptions impatient = options().withTimeouts(Duration.ofSeconds(5), Duration.ofMillis(900));
    assertIsModule(resolve(server.url("localhost", MODULE), impatient));
  }

  @ParameterizedTest
  @CsvSource({
    "link, 50, /etc/passwd",
    "hard, 49, saved_model.pb",
    "pipe, 54, ''",
    "device, 51, ''",
    "../outside, 48, ''",
    "variables/../../outside, 48, ''",
    "/tmp/absolute, 48, ''",
    "saved_model.pb, 48, ''",
  })
  void dangerousEntriesAreRefusedBeforeAnythingIsWritten(String name, byte type, String target)
      throws IOException {
    assertThat(TarConstants.LF_SYMLINK).isEqualTo((byte) 50);
    byte[] bad = Archives.withEntry(name, type, target);
    server.on(MODULE, HubServer.ok(bad));
    assertThatThrownBy(() -> resolve(server.url("localhost", MODULE)))
        .isInstanceOf(HandleException.class)
        .hasMessageContaining("does not appear to be a valid module")
        .hasMessageContaining("'" + name + "'");
    assertNothingLeft();
    Path target2 = Files.createDirectories(temporary.resolve("direct"));
    Path file = Files.write(temporary.resolve("bad.tar"), bad);
    assertThatThrownBy(() -> new Archive(file, 1 << 20).unpackTo(target2))
        .isInstanceOf(IOException.class);
    assertThat(Archives.names(target2)).as("written before it was refused").isEmpty();
  }

  @Test
  void archivesAboveTheLimitAreRefused() throws IOException {
    byte[] bomb = Archives.bomb(20 << 20);
    assertThat(bomb.length).isLessThan(100_000);
    server.on(MODULE, HubServer.ok(bomb));
    HubOptions small = options().withMaxArchiveBytes(10 << 20);
    assertThatThrownBy(() -> resolve(server.url("localhost", MODULE), small))
        .isInstanceOf(HandleException.class)
        .hasMessageContaining("more than 10485760 bytes");
    assertNothingLeft();
  }

  @Test
  void endlessBodiesAreRefused() throws IOException {
    server.on(MODULE, HubServer.ok(new byte[300_000]));
    assertThatThrownBy(
            () -> resolve(server.url("localhost", MODULE), options().withMaxArchiveBytes(100_000)))
        .isInstanceOf(HandleException.class)
        .hasMessageContaining("more than 100000 bytes");
    assertNothingLeft();
  }

  /** Closing a body must not mean to read the rest of it. */
  @Test
  void bodiesAboveTheLimitAreBrokenOff() throws IOException {
    server.on(
        MODULE,
        exchange -> {
          exchange.sendResponseHeaders(200, 1L << 40);
          exchange.getResponseBody().write(new byte[300_000]);
          exchange.getResponseBody().flush();
          try {
            Thread.sleep(30_000);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    long start = System.nanoTime();
    assertThatThrownBy(
            () -> resolve(server.url("localhost", MODULE), options().withMaxArchiveBytes(100_000)))
        .isInstanceOf(HandleException.class)
        .hasMessageContaining("more than 100000 bytes");
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
    assertNothingLeft();
  }
}
