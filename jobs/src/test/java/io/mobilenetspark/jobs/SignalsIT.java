package io.mobilenetspark.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mobilenetspark.testing.Pictures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands that are stopped by Ctrl-C and by a signal. */
@Tag("slow")
class SignalsIT {

  @TempDir private Path directory;

  /** Ctrl-C, typed in a terminal of its own. */
  @ParameterizedTest
  @ValueSource(strings = {"embed", "embed --dedup", "finetune"})
  void controlCStopsAtOnce(String command) throws Exception {
    assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/script")),
        "SKIPPED: Ctrl-C needs util-linux's script for a pseudo terminal");
    Path typed = Files.createDirectory(directory.resolve("temporary"));
    // A build in a script's background ignores Ctrl-C, and so does all that it starts.
    ProcessBuilder builder =
        new ProcessBuilder(
            "env",
            "--default-signal=INT",
            "script",
            "-qfec",
            String.join(" ", longRun(command)),
            directory.resolve("typescript") + "");
    builder.environment().put("TMPDIR", typed + "");
    builder.redirectErrorStream(true).redirectOutput(directory.resolve("seen").toFile());
    Process process = builder.start();
    try {
      awaitWork(process);
      long pressed = System.nanoTime();
      process.getOutputStream().write(3);
      process.getOutputStream().flush();
      assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
      assertThat(Duration.ofNanos(System.nanoTime() - pressed)).isLessThan(Duration.ofSeconds(30));
      String seen = Files.readString(directory.resolve("seen"));
      assertThat(process.exitValue()).as(seen).isEqualTo(130);
      assertThat(seen).startsWith("Starting Spark ...");
      assertStoppedCleanly(typed);
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  @Test
  void terminationStopsCleanly() throws Exception {
    Path typed = Files.createDirectory(directory.resolve("temporary"));
    ProcessBuilder builder = new ProcessBuilder(longRun("embed"));
    builder.environment().put("TMPDIR", typed + "");
    builder.redirectErrorStream(true).redirectOutput(directory.resolve("seen").toFile());
    Process process = builder.start();
    try {
      awaitWork(process);
      process.destroy();
      assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
      assertThat(process.exitValue()).isEqualTo(143);
      assertStoppedCleanly(typed);
      assertThat(Files.readString(directory.resolve("seen")).lines())
          .as("what is said")
          .allMatch(
              line ->
                  line.startsWith("Model: ")
                      || line.contains("images/s")
                      || line.contains("Stopped."));
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  /** Between two rounds, with a table that is whole. */
  @Test
  void watchingEndsAtOnce() throws Exception {
    List<String> command = new ArrayList<>(run("embed", 2));
    command.addAll(List.of("--continuous", "--trigger-interval=1h", "--image-size=32"));
    Files.createDirectory(directory.resolve("temporary"));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.redirectErrorStream(true).redirectOutput(directory.resolve("seen").toFile());
    Process process = builder.start();
    try {
      await(process, "Round 1:");
      process.destroy();
      assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
      assertThat(process.exitValue()).isEqualTo(143);
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    assertThat(Files.readString(directory.resolve("seen")))
        .contains("4 rows now")
        .containsOnlyOnce("Stopped. The table is as the last round has left it.");
    assertThat(directory.resolve("out/_SUCCESS")).exists();
    try (var left = Files.list(directory)) {
      assertThat(left.map(file -> file.getFileName() + "")).noneMatch(name -> name.startsWith("."));
    }
  }

  private List<String> longRun(String command) throws IOException {
    return run(command, 3000);
  }

  private List<String> run(String command, int photosOfLabel) throws IOException {
    Path photos = directory.resolve("photos");
    for (String label : List.of("a", "b")) {
      Files.createDirectories(photos.resolve(label));
      for (int i = 0; i < photosOfLabel; i++) {
        Files.write(photos.resolve(label + "/" + i + ".png"), Pictures.png(i));
      }
    }
    List<String> run = new ArrayList<>();
    run.add(Commands.projectRoot().resolve("jobs/bin/mobilenet-spark") + "");
    run.addAll(List.of(command.split(" ")));
    run.addAll(
        List.of(
            "--input=" + photos,
            "--model=builtin",
            "--output=" + directory.resolve("out"),
            "--conf=spark.local.dir=" + directory.resolve("temporary"),
            "--conf=spark.driver.extraJavaOptions=-Djava.io.tmpdir="
                + directory.resolve("temporary")));
    return run;
  }

  /** Until tasks run. */
  private void awaitWork(Process process) throws Exception {
    await(process, "Model:");
  }

  private void await(Process process, String text) throws Exception {
    Path seen = directory.resolve("seen");
    for (int i = 0; i < 3000 && process.isAlive(); i++) {
      if (Files.readString(seen).contains(text)) {
        TimeUnit.SECONDS.sleep(3);
        return;
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
    throw new AssertionError("no work was seen: " + Files.readString(seen));
  }

  private void assertStoppedCleanly(Path temporary) throws IOException {
    try (var left = Files.list(temporary)) {
      assertThat(left.map(file -> file.getFileName() + ""))
          .noneMatch(
              name ->
                  name.startsWith("mobilenet-spark")
                      || name.startsWith("spark-")
                      || name.startsWith("blockmgr-"));
    }
    try (var left = Files.list(directory)) {
      assertThat(left.map(file -> file.getFileName() + ""))
          .noneMatch(name -> name.startsWith(".out") || name.equals("out"));
    }
  }
}
