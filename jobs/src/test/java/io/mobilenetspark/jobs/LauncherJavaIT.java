package io.mobilenetspark.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The launcher with a Java of another release, which says no more of itself than that. */
class LauncherJavaIT {

  @TempDir private Path home;

  private void install(String version) throws IOException {
    Path java = Files.createDirectories(home.resolve("bin")).resolve("java");
    Files.writeString(
        java,
        String.format(
            Locale.ROOT,
            "#!/bin/sh%n[ \"$1\" = -version ] && { echo '%s' >&2; exit; }%nexit 9%n",
            version));
    assertThat(java.toFile().setExecutable(true)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "openjdk version \"25\" 2025-09-16, 25",
    "openjdk version \"24.0.1\" 2025-04-15, 24",
    "openjdk version \"11.0.27\" 2025-04-15 LTS, 11",
    "java version \"1.8.0_452\", 8",
  })
  void isRefusedByName(String version, String release) throws Exception {
    install(version);
    Commands.launch(Map.of("JAVA_HOME", home.toString()), "embed")
        .assertExitCode(2)
        .assertOneMessage(
            "Spark does not run on Java " + release + ", which " + home,
            "Set JAVA_HOME to a JDK 17 or 21.");
  }

  /**
   * It does nothing, so that something else is wrong. What the other has to start quickly stays.
   */
  @Tag("slow")
  @Test
  void isTaken() throws Exception {
    Commands.launch(Map.of(), "--version").assertExitCode(0);
    List<Path> archives = archives();
    install("openjdk version \"21.0.7\" 2025-04-15 LTS");
    assertThat(Commands.launch(Map.of("JAVA_HOME", home.toString()), "--version").err())
        .doesNotContain("does not run on Java");
    assertThat(archives()).containsAll(archives);
  }

  private static List<Path> archives() throws IOException {
    try (var files = Files.newDirectoryStream(Commands.jar().getParent(), "classes-*.jsa")) {
      List<Path> archives = new ArrayList<>();
      files.forEach(archives::add);
      assertThat(archives).isNotEmpty();
      return archives;
    }
  }
}
