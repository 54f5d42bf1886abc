package io.mobilenetspark.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.spark.FeatureTable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;

/** What is shipped: looked at by people when it changes, and what the other tests run against. */
class ShadedJarIT {

  private static final String EXPECTED = "shaded-jar.txt";

  @Test
  void holdsWhatIsCheckedIn() throws IOException {
    TreeSet<String> actual = new TreeSet<>();
    try (JarFile jar = new JarFile(Commands.jar().toFile())) {
      jar.stream()
          .filter(entry -> !entry.isDirectory())
          .forEach(entry -> actual.add(folder(entry.getName())));
    }
    Path expected = Commands.projectRoot().resolve("jobs/src/test/resources").resolve(EXPECTED);
    if (Boolean.getBoolean("shaded-jar.update")) {
      Files.write(expected, actual, StandardCharsets.UTF_8);
    }
    assertThat(actual)
        .as(
            "folders in the shaded jar; if the change is meant, run mvn verify with"
                + " -Dshaded-jar.update=true and look at the difference")
        .containsExactlyElementsOf(Files.readAllLines(expected, StandardCharsets.UTF_8));
  }

  @Test
  void bringsNoProtobufAndNoNativeTensorFlowAndNoSpark() throws IOException {
    List<String> names;
    try (JarFile jar = new JarFile(Commands.jar().toFile())) {
      names = jar.stream().map(Object::toString).toList();
    }
    assertThat(names)
        .contains("io/mobilenetspark/jobs/Main.class")
        .contains("io/mobilenetspark/shaded/protobuf/Message.class")
        .noneMatch(name -> name.startsWith("com/google/protobuf/"))
        .noneMatch(name -> name.contains("libtensorflow"))
        .noneMatch(name -> name.startsWith("org/apache/") || name.startsWith("scala/"));
    assertThat(Files.size(Commands.jar())).isLessThan(30L << 20);
  }

  /** Whoever passes the jar on passes on the licences of what is in it. */
  @Test
  void bringsItsLicences() throws IOException {
    try (JarFile jar = new JarFile(Commands.jar().toFile())) {
      for (String name : List.of("LICENSE", "NOTICE", "THIRD-PARTY")) {
        assertThat(jar.getInputStream(jar.getEntry("META-INF/" + name)).readAllBytes())
            .isEqualTo(Files.readAllBytes(Commands.projectRoot().resolve(name)));
      }
    }
    String listed = Files.readString(Commands.projectRoot().resolve("THIRD-PARTY"));
    List<String> shaded =
        Files.readAllLines(Commands.buildDirectory().resolve("shaded-artifacts.txt")).stream()
            .map(String::strip)
            .filter(line -> line.matches("[\\w.-]+:[\\w.-]+:jar:.*"))
            .map(line -> line.substring(0, line.indexOf(":jar:")))
            .filter(artifact -> !artifact.startsWith("io.mobilenetspark:"))
            .toList();
    assertThat(shaded).hasSizeGreaterThan(20).allSatisfy(name -> assertThat(listed).contains(name));
  }

  @Test
  void otherTestsRunAgainstIt() throws Exception {
    for (Class<?> type : List.of(Main.class, FeatureTable.class, org.tensorflow.Session.class)) {
      assertThat(Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()))
          .isEqualTo(Commands.jar());
    }
  }

  /** The folder that a file is in; below our own, the package; of others, three levels. */
  private static String folder(String entry) {
    int end = entry.lastIndexOf('/');
    if (end < 0) {
      return entry;
    }
    String folder = entry.substring(0, end + 1);
    if (folder.startsWith("META-INF/services/") || folder.equals("META-INF/")) {
      return entry;
    }
    String[] parts = folder.split("/", -1);
    return String.join("/", List.of(parts).subList(0, Math.min(3, parts.length - 1))) + "/";
  }
}
