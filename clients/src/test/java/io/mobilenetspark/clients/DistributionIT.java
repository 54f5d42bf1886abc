package io.mobilenetspark.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.jobs.common.Version;
import io.mobilenetspark.testing.Clients;
import io.mobilenetspark.testing.Installed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The archive that is published: unpacked far from the sources, without Maven. */
class DistributionIT {

  @TempDir private static Path directory;
  private static Path distribution = Path.of("");

  /** The folder has a space in its name, as a user's may. */
  @BeforeAll
  static void unpack() throws Exception {
    String name = "mobilenet-spark-" + Version.ofProject();
    Path folder = Files.createDirectory(directory.resolve("un packed"));
    Installed.execute(
            Map.of(),
            List.of(
                "tar",
                "xzf",
                Installed.buildDirectory().resolve(name + ".tar.gz").toString(),
                "-C",
                folder.toString()))
        .assertExitCode(0);
    distribution = folder.resolve(name);
  }

  /** Runs its launcher in an empty folder, where a Maven that is called says so. */
  private Installed.Outcome launch(
      Path folder, Map<String, String> environment, String... arguments) throws Exception {
    Path bin = Files.createDirectories(folder.resolve("bin"));
    Path mvn = Files.writeString(bin.resolve("mvn"), "#!/bin/sh\necho MAVEN >&2\nexit 99\n");
    assertThat(mvn.toFile().setExecutable(true)).isTrue();
    List<String> command =
        Stream.concat(
                Stream.of(
                    "env",
                    "-C",
                    folder.toString(),
                    "PATH=" + bin + ":/usr/bin:/bin",
                    "JAVA_HOME=" + System.getProperty("java.home"),
                    distribution.resolve("bin/mobilenet-spark").toString()),
                Stream.of(arguments))
            .toList();
    Installed.Outcome outcome = Installed.execute(environment, command);
    assertThat(outcome.err()).doesNotContain("MAVEN");
    return outcome;
  }

  @Tag("cluster")
  @Test
  void runsTheDemoOnASparkOfTheUsers() throws Exception {
    Optional<Path> spark = SparkDistribution.home();
    if (spark.isEmpty()) {
      Clients.missing("the archive", "its demo", "there is no distribution of Spark", "pyspark");
    }
    Path folder = Files.createDirectory(directory.resolve("demo"));

    Installed.Outcome outcome =
        launch(
            folder,
            Map.of(
                "SPARK_HOME",
                spark.orElseThrow().toString(),
                "TFHUB_CACHE_DIR",
                directory.resolve("cache").toString(),
                "MOBILENET_MODEL_MIRROR",
                "http://localhost:9/{path}"), // nobody's
            "demo");

    outcome.assertExitCode(0);
    assertThat(outcome.out()).contains("balls-1.png", "nearest other image");
    assertThat(outcome.out()).contains("26 images", "24 OK", "1 TRUNCATED", "1 UNSUPPORTED_FORMAT");
    assertThat(folder.resolve("demo-vectors/_SUCCESS")).exists();
    assertThat(folder.resolve("demo-pictures/cut-short.jpg")).exists();
  }

  @Test
  void saysThatSparkIsMissing() throws Exception {
    Path folder = Files.createDirectory(directory.resolve("no-spark"));

    Installed.Outcome outcome = launch(folder, Map.of(), "demo");

    outcome.assertExitCode(2);
    assertThat(outcome.err())
        .contains("no Spark 4.0, 4.1, 4.2 here", "SPARK_HOME", "pip install pyspark==4.1.0");
  }

  @Test
  void holdsWhatItsPageSays() throws IOException {
    for (String name :
        List.of(
            "LICENSE",
            "NOTICE",
            "THIRD-PARTY",
            "README.md",
            "CHANGELOG.md",
            "conf/embed.conf",
            "docs/install.md",
            "lib/mobilenet-spark-jobs-" + Version.ofProject() + ".jar")) {
      assertThat(distribution.resolve(name)).isNotEmptyFile();
    }
    try (Stream<Path> files = Files.walk(distribution)) {
      assertThat(files.map(file -> distribution.relativize(file).toString()))
          .as("nothing of a build, and no picture but those drawn by the demo")
          .noneMatch(name -> name.matches(".*(\\.class|\\.pyc|\\.png|\\.jpe?g|\\.ckpt.*|target)"));
    }
    assertThat(distribution.resolve("bin/mobilenet-spark")).isExecutable();
  }

  /** The Dockerfile names what is there, and leaves root. */
  @Test
  void dockerfileFitsIt() throws IOException {
    List<String> lines = Files.readAllLines(distribution.resolve("conf/Dockerfile"));
    assertThat(lines).contains("USER spark");
    assertThat(lines.subList(lines.indexOf("USER spark"), lines.size()))
        .as("root comes back")
        .noneMatch(line -> line.startsWith("USER root"));
    assertThat(lines)
        .filteredOn(line -> line.startsWith("ENTRYPOINT"))
        .containsExactly("ENTRYPOINT [\"/opt/mobilenet-spark/bin/mobilenet-spark\"]");
    assertThat(lines.get(1)).startsWith("FROM apache/spark:4.1.0-scala2.13-java17-");
  }
}
