package io.mobilenetspark.jobs.embed;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.mobilenetspark.jobs.cli.CommonOptions.Verbosity;
import io.mobilenetspark.jobs.cli.Console;
import io.mobilenetspark.model.ModelLoader;
import io.mobilenetspark.model.ModelRequest;
import io.mobilenetspark.model.export.ExportFormat;
import io.mobilenetspark.model.export.ExportHead;
import io.mobilenetspark.model.export.ModelExporter;
import io.mobilenetspark.model.settings.ModelSettings;
import io.mobilenetspark.options.SettingValues;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** Which network the demo shows. */
class DemoModelTest {

  private final StringWriter said = new StringWriter();

  @TempDir private Path directory;

  private String choose(String mirror) {
    CommandLine command = new CommandLine(CommandSpec.create()).setErr(new PrintWriter(said, true));
    SettingValues places =
        SettingValues.none()
            .with(ModelSettings.MODEL_CACHE, directory.resolve("cache").toString())
            .with(ModelSettings.MODEL_MIRROR, mirror);
    return DemoModel.choose(places, new Console(command, Verbosity.NORMAL, Console.Results.TEXT));
  }

  private Path inCache() throws IOException, NoSuchAlgorithmException {
    byte[] name =
        MessageDigest.getInstance("SHA-1")
            .digest(ModelSettings.DEFAULT_HANDLE.getBytes(StandardCharsets.UTF_8));
    return Files.createDirectories(directory.resolve("cache"))
        .resolve(HexFormat.of().formatHex(name));
  }

  @Test
  void thatOfTheCache() throws Exception {
    new ModelExporter(new Configuration())
        .export(
            new ModelLoader(new Configuration()),
            ModelRequest.of("builtin"),
            ExportFormat.TF2,
            ExportHead.AUTO,
            inCache().toString(),
            ModelExporter.IfExists.ERRORIFEXISTS);

    assertThat(choose("http://localhost:9/{path}")).isEqualTo(ModelSettings.DEFAULT_HANDLE);
    assertThat(said.toString()).contains("The cache has the trained network");
  }

  @Test
  void theUntrainedOneIfTheCacheIsDamaged() throws Exception {
    Files.writeString(Files.createDirectories(inCache()).resolve("saved_model.pb"), "not one");

    assertThat(choose("http://localhost:9/{path}")).isEqualTo("builtin");
    assertThat(said.toString()).contains("untrained", "could not be");
  }

  @Test
  void theUntrainedOneIfNobodyAnswers() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      long start = System.nanoTime();
      assertThat(choose("http://localhost:" + silent.getLocalPort() + "/{path}"))
          .isEqualTo("builtin");
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(30));
    }
    assertThat(said.toString()).contains("untrained", "Pass --model");
  }

  /** Such as over a line that is slow and does not stall. */
  @Test
  void theUntrainedOneIfItTakesLong() throws Exception {
    HttpServer hub =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    hub.setExecutor(Executors.newCachedThreadPool());
    hub.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, 100_000_000);
          try (OutputStream body = exchange.getResponseBody()) {
            for (int i = 0; i < 1000; i++) {
              body.write(new byte[500]);
              body.flush();
              TimeUnit.MILLISECONDS.sleep(100);
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    hub.start();
    try {
      assertThat(
              choose(
                  String.format(
                      Locale.ROOT, "http://localhost:%d/{path}", hub.getAddress().getPort())))
          .isEqualTo("builtin");
    } finally {
      hub.stop(0);
    }
    assertThat(said.toString()).contains("that takes more than 15 seconds");
  }

  @Test
  void theUntrainedOneIfTheHubRefuses() throws Exception {
    HttpServer hub =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    hub.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(403, -1);
          exchange.close();
        });
    hub.start();
    try {
      String mirror =
          String.format(Locale.ROOT, "http://localhost:%d/{path}", hub.getAddress().getPort());
      assertThat(choose(mirror)).isEqualTo("builtin");
    } finally {
      hub.stop(0);
    }
    assertThat(said.toString()).contains("403");
  }
}
