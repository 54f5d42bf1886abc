package io.mobilenetspark.testing;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.spark.launcher.JavaModuleOptions;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** What the build makes for users, run as they run it: in processes of their own. */
public class Installed {

  private static final Duration TIMEOUT = Duration.ofMinutes(20);

  /** Flags of the driver: its optimizing compiler takes more time than it saves, and executors'. */
  public static final String SHORT_RUNS =
      "-XX:TieredStopAtLevel=1 -Dspark.executor.defaultJavaOptions=-XX:TieredStopAtLevel=1";

  /** Only for the commands, which are these and those that run in this JVM. */
  protected Installed() {}

  /**
   * What a command did.
   *
   * @param exitCode the exit code
   * @param out standard output
   * @param err standard error
   */
  public record Outcome(int exitCode, String out, String err) {

    /** Fails, showing what the command said, unless it ended with this code. */
    public Outcome assertExitCode(int expected) {
      assertThat(exitCode).as("exit code; out: %s%nerr: %s", out, err).isEqualTo(expected);
      return this;
    }

    /** Fails unless the command said one thing about its failure, and no stack trace. */
    public Outcome assertOneMessage(String... fragments) {
      assertThat(err).contains(fragments).doesNotContain("\tat ").doesNotContain("Exception in");
      assertThat(err.lines().filter(line -> line.startsWith("Error: "))).hasSize(1);
      return this;
    }
  }

  /** The one Spark session of this JVM; never stopped by a test. */
  public static SparkSession session() {
    return SparkSession.builder()
        .master("local[4]")
        .appName("jobs integration tests")
        .config("spark.ui.enabled", "false")
        .config(
            "spark.sql.warehouse.dir",
            Path.of(System.getProperty("java.io.tmpdir"), "warehouse").toAbsolutePath().toString())
        .getOrCreate();
  }

  /** Runs the launcher in a process of its own. */
  public static Outcome launch(Map<String, String> environment, String... args)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(projectRoot().resolve("jobs/bin/mobilenet-spark").toString());
    command.addAll(List.of(args));
    return execute(environment, command);
  }

  /** The Spark that the launcher makes of Maven's artifacts. */
  public static Path bundledSpark() throws IOException, InterruptedException {
    Path spark = buildDirectory().resolve("spark");
    if (!Files.exists(spark.resolve(".complete"))) {
      launch(Map.of(), "--version").assertExitCode(0);
    }
    return spark;
  }

  /** What the spark-submit script of an installation runs. */
  public static List<String> sparkSubmit(String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + "/bin/java");
    command.addAll(ForkedJvm.SHORT_RUN);
    command.add("-cp");
    command.add(bundledSpark() + "/jars/*");
    command.addAll(List.of(SHORT_RUNS.split(" ", -1)));
    command.add("-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"));
    command.add("-Dspark.sql.warehouse.dir=" + System.getProperty("java.io.tmpdir") + "/warehouse");
    // The module flags that spark-submit's launcher sets on Java 17.
    command.addAll(List.of(JavaModuleOptions.defaultModuleOptionArray()));
    command.add("org.apache.spark.deploy.SparkSubmit");
    command.addAll(List.of(arguments));
    return command;
  }

  /** Runs a program; fails if it hangs. */
  public static Outcome execute(Map<String, String> environment, List<String> command)
      throws IOException, InterruptedException {
    return execute(environment, command, TIMEOUT);
  }

  /** Runs a program; fails if it takes longer than it may. */
  public static Outcome execute(
      Map<String, String> environment, List<String> command, Duration timeout)
      throws IOException, InterruptedException {
    Path out = Files.createTempFile("out", ".txt");
    Path err = Files.createTempFile("err", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectInput(Path.of("/dev/null").toFile()) // shells end with it
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    // What the build's own environment says of Spark is not what is tested here.
    builder.environment().keySet().removeIf(name -> name.startsWith("SPARK_"));
    builder.environment().remove("TF_CPP_MIN_LOG_LEVEL");
    builder.environment().remove("TF_NUM_INTRAOP_THREADS");
    builder.environment().remove("TF_ENABLE_ONEDNN_OPTS");
    String temporary = System.getProperty("java.io.tmpdir");
    builder.environment().put("TMPDIR", temporary);
    builder
        .environment()
        .put(
            "SPARK_SUBMIT_OPTS",
            String.format(
                Locale.ROOT,
                "%s -Djava.io.tmpdir=%s -Dspark.sql.warehouse.dir=%s/warehouse",
                SHORT_RUNS,
                temporary,
                temporary));
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      assertThat(process.waitFor(timeout.toSeconds(), TimeUnit.SECONDS))
          .as("%s ends within %s", command, timeout)
          .isTrue();
      return new Outcome(
          process.exitValue(),
          // What isn't UTF-8 stays readable, but for the letters outside of ASCII.
          new String(Files.readAllBytes(out), StandardCharsets.UTF_8),
          new String(Files.readAllBytes(err), StandardCharsets.UTF_8));
    } finally {
      process.destroyForcibly();
      Files.delete(out);
      Files.delete(err);
    }
  }

  public static Path projectRoot() {
    return SharedData.projectRoot();
  }

  public static Path buildDirectory() {
    return projectRoot().resolve("jobs/target");
  }

  /** The photographs that Maven brings, good and broken. */
  public static Path demoImages() {
    return buildDirectory().resolve("demo-images");
  }

  /** The shaded jar. */
  public static Path jar() {
    return buildDirectory()
        .resolve(
            "mobilenet-spark-jobs-"
                + requireNonNull(System.getProperty("project.version"))
                + ".jar");
  }

  /** The native library's jar. */
  public static Path nativeJar() throws IOException {
    return only(buildDirectory().resolve("native"), "*.jar");
  }

  private static Path only(Path directory, String glob) throws IOException {
    try (var files = Files.newDirectoryStream(directory, glob)) {
      List<Path> found = new ArrayList<>();
      files.forEach(found::add);
      assertThat(found).as("%s in %s", glob, directory).hasSize(1);
      return found.get(0);
    }
  }

  /** The Parquet files of a table. */
  public static List<Path> parquetFiles(Path table) throws IOException {
    try (Stream<Path> files = Files.list(table)) {
      return files.filter(file -> file.toString().endsWith(".parquet")).sorted().toList();
    }
  }

  /** The report beside a table. */
  public static JsonNode report(Path table) throws IOException {
    return new ObjectMapper().readTree(table.resolve("_run.json").toFile());
  }

  /** The vector in a row's column. */
  public static float[] vector(Row row, String column) {
    List<Float> values = row.getList(row.fieldIndex(column));
    float[] vector = new float[values.size()];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = values.get(i);
    }
    return vector;
  }
}
