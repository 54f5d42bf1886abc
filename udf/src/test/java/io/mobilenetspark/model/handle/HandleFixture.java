package io.mobilenetspark.model.handle;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import io.mobilenetspark.common.Sha256;
import io.mobilenetspark.testing.Archives;
import io.mobilenetspark.testing.HubServer;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A web server on this machine, over real sockets, a small module and an empty cache. */
abstract class HandleFixture {

  static final String MODULE = "/google/imagenet/mobilenet_v1_075_224/feature_vector/4";
  static final LockTiming FAST = new LockTiming(Duration.ofMillis(50), Duration.ofMillis(600));

  @TempDir Path temporary;
  Path module = Path.of("");
  Path cache = Path.of("");
  byte[] archive = {};
  HubServer server;

  HandleFixture() throws IOException {
    server = new HubServer();
  }

  @BeforeEach
  void makeModule() throws IOException {
    module = Files.createDirectories(temporary.resolve("made"));
    Files.createDirectories(module.resolve("variables"));
    Files.writeString(module.resolve("saved_model.pb"), "graph");
    byte[] index =
        new byte[16 << 10]; // enough that a quarter of it at a time is no stalled download
    new Random(1).nextBytes(index);
    Files.write(module.resolve("variables/variables.index"), index);
    cache = temporary.resolve("cache");
    archive = Archives.ofDirectory(module, "gz");
  }

  @AfterEach
  void stopServer() {
    server.close();
  }

  HubOptions options() {
    return HubOptions.fromEnvironment(Map.of())
        .withCacheDirectory(cache)
        .withTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(5));
  }

  Path resolve(String handle) throws IOException {
    return resolve(handle, options());
  }

  static Path resolve(String handle, HubOptions options) throws IOException {
    return resolve(handle, options, Optional.empty());
  }

  static Path resolve(String handle, HubOptions options, Optional<String> sha256)
      throws IOException {
    try (ResolvedHandle resolved =
        new HandleResolver(new Configuration(), options, FAST, CacheFiles.NATIVE)
            .resolve(handle, sha256)) {
      return Path.of(resolved.path().toUri().getPath());
    }
  }

  void assertIsModule(Path path) throws IOException {
    assertThat(Archives.names(path)).containsExactly("saved_model.pb", "variables/variables.index");
  }

  /** No lock, no temporary directory, no half of a module. */
  void assertNothingLeft() throws IOException {
    assertThat(Archives.names(cache)).isEmpty();
  }

  static String sha1(String handle) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-1").digest(handle.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  static String sha256(byte[] bytes) {
    return Sha256.hex(bytes);
  }

  void sendSlowly(HttpExchange exchange, int piece, long millis) throws IOException {
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
}
