package io.mobilenetspark.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.testing.ForkedJvm;
import io.mobilenetspark.testing.Installed;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Adobe's S3Mock, a server that speaks S3's protocol, in a JVM of its own, on a free port. */
final class S3MockServer implements AutoCloseable {

  static final String BUCKET = "tables";

  private static final Duration MAX_START = Duration.ofMinutes(10);

  private final Process process;
  private final int port;

  private S3MockServer(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** Starts it, with one bucket, and waits until it answers. */
  static S3MockServer start(Path directory) throws IOException, InterruptedException {
    int port = SparkDistribution.freePort();
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + "/bin/java");
    command.addAll(ForkedJvm.SHORT_RUN);
    command.add("-Xmx256m");
    command.add("-Djava.io.tmpdir=" + Files.createDirectories(directory.resolve("tmp")));
    command.add("-Dhttp.port=" + port);
    command.add("-Dserver.port=" + SparkDistribution.freePort());
    command.add("-Dcom.adobe.testing.s3mock.store.initialBuckets=" + BUCKET);
    command.add(
        "-Dcom.adobe.testing.s3mock.store.root="
            + Files.createDirectories(directory.resolve("root")));
    command.addAll(List.of("-jar", jar().toString()));
    Path log = directory.resolve("server.log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    S3MockServer server = new S3MockServer(process, port);
    try {
      server.await(log);
    } catch (IOException | InterruptedException | RuntimeException | Error e) {
      server.close();
      throw e;
    }
    return server;
  }

  private static Path jar() throws IOException {
    try (Stream<Path> jars = Files.list(Installed.projectRoot().resolve("clients/target/s3mock"))) {
      return jars.filter(jar -> jar.toString().endsWith("-exec.jar")).findFirst().orElseThrow();
    }
  }

  private void await(Path log) throws IOException, InterruptedException {
    long end = System.nanoTime() + MAX_START.toNanos();
    while (!answers()) {
      assertThat(process.isAlive()).as(Files.readString(log)).isTrue();
      assertThat(System.nanoTime()).as("time to start: %s", Files.readString(log)).isLessThan(end);
      Thread.sleep(200);
    }
  }

  private boolean answers() {
    try {
      HttpURLConnection connection =
          (HttpURLConnection) URI.create(endpoint() + "/" + BUCKET).toURL().openConnection();
      connection.setConnectTimeout(1000);
      int code = connection.getResponseCode();
      connection.disconnect();
      return code == HttpURLConnection.HTTP_OK;
    } catch (IOException e) {
      return false;
    }
  }

  private String endpoint() {
    return "http://127.0.0.1:" + port;
  }

  /** Hadoop's settings to reach it. */
  Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("fs.s3a.impl", DyingS3A.class.getName());
    settings.put("fs.s3a.endpoint", endpoint());
    settings.put("fs.s3a.endpoint.region", "us-east-1");
    settings.put("fs.s3a.path.style.access", "true");
    settings.put("fs.s3a.connection.ssl.enabled", "false");
    settings.put(
        "fs.s3a.aws.credentials.provider", "org.apache.hadoop.fs.s3a.SimpleAWSCredentialsProvider");
    settings.put("fs.s3a.access.key", "key");
    settings.put("fs.s3a.secret.key", "secret");
    settings.put("fs.s3a.fast.upload.buffer", "bytebuffer"); // leaves no files
    return settings;
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
