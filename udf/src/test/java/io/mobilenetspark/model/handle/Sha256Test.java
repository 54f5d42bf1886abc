package io.mobilenetspark.model.handle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobilenetspark.testing.Archives;
import io.mobilenetspark.testing.HubServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The expected SHA-256 holds wherever a module is from, or is refused. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class Sha256Test extends HandleFixture {

  private static final String WRONG = "0".repeat(64);

  Sha256Test() throws IOException {}

  private String handle() {
    server.on(MODULE, HubServer.ok(archive));
    return server.url("localhost", MODULE);
  }

  private static Path resolve(String handle, HubOptions options, String sha256) throws IOException {
    return resolve(handle, options, Optional.of(sha256));
  }

  private static void assertRefused(
      String handle, HubOptions options, String sha256, String message) {
    assertThatThrownBy(() -> resolve(handle, options, sha256))
        .isInstanceOf(HandleException.class)
        .hasMessageContaining(message);
  }

  @Test
  void ofDownloads() throws IOException {
    String handle = handle();
    assertRefused(
        handle,
        options(),
        WRONG,
        String.format(Locale.ROOT, "has the SHA-256 %s, not %s", sha256(archive), WRONG));
    assertNothingLeft();
    assertIsModule(resolve(handle, options(), sha256(archive).toUpperCase(Locale.ROOT)));
  }

  @Test
  void ofWhatIsInTheCache() throws IOException {
    String handle = handle();
    resolve(handle);
    HubOptions offline = options().withNetwork(HubOptions.NetworkAccess.OFFLINE);
    assertRefused(handle, options(), WRONG, "has the SHA-256 " + sha256(archive));
    assertRefused(handle, offline, WRONG, "has the SHA-256 " + sha256(archive));
    assertIsModule(resolve(handle, options(), sha256(archive)));
    assertIsModule(resolve(handle, offline, sha256(archive)));
    assertThat(server.requests()).hasSize(1);
  }

  /** Python's tensorflow_hub writes nothing down. */
  @Test
  void ofWhatOthersPutIntoTheCache() throws IOException {
    String handle = handle();
    Path entry = Files.createDirectories(cache.resolve(sha1(handle)));
    Files.writeString(entry.resolve("saved_model.pb"), "graph");
    assertThatThrownBy(() -> resolve(handle, options(), sha256(archive)))
        .isInstanceOfSatisfying(
            HandleException.class, e -> assertThat(e.cure()).startsWith("Delete " + entry))
        .hasMessageContaining("but the SHA-256 of its archive was not recorded");
    FileTrees.delete(entry);
    assertIsModule(resolve(handle, options(), sha256(archive)));
  }

  /** Python fills an entry again that was deleted, and leaves our file. */
  @Test
  void notOfWhatCameLater() throws IOException {
    String handle = handle();
    Path entry = resolve(handle);
    FileTrees.delete(entry);
    Files.createDirectories(entry);
    Files.writeString(entry.resolve("saved_model.pb"), "another graph");
    assertRefused(handle, options(), sha256(archive), "are not those that came out of the archive");
  }

  @ParameterizedTest
  @ValueSource(strings = {"changed", "added", "removed", "renamed", "moved bytes"})
  void notOfAlteredFiles(String how) throws IOException {
    String handle = handle();
    Path entry = resolve(handle);
    Path graph = entry.resolve("saved_model.pb");
    switch (how) {
      case "changed" -> Files.writeString(graph, "grapH");
      case "added" -> Files.writeString(entry.resolve("assets"), "");
      case "removed" -> Files.delete(entry.resolve("variables/variables.index"));
      case "renamed" -> Files.move(graph, entry.resolve("saved_model.pbtxt"));
      default -> {
        Files.writeString(graph, "graphi");
        Files.writeString(entry.resolve("variables/variables.index"), "ndex");
      }
    }
    assertRefused(handle, options(), sha256(archive), "are not those that came out of the archive");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "archive: abc", "\u00ff\u0000"})
  void damagedRecordsAreRefused(String text) throws IOException {
    String handle = handle();
    Files.writeString(ArchiveDigest.fileOf(resolve(handle)), text);
    assertRefused(handle, options(), sha256(archive), "is damaged");
    assertIsModule(resolve(handle));
  }

  /** Who waited for another's download gets no other module than who downloads. */
  @Test
  void ofWhatAnotherDownloads() throws Exception {
    server.on(MODULE, exchange -> sendSlowly(exchange, archive.length / 4, 300));
    String handle = server.url("localhost", MODULE);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      Future<Path> first = threads.submit(() -> resolve(handle));
      while (server.requests().isEmpty()) {
        Thread.sleep(10);
      }
      Future<Path> second = threads.submit(() -> resolve(handle, options(), WRONG));
      assertIsModule(first.get());
      assertThatThrownBy(second::get)
          .isInstanceOf(ExecutionException.class)
          .hasMessageContaining("not " + WRONG);
    } finally {
      threads.shutdownNow();
    }
    assertThat(server.requests()).hasSize(1);
  }

  /** By a path alone, and by a URL of a Hadoop file system. */
  @ParameterizedTest
  @ValueSource(strings = {"", "file://"})
  void ofArchives(String scheme) throws IOException {
    for (String compression : List.of("gz", "bz2", "xz", "none")) {
      byte[] bytes = Archives.ofDirectory(module, compression);
      Path file =
          temporary.resolve("module.tar" + (compression.equals("none") ? "" : "." + compression));
      Files.write(file, bytes);
      assertRefused(scheme + file, options(), WRONG, "has the SHA-256 " + sha256(bytes));
      assertThat(resolve(scheme + file, options(), sha256(bytes))).isNotNull();
    }
  }

  @Test
  void neverOfWhatIsNoArchive() throws IOException {
    Path prefix = temporary.resolve("model.ckpt");
    Files.writeString(temporary.resolve("model.ckpt.index"), "");
    for (Path path : List.of(module, prefix, temporary.resolve("none.tar.gz"))) {
      assertThatThrownBy(() -> resolve(path.toString(), options(), sha256(archive)))
          .isInstanceOfSatisfying(
              HandleException.class, e -> assertThat(e.cure()).contains("tar -czf"))
          .hasMessageContaining("this is not one");
    }
  }
}
