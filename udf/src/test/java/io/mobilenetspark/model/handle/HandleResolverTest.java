package io.mobilenetspark.model.handle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import io.mobilenetspark.testing.Archives;
import io.mobilenetspark.testing.HubServer;
import io.mobilenetspark.testing.SharedData;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Handles against a web server on this machine, over real sockets. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class HandleResolverTest {

  private static final String MODULE = "/google/imagenet/mobilenet_v1_075_224/feature_vector/4";
  private static final LockTiming FAST =
      new LockTiming(Duration.ofMillis(50), Duration.ofMillis(600));

  @TempDir private Path temporary;
  private Path module = Path.of("");
  private Path cache = Path.of("");
  private byte[] archive = {};
  private HubServer server;

  HandleResolverTest() throws IOException {
    server = new HubServer();
  }

  @BeforeEach
  void makeModule() throws IOException {
    module = Files.createDirectories(temporary.resolve("made"));
    Files.createDirectories(module.resolve("variables"));
    Files.writeString(module.resolve("saved_model.pb"), "graph");
    Files.writeString(module.resolve("variables/variables.index"), "index");
    cache = temporary.resolve("cache");
    archive = Archives.ofDirectory(module, "gz");
  }

  @AfterEach
  void stopServer() {
    server.close();
  }

  private HubOptions options() {
    return HubOptions.fromEnvironment(Map.of())
        .withCacheDirectory(cache)
        .withTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(5));
  }

  private Path resolve(String handle) throws IOException {
    return resolve(handle, options());
  }

  private static Path resolve(String handle, HubOptions options) throws IOException {
    try (ResolvedHandle resolved =
        new HandleResolver(new Configuration(), options, FAST).resolve(handle)) {
      return Path.of(resolved.path().toUri().getPath());
    }
  }

  private void assertIsModule(Path path) throws IOException {
    assertThat(Archives.names(path)).containsExactly("saved_model.pb", "variables/variables.index");
  }

  /** No lock, no temporary directory, no half of a module. */
  private void assertNothingLeft() throws IOException {
    assertThat(Archives.names(cache)).isEmpty();
  }

  @Test
  void downloadsIntoTheCacheOnce() throws IOException {
    server.on(MODULE, HubServer.ok(archive));
    String handle = server.url("localhost", MODULE);
    List<String> progress = new ArrayList<>();
    Path path = resolve(handle, options().withProgress(progress::add));
    assertIsModule(path);
    assertThat(path.getFileName()).hasToString(sha1(handle));
    assertThat(server.requests()).containsExactly(MODULE + "?tf-hub-format=compressed");
    assertThat(progress).last().asString().contains(" MB");
    assertThat(Files.readString(cache.resolve(sha1(handle) + ".descriptor.txt")))
        .startsWith("Module: " + handle + "\n")
        .contains("Download Time: ", "Downloader Hostname: ", "(PID:");
    assertThat(cache.resolve(sha1(handle) + ".lock")).doesNotExist();

    assertThat(resolve(handle)).isEqualTo(path);
    assertThat(resolve(handle, options().withNetwork(HubOptions.Network.OFFLINE))).isEqualTo(path);
    assertThat(server.requests()).hasSize(1);
  }

  private static String sha1(String handle) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-1").digest(handle.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /** What Python's tensorflow_hub has downloaded is found, and needs no network. */
  @ParameterizedTest
  @CsvSource({
    "feature_vector/1, 086f72f93ac2767b6c825f7b7721cc140a57e08a",
    "feature_vector/3, 71a3c15c85800b85bc7d1c82a6e004871f065d8f",
    "feature_vector/4, 9b25e7cc0f7ccdf60957f032059ca24b84d3a6ce",
    "feature_vector/5, 565dba5fd397fdcaded8e891fa4816a5ab8edbeb",
    "classification/1, ea4ec1b07df043c57cfa327ae7ece52baead5d86",
    "classification/3, 83cc15f6fe5f35cfaa5bc8525357432103c9fa0e",
    "classification/4, 60835d9a3e4aede05f670eebd127dfa0bfd24d68",
    "classification/5, 06747040d783cb22d0753e766104c299458e8ce6"
  })
  void findsWhatPythonHasCached(String name, String sha1) throws IOException {
    Path entry = Files.createDirectories(cache.resolve(sha1));
    Files.writeString(entry.resolve("saved_model.pb"), "graph");
    String handle = "https://tfhub.dev/google/imagenet/mobilenet_v1_075_224/" + name;
    assertThat(resolve(handle)).isEqualTo(entry);
    assertThat(resolve(handle, options().withNetwork(HubOptions.Network.OFFLINE))).isEqualTo(entry);
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303, 307, 308})
  void followsRedirectsToAnotherHost(int status) throws IOException {
    // the archive is at its own address, without the query, as the published servers do it
    server.on(
        MODULE, HubServer.redirect(status, server.url("127.0.0.1", "/storage/archive.tar.gz?k=v")));
    server.on("/storage/archive.tar.gz", HubServer.ok(archive));
    assertIsModule(resolve(server.url("localhost", MODULE)));
    assertThat(server.requests())
        .containsExactly(MODULE + "?tf-hub-format=compressed", "/storage/archive.tar.gz?k=v");
  }

  @Test
  void appendsToAnExistingQuery() throws IOException {
    server.on("/module", HubServer.ok(archive));
    String handle = server.url("localhost", "/module?extra=abc");
    assertIsModule(resolve(handle));
    assertThat(server.requests()).containsExactly("/module?extra=abc&tf-hub-format=compressed");
    assertThat(cache.resolve(sha1(handle))).isDirectory();
  }

  @Test
  void knowsTheMirrorThatDoesNotAnswerTheQuery() throws IOException {
    assertThat(Download.archiveUri("https://hub.tensorflow.google.cn/google/x/1"))
        .hasToString("https://gcs.tensorflow.google.cn/tfhub-modules/google/x/1.tar.gz");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gz", "bz2", "xz", "none"})
  void readsEveryCompression(String compression) throws IOException {
    server.on(MODULE, HubServer.ok(Archives.ofDirectory(module, compression)));
    assertIsModule(resolve(server.url("localhost", MODULE)));
    String suffix = compression.equals("none") ? ".tar" : ".tar." + compression;
    Path file = temporary.resolve("module" + suffix);
    Files.write(file, Archives.ofDirectory(module, compression));
    Path unpacked;
    try (ResolvedHandle resolved =
        new HandleResolver(new Configuration(), options(), FAST).resolve(file.toString())) {
      unpacked = Path.of(resolved.path().toUri().getPath());
      assertIsModule(unpacked);
    }
    assertThat(unpacked).doesNotExist();
  }

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
        .hasMessageContaining("no byte came");
    assertNothingLeft();
  }

  @Test
  void slowBodiesAreWaitedFor() throws IOException {
    server.on(MODULE, exchange -> sendSlowly(exchange, archive.length / 4, 300));
    HubOptions impatient = options().withTimeouts(Duration.ofSeconds(5), Duration.ofMillis(900));
    assertIsModule(resolve(server.url("localhost", MODULE), impatient));
  }

  private void sendSlowly(HttpExchange exchange, int piece, long millis) throws IOException {
    exchange.sendResponseHeaders(200, archive.length);
    OutputStream out = exchange.getResponseBody();
    try {
      for (int from = 0; from < archive.length; from += piece) {
        out.write(archive, from, Math.min(piece, archive.length - from));
        out.flush();
        Thread.sleep(millis);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
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
  void checksumIsHeld() throws IOException {
    server.on(MODULE, HubServer.ok(archive));
    String handle = server.url("localhost", MODULE);
    String wrong = "0".repeat(64);
    assertThatThrownBy(() -> resolve(handle, options().withSha256(wrong)))
        .isInstanceOf(HandleException.class)
        .hasMessageContaining("SHA-256")
        .hasMessageContaining(wrong);
    assertNothingLeft();
    String right = sha256(archive);
    assertIsModule(resolve(handle, options().withSha256(right)));
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void offlineWithoutCacheIsTold() {
    assertThatThrownBy(
            () ->
                resolve(
                    server.url("localhost", MODULE),
                    options().withNetwork(HubOptions.Network.OFFLINE)))
        .isInstanceOf(HandleException.class)
        .hasMessageContaining("not in the cache");
    assertThat(server.requests()).isEmpty();
  }

  /** An empty entry, and the rest of a process that died while it downloaded. */
  @Test
  void halfWrittenEntriesAreReplaced() throws IOException {
    server.on(MODULE, HubServer.ok(archive));
    String handle = server.url("localhost", MODULE);
    Path entry = Files.createDirectories(cache.resolve(sha1(handle)));
    Path rest = Files.createDirectories(cache.resolve(sha1(handle) + ".0123abcd.tmp"));
    Files.writeString(rest.resolve("saved_model.pb"), "gra");
    assertThatThrownBy(() -> resolve(handle, options().withNetwork(HubOptions.Network.OFFLINE)))
        .isInstanceOf(HandleException.class);
    assertThat(resolve(handle)).isEqualTo(entry);
    assertIsModule(entry);
  }

  @Test
  void abandonedLockIsTakenOver() throws IOException {
    server.on(MODULE, HubServer.ok(archive));
    String handle = server.url("localhost", MODULE);
    Files.createDirectories(cache);
    Path lock = cache.resolve(sha1(handle) + ".lock");
    Files.writeString(lock, "some-host.4711.0123456789abcdef0123456789abcdef");
    long start = System.nanoTime();
    assertIsModule(resolve(handle));
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(FAST.abandoned());
    assertThat(lock).doesNotExist();
  }

  /** As long as its directory grows, the other process is alive. */
  @Test
  void livingLockIsWaitedFor() throws Exception {
    String handle = server.url("localhost", MODULE);
    Path entry = cache.resolve(sha1(handle));
    Files.createDirectories(cache);
    Path lock = cache.resolve(sha1(handle) + ".lock");
    String hex = "0123456789abcdef0123456789abcdef";
    Files.writeString(lock, "some-host.4711." + hex);
    Path growing = Files.createDirectories(cache.resolve(sha1(handle) + "." + hex + ".tmp"));
    Thread other =
        new Thread(
            () -> {
              try {
                for (int i = 0; i < 8; i++) {
                  Thread.sleep(FAST.abandoned().toMillis() / 2);
                  Files.writeString(growing.resolve("part" + i), "more");
                }
                Files.move(growing, entry);
                Files.delete(lock);
              } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    other.start();
    assertThat(resolve(handle)).isEqualTo(entry);
    other.join();
    assertThat(Archives.names(entry)).hasSize(8);
    assertThat(server.requests()).as("downloads").isEmpty();
  }

  /** Real processes, one cache, one slow download. */
  @Test
  void twoProcessesDownloadOnce() throws Exception {
    server.on(MODULE, exchange -> sendSlowly(exchange, archive.length / 6, 300));
    String handle = server.url("localhost", MODULE);
    List<Process> processes = new ArrayList<>();
    try {
      for (int i = 0; i < 2; i++) {
        processes.add(
            new ProcessBuilder(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-cp",
                    System.getProperty("java.class.path"),
                    ResolveMain.class.getName(),
                    handle,
                    cache.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start());
      }
      for (Process process : processes) {
        String printed =
            new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
        assertThat(printed.strip()).endsWith(sha1(handle));
      }
    } finally {
      processes.forEach(Process::destroyForcibly);
    }
    assertThat(server.requests()).as("downloads").hasSize(1);
    assertIsModule(cache.resolve(sha1(handle)));
    assertThat(Archives.names(cache).stream().filter(name -> name.contains(".lock"))).isEmpty();
  }

  @Test
  void proxyIsUsed() throws IOException {
    server.on(MODULE, HubServer.ok(archive));
    // A name that nobody can look up: only the proxy, which is this server, can answer for it.
    HubOptions proxied = options().withProxies(Proxies.of(URI.create(server.url("localhost", ""))));
    assertIsModule(resolve("http://module.invalid" + MODULE, proxied));
    assertThat(server.requests())
        .containsExactly("http://module.invalid" + MODULE + "?tf-hub-format=compressed");
  }

  @Test
  void environmentNamesProxies() {
    Proxies proxies =
        HubOptions.fromEnvironment(
                Map.of(
                    "https_proxy", "proxy.example:3128",
                    "HTTP_PROXY", "http://other.example:80",
                    "no_proxy", "localhost, .internal.example"))
            .proxies();
    URI https = URI.create("https://tfhub.dev/x");
    assertThat(proxies.proxyOf(https)).contains(URI.create("http://proxy.example:3128"));
    assertThat(proxies.proxyOf(URI.create("http://tfhub.dev/x")))
        .contains(URI.create("http://other.example:80"));
    assertThat(proxies.proxyOf(URI.create("https://localhost/x"))).isEmpty();
    assertThat(proxies.proxyOf(URI.create("https://a.internal.example/x"))).isEmpty();
    assertThat(Proxies.fromEnvironment(Map.of("https_proxy", ""))).isEqualTo(Proxies.NONE);
    assertThatThrownBy(() -> Proxies.of(URI.create("nonsense")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not a proxy");
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

  @Test
  void defaultCacheIsTensorFlowHubs() {
    assertThat(HubOptions.fromEnvironment(Map.of("TFHUB_CACHE_DIR", "/a/b")).cacheDirectory())
        .isEqualTo(Path.of("/a/b"));
    assertThat(HubOptions.fromEnvironment(Map.of("TFHUB_CACHE_DIR", "")).cacheDirectory())
        .isEqualTo(Path.of(System.getProperty("java.io.tmpdir"), "tfhub_modules"));
    assertThat(HubOptions.fromEnvironment(Map.of("TMPDIR", "/t")).cacheDirectory())
        .isEqualTo(Path.of("/t/tfhub_modules"));
  }

  /** A whole module through the protocol. */
  @Test
  void loadsAPublishedModule() throws IOException {
    Path published = SharedData.directory().resolve("modules/feature_vector_4");
    server.on(MODULE, HubServer.redirect(301, server.url("127.0.0.1", "/x.tar.gz")));
    server.on("/x.tar.gz", HubServer.ok(Archives.ofDirectory(published, "gz")));
    Path path = resolve(server.url("localhost", MODULE));
    assertThat(Archives.names(path)).isEqualTo(Archives.names(published));
    assertThat(Files.mismatch(path.resolve("saved_model.pb"), published.resolve("saved_model.pb")))
        .isEqualTo(-1);
  }
}
