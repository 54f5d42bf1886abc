package io.mobilenetspark.model.handle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobilenetspark.testing.Archives;
import io.mobilenetspark.testing.HubServer;
import io.mobilenetspark.testing.SharedData;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Handles against a web server on this machine: the cache, its locks, redirects, proxies. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class HandleResolverTest extends HandleFixture {

  HandleResolverTest() throws IOException {}

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
    assertThat(resolve(handle, options().withNetwork(HubOptions.NetworkAccess.OFFLINE)))
        .isEqualTo(path);
    assertThat(server.requests()).hasSize(1);
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
    assertThat(resolve(handle, options().withNetwork(HubOptions.NetworkAccess.OFFLINE)))
        .isEqualTo(entry);
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
    assertThat(Source.archiveUri("https://hub.tensorflow.google.cn/google/x/1"))
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
        new HandleResolver(new Configuration(), options(), FAST, CacheFiles.NATIVE)
            .resolve(file.toString(), Optional.empty())) {
      unpacked = Path.of(resolved.path().toUri().getPath());
      assertIsModule(unpacked);
    }
    assertThat(unpacked).doesNotExist();
  }

  @Test
  void offlineWithoutCacheIsTold() {
    assertThatThrownBy(
            () ->
                resolve(
                    server.url("localhost", MODULE),
                    options().withNetwork(HubOptions.NetworkAccess.OFFLINE)))
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
    assertThatThrownBy(
            () -> resolve(handle, options().withNetwork(HubOptions.NetworkAccess.OFFLINE)))
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
  @Tag("slow")
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
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
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
