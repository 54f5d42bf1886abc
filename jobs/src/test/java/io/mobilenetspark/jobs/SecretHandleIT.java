package io.mobilenetspark.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.testing.HubServer;
import io.mobilenetspark.testing.Installed;
import io.mobilenetspark.testing.ProxyServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A secret in a handle or in a proxy's address, and what the commands print and write. */
class SecretHandleIT {

  private static final String SECRET = "pLaNtEd";

  @TempDir private Path directory;
  private final HubServer server = new HubServer();
  private String handle = "";

  SecretHandleIT() throws IOException {}

  @BeforeEach
  void serve() throws Exception {
    Path module = directory.resolve("module");
    Commands.run("export", "--model=builtin", "--format=slim", "--output=" + module)
        .assertExitCode(0);
    Path archive = directory.resolve("module.tar.gz");
    Commands.execute(
            Map.of(), List.of("tar", "-czf", archive.toString(), "-C", module.toString(), "."))
        .assertExitCode(0);
    server.on("/module", HubServer.ok(Files.readAllBytes(archive)));
    handle =
        server
                .url("localhost", "/module")
                .replace("//", String.format(Locale.ROOT, "//anna:%s@", SECRET))
            + "?sig="
            + SECRET;
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static void assertNoSecret(Installed.Outcome outcome) {
    assertThat(outcome.out() + outcome.err()).doesNotContain(SECRET);
  }

  private void assertNoSecretBelow(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      List<Path> all = files.filter(Files::isRegularFile).toList();
      assertThat(all).isNotEmpty();
      for (Path file : all) {
        assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
            .as(file.toString())
            .doesNotContain(SECRET);
      }
    }
  }

  @Tag("slow")
  @Test
  void embedWritesNoSecrets() throws IOException {
    Path output = directory.resolve("vectors");
    Path cache = directory.resolve("cache");
    Installed.Outcome outcome =
        Commands.run(
            "embed",
            "--verbose",
            "--input=" + Commands.demoImages(),
            "--image-size=32",
            "--model=" + handle,
            "--model-cache=" + cache,
            "--output=" + output);
    outcome.assertExitCode(0);
    assertNoSecret(outcome);
    assertThat(Commands.report(output).at("/model/mobilenet.model").asText())
        .isEqualTo(server.url("localhost", "/module") + "?sig=***");
    assertNoSecretBelow(output);
    assertNoSecretBelow(cache);

    assertNoSecret(
        Commands.run("inspect", "--model=" + handle, "--model-cache=" + cache).assertExitCode(0));
    assertNoSecret(
        Commands.run(
                "inspect",
                "--model=" + handle,
                "--model-cache=" + cache,
                "--model-sha256=" + "0".repeat(64))
            .assertExitCode(4));
    server.on("/module", HubServer.status(403));
    Installed.Outcome refused =
        Commands.run(
            "inspect", "--verbose", "--model=" + handle + SECRET, "--model-cache=" + cache);
    refused.assertExitCode(4);
    assertNoSecret(refused);
    assertThat(refused.err()).contains("localhost answered 403", "Get it by hand");
  }

  /** The network's failures are the model's: 4, never 5. */
  @Tag("slow")
  @Test
  void proxyThatRefusesIsToldAndEndsWithFour() throws Exception {
    try (ProxyServer proxy = new ProxyServer("anna:right")) {
      for (String user : List.of("", String.format(Locale.ROOT, "anna:%s@", SECRET))) {
        Installed.Outcome outcome =
            Commands.launch(
                Map.of(
                    "https_proxy",
                    "http://" + user + proxy.address(),
                    "KAGGLE_API_TOKEN",
                    SECRET,
                    "TFHUB_CACHE_DIR",
                    directory.resolve("cache").toString()),
                "inspect");
        outcome.assertExitCode(4);
        outcome.assertOneMessage(
            String.format(Locale.ROOT, "the proxy %s ", proxy.address()), "407", "USER:PASSWORD");
        assertNoSecret(outcome);
      }
    }
    Installed.Outcome outcome =
        Commands.launch(
            Map.of("https_proxy", String.format(Locale.ROOT, "http://anna:%s#@p:1", SECRET)),
            "inspect");
    outcome.assertExitCode(2);
    outcome.assertOneMessage("is not a proxy", "percent-encoded");
    assertNoSecret(outcome);
  }
}
