package io.mobilenetspark.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mobilenetspark.jobs.cli.Typescript;
import io.mobilenetspark.testing.Installed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The launcher in a pseudo terminal and out of one: what it says itself, and what it says of the
 * terminal to Java. Java and Spark are scripts that say a line, so that no JVM is started.
 */
class LauncherTerminalTest {

  /** What the command is told of its terminal, said where messages go. */
  private static final String SAY =
      "echo \"told: $MOBILENET_SPARK_TERMINAL/$MOBILENET_SPARK_COLUMNS/$MOBILENET_SPARK_COLORS\""
          + " > $MOBILENET_SPARK_MESSAGES\n";

  @TempDir private Path home;
  private final Map<String, String> environment = new HashMap<>();

  @BeforeEach
  void install() throws IOException {
    Path launcher = Commands.projectRoot().resolve("jobs/bin/mobilenet-spark");
    Files.copy(launcher, Files.createDirectories(home.resolve("bin")).resolve("mobilenet-spark"));
    Path libraries = Files.createDirectories(home.resolve("lib/native"));
    Files.createFile(home.resolve("lib/mobilenet-spark-jobs-0.1.0.jar"));
    for (String platform : List.of("linux-x86_64", "linux-arm64", "macosx-arm64")) {
      Files.createFile(libraries.resolve("tensorflow-core-native-1.1.0-" + platform + ".jar"));
    }
    java("17.0.15");
    spark("4.1.0");
    environment.put("JAVA_HOME", home.resolve("java").toString());
    environment.put("SPARK_HOME", home.resolve("spark").toString());
    environment.put("TERM", "xterm-256color");
  }

  private void java(String version) throws IOException {
    script("java/bin/java", "echo 'openjdk version \"" + version + "\" 2025-04-15' >&2\n");
  }

  private void spark(String version) throws IOException {
    Path jars = Files.createDirectories(home.resolve("spark/jars"));
    try (var old = Files.newDirectoryStream(jars)) {
      for (Path jar : old) {
        Files.delete(jar);
      }
    }
    Files.createFile(jars.resolve("spark-core_2.13-" + version + ".jar"));
    script("spark/bin/spark-submit", SAY + "echo result\n");
  }

  private void script(String name, String text) throws IOException {
    Path file = home.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + text);
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  private Installed.Outcome inShell(String command) throws Exception {
    return Commands.execute(
        environment, List.of("sh", "-c", "PATH=\"$0/bin:$PATH\"; " + command, home.toString()));
  }

