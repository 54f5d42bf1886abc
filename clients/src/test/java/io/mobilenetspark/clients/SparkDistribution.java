package io.mobilenetspark.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.testing.Installed;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A distribution of Spark with its scripts and all its jars: that of the system property {@code
 * spark.distribution}, else the one inside Python's package {@code pyspark} in {@code
 * udf/target/python}. Its processes run in a folder of their own and end with it.
 */
final class SparkDistribution implements AutoCloseable {

  private static final Duration MAX_START = Duration.ofMinutes(10);

  private final Path home;
  private final Path directory;
  private final Map<String, String> variables;
  private final List<Process> services = new ArrayList<>();

  private SparkDistribution(Path home, Path directory, Map<String, String> variables) {
    this.home = home;
    this.directory = directory;
    this.variables = variables;
  }

  /** Where it is installed, if there is one. */
  static Optional<Path> home() throws IOException {
    String named = System.getProperty("spark.distribution");
    if (named != null) {
      return Optional.of(Path.of(named));
    }
    Path libraries = Installed.projectRoot().resolve("udf/target/python/lib");
    if (!Files.isDirectory(libraries)) {
      return Optional.empty();
    }
    try (Stream<Path> pythons = Files.list(libraries)) {
      return pythons
          .map(python -> python.resolve("site-packages/pyspark"))
          .filter(pyspark -> Files.isExecutable(pyspark.resolve("bin/spark-submit")))
          .findFirst();
    }
  }

  /** The version of the one that is installed there. */
  static String version(Path home) throws IOException {
    try (Stream<Path> jars = Files.list(home.resolve("jars"))) {
      return jars.map(jar -> jar.getFileName().toString())
          .filter(jar -> jar.startsWith("spark-core_"))
          .map(jar -> jar.substring(jar.indexOf('-', 6) + 1, jar.length() - ".jar".length()))
          .findFirst()
          .orElseThrow();
    }
  }

  /** The distribution at work in an empty folder. */
  static SparkDistribution in(Path home, Path directory) {
    return in(home, directory, Map.of());
  }

  /** Likewise; its processes have more variables. */
  static SparkDistribution in(Path home, Path directory, Map<String, String> variables) {
    return new SparkDistribution(home, directory, variables);
  }

  /** What spark-submit takes to run a command of the jobs' jar. */
  static List<String> submission(List<String> flags, String... arguments) throws IOException {
    List<String> all = new ArrayList<>(flags);
    all.addAll(
        List.of(
            "--class=io.mobilenetspark.jobs.Main",
            "--jars=" + Installed.nativeJar(),
            Installed.jar().toString()));
    all.addAll(List.of(arguments));
    return all;
  }

  /** Runs one of its scripts to its end. */
  Installed.Outcome run(String script, List<String> arguments)
      throws IOException, InterruptedException {
    return Installed.execute(environment(), command(script, arguments));
  }

  /** Starts one of its scripts, which runs until this is closed. */
  Process start(String script, List<String> arguments) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command(script, arguments))
            .redirectErrorStream(true)
            .redirectOutput(log(services.size()).toFile());
    builder.environment().putAll(environment());
    builder.environment().put("SPARK_SUBMIT_OPTS", Installed.SHORT_RUNS);
    Process process = builder.start();
    services.add(process);
    return process;
  }

  /** Starts a server and waits until its port is open. */
  void serve(int port, String script, List<String> arguments)
      throws IOException, InterruptedException {
    Process process = start(script, arguments);
    long end = System.nanoTime() + MAX_START.toNanos();
    while (true) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        assertThat(socket.isConnected()).isTrue();
        return;
      } catch (IOException e) {
        String log = Files.readString(log(services.indexOf(process)));
        assertThat(process.isAlive()).as(log).isTrue();
        assertThat(System.nanoTime()).as("time to open port %d: %s", port, log).isLessThan(end);
        Thread.sleep(200);
      }
    }
  }

  /** Starts a master and workers of one core each; gives the master's address. */
  String cluster(int workers) throws IOException, InterruptedException {
    int port = freePort();
    serve(
        port,
        "spark-class",
        List.of(
            "org.apache.spark.deploy.master.Master",
            "--host",
            "127.0.0.1",
            "--port",
            port + "",
            "--webui-port",
            freePort() + ""));
    String master = "spark://127.0.0.1:" + port;
    for (int i = 0; i < workers; i++) {
      start(
          "spark-class",
          List.of(
              "org.apache.spark.deploy.worker.Worker",
              "--host",
              "127.0.0.1",
              "--cores",
              "1",
              "--memory",
              "2g",
              "--webui-port",
              freePort() + "",
              "--work-dir",
              directory.resolve("worker-" + i).toString(),
              master));
    }
    return master;
  }

  /** The JVMs of executors that this cluster's workers have started. */
  List<ProcessHandle> executors() {
    return services.stream()
        .flatMap(Process::descendants)
        .filter(SparkDistribution::isExecutor)
        .toList();
  }

  /** Whether it is an executor's JVM, not a shell that starts one. */
  static boolean isExecutor(ProcessHandle process) {
    return process.info().command().orElse("").endsWith("java")
        && process.info().commandLine().orElse("").contains("CoarseGrainedExecutorBackend");
  }

  /** Kills one of the cluster's workers; its executors end when they miss it. */
  boolean killWorker() {
    return services.get(1).toHandle().destroyForcibly();
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private Map<String, String> environment() {
    Map<String, String> all = new HashMap<>(variables);
    all.put("SPARK_HOME", home.toString());
    all.put("SPARK_LOCAL_IP", "127.0.0.1");
    all.put("SPARK_LOCAL_DIRS", directory.resolve("local").toString());
    all.put("TF_CPP_MIN_LOG_LEVEL", "2");
    return all;
  }

  private List<String> command(String script, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.addAll(List.of("env", "-C", directory.toString()));
    command.add(home.resolve("bin").resolve(script).toString());
    command.addAll(arguments);
    return command;
  }

  private Path log(int service) {
    return directory.resolve("service-" + service + ".log");
  }

  @Override
  public void close() {
    for (Process service : services) {
      service.descendants().forEach(ProcessHandle::destroyForcibly);
      service.destroyForcibly().onExit().join();
    }
  }
}
