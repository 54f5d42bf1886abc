package io.mobilenetspark.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs a main class of the tests in a JVM of its own, with this one's class path. */
public final class ForkedJvm {

  /** Flags of Java for a run of seconds: the second compiler takes more than it gains. */
  public static final List<String> SHORT_RUN =
      List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

  private static final long TIMEOUT_MINUTES = 30;
  private static final String PRLIMIT = "/usr/bin/prlimit";

  private ForkedJvm() {}

  /**
   * How the process ended.
   *
   * @param exitCode its exit code
   * @param output its standard output and error
   */
  public record Outcome(int exitCode, String output) {}

  /** Runs it to its end; fails after ten minutes. */
  public static Outcome run(Class<?> main, List<String> jvmFlags, String... arguments)
      throws IOException, InterruptedException {
    return run(main, jvmFlags, Map.of(), arguments);
  }

  /** The same with variables added to the environment. */
  public static Outcome run(
      Class<?> main, List<String> jvmFlags, Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    return run(List.of(), main, jvmFlags, environment, arguments);
  }

  /**
   * The same with a limit of memory, where the system has {@code prlimit}; says so where not.
   *
   * @param bytes of address space
   */
  public static Outcome runWithin(
      long bytes, Class<?> main, List<String> jvmFlags, String... arguments)
      throws IOException, InterruptedException {
    boolean isLimited = Files.isExecutable(Path.of(PRLIMIT));
    if (!isLimited) {
      Prerequisites.say("with a limit of memory: there is no " + PRLIMIT, "prlimit");
    }
    return run(
        isLimited ? List.of(PRLIMIT, "--as=" + bytes) : List.of(),
        main,
        jvmFlags,
        Map.of("TF_CPP_MIN_LOG_LEVEL", "3"),
        arguments);
  }

  private static Outcome run(
      List<String> prefix,
      Class<?> main,
      List<String> jvmFlags,
      Map<String, String> environment,
      String... arguments)
      throws IOException, InterruptedException {
    Tiers.startsJvm();
    List<String> command = new ArrayList<>(prefix);
    command.add(System.getProperty("java.home") + "/bin/java");
    command.add("-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"));
    command.add("-Dspark.sql.warehouse.dir=" + System.getProperty("java.io.tmpdir") + "/warehouse");
    command.addAll(jvmFlags);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(main.getName());
    command.addAll(List.of(arguments));
    Path output = Files.createTempFile("forked", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      assertThat(process.waitFor(TIMEOUT_MINUTES, TimeUnit.MINUTES))
          .as("%s ends within %d minutes", main.getSimpleName(), TIMEOUT_MINUTES)
          .isTrue();
      return new Outcome(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
    } finally {
      process.destroyForcibly();
      Files.delete(output);
    }
  }
}