  /** What comes to a terminal of 60 columns, of which both outputs are, unless redirected. */
  private String written(String command) throws Exception {
    assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/script")),
        "SKIPPED: a pseudo terminal needs util-linux's script");
    Path typescript = home.resolve("typescript");
    Installed.Outcome outcome =
        inShell(
            String.format(Locale.ROOT, "script -qec 'stty cols 60; %s' %s", command, typescript));
    assertThat(outcome.exitCode()).as(outcome.out()).isZero();
    return outcome.out();
  }

  /** On a CPU of AVX2, which is what TensorFlow leaves it off on, and on better ones. */
  @Test
  void switchesOneDnnOnUnlessSomebodyHasSaidOtherwise() throws Exception {
    script("spark/bin/spark-submit", "echo \"oneDNN: $TF_ENABLE_ONEDNN_OPTS\"\n");
    Path cpu = Path.of("/proc/cpuinfo");
    boolean hasAvx2 = Files.exists(cpu) && Files.readString(cpu).contains(" avx2");
    assertThat(inShell("mobilenet-spark embed").out().strip())
        .isEqualTo(hasAvx2 ? "oneDNN: 1" : "oneDNN:");
    assertThat(inShell("TF_ENABLE_ONEDNN_OPTS=0 mobilenet-spark embed").out().strip())
        .isEqualTo("oneDNN: 0");
  }

  @Test
  void aTerminalHasTheFirstLineFromTheLauncherAndJavaKnowsItsWidth() throws Exception {
    assertThat(Typescript.seen(written("mobilenet-spark embed"), 60))
        .containsExactly("Starting Spark ...", "told: true/60/out,err", "result", "");
    assertThat(Typescript.seen(written("mobilenet-spark embed --quiet"), 60))
        .containsExactly("told: true/60/out,err", "result", "");
    assertThat(Typescript.seen(written("mobilenet-spark embed --help"), 60))
        .as("nothing is started for a help text")
        .containsExactly("told: true/60/out,err", "result", "");
  }

  @ParameterizedTest
  @CsvSource({
    "'NO_COLOR=1 mobilenet-spark embed', true/60/",
    "'NO_COLOR= mobilenet-spark embed', 'true/60/out,err'",
    "'TERM=dumb mobilenet-spark embed', //",
    "'env -u TERM mobilenet-spark embed', //",
    "'mobilenet-spark embed | cat', 'true/60/,err'",
    "'mobilenet-spark embed 2>&1 | cat', //",
    "'stty cols 0; mobilenet-spark embed', 'true/0/out,err'",
  })
  void whatTheTerminalTakesIsTold(String command, String told) throws Exception {
    assertThat(Typescript.seen(written(command), 60)).contains("told: " + told, "result");
  }

  @Test
  void filesAreNoTerminalsWhateverTheEnvironmentSays() throws Exception {
    environment.put("MOBILENET_SPARK_TERMINAL", "true");
    environment.put("MOBILENET_SPARK_COLORS", "out,err");
    Installed.Outcome outcome = inShell("mobilenet-spark embed").assertExitCode(0);
    assertThat(outcome.err()).isEqualToIgnoringNewLines("told: //");
    assertThat(outcome.out()).isEqualToIgnoringNewLines("result");
  }

  /** Of both, in the order in which they are written. */
  @Test
  void messagesAndResultsKeepTheirOrderOnATerminal() throws Exception {
    script(
        "spark/bin/spark-submit",
        """
        for i in 1 2 3 4 5 6 7 8 9; do echo message $i > /dev/fd/3; echo result $i; done
        echo native >&2
        """);
    List<String> seen = Typescript.seen(written("mobilenet-spark embed"), 60);
    assertThat(seen).doesNotContain("native");
    for (int i = 1; i <= 9; i++) {
      assertThat(seen.subList(2 * i - 1, 2 * i + 1)).containsExactly("message " + i, "result " + i);
    }
  }

  @Test
  void theLaunchersErrorsAreColouredOnATerminalAlone() throws Exception {
    String command = "mobilenet-spark embed --master || true";
    assertThat(written(command))
        .contains("\u001b[1;31mError:\u001b[0m Spark's flag --master needs a value");
    assertThat(written("NO_COLOR=1 " + command)).contains("Error: Spark").doesNotContain("\u001b");
    assertThat(inShell(command).err()).startsWith("Error: Spark's flag --master needs a value");
  }

  @ParameterizedTest
  @CsvSource({"4.1.0, 25.0.1", "4.0.1, 24", "4.1.0, 11.0.27", "4.2.0, 11.0.27"})
  void aJavaThatTheUsersSparkDoesNotRunOnIsRefused(String spark, String java) throws Exception {
    spark(spark);
    java(java);
    inShell("mobilenet-spark embed")
        .assertExitCode(2)
        .assertOneMessage(
            "Spark " + spark + " does not run on Java " + java.replaceFirst("\\..*", ""),
            home.resolve("java/bin/java").toString(),
            "Set JAVA_HOME to a JDK 17 or 21.");
  }

  @Test
  void aJavaThatTheUsersSparkRunsOnOrDoesNotTakeIsNot() throws Exception {
    java("25.0.1");
    spark("4.2.0");
    inShell("mobilenet-spark embed").assertExitCode(0);
    spark("4.1.0");
    script("spark/conf/spark-env.sh", "export JAVA_HOME=/usr/lib/jvm/17\n");
    inShell("mobilenet-spark embed").assertExitCode(0);
    java("21.0.7");
    script("spark/conf/spark-env.sh", "");
    inShell("mobilenet-spark embed").assertExitCode(0);
  }
}
