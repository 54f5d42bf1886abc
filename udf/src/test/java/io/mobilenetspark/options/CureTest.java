package io.mobilenetspark.options;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CureTest {

  private static final Setting<String> OUTPUT_KEY = Setting.named("outputKey");
  private static final Setting<String> PATH =
      Setting.named("path").but(Surface.STAGE, "executionPath");

  @Test
  void settingsHaveTheNamesOfTheSurface() {
    Cure cure =
        Cure.of("Set %s to one of %s.", OUTPUT_KEY, List.of("a%s", "b"))
            .then(Cure.of("100% sure: use %s %d.".replace("100%", "100%%"), PATH, 7));
    assertThat(cure.on(Surface.COMMAND_LINE))
        .isEqualTo("Set --output-key to one of [a%s, b]. 100% sure: use --path 7.");
    assertThat(cure.on(Surface.SQL))
        .isEqualTo(
            "Set spark.mobilenet.outputKey to one of [a%s, b]. 100% sure: use spark.mobilenet.path 7.");
    assertThat(cure.on(Surface.STAGE))
        .isEqualTo("Set outputKey to one of [a%s, b]. 100% sure: use executionPath 7.");
    assertThat(cure).hasToString(cure.on(Surface.COMMAND_LINE));
  }

  @Test
  void aTextIsNoFormat() {
    assertThat(Cure.of("50% of %s").on(Surface.SQL)).isEqualTo("50% of %s");
  }

  /** The library is not the command line's alone: it names settings, which surfaces spell. */
  @Test
  void theLibraryNamesNoOptionOfACommand() throws IOException {
    Pattern option = Pattern.compile("\"[^\"]*(?<!-)--(?!jars|conf)[a-z]{2}[^\"]*\"");
    Path sources = Path.of(System.getProperty("project.root", "..")).resolve("udf/src/main/java");
    List<String> found;
    try (Stream<Path> files = Files.walk(sources)) {
      found =
          files
              .filter(file -> file.toString().endsWith(".java"))
              .flatMap(CureTest::lines)
              .filter(line -> option.matcher(line).find())
              .toList();
    }
    assertThat(found).isEmpty();
  }

  private static Stream<String> lines(Path file) {
    try {
      return Files.readAllLines(file).stream()
          .map(line -> file.getFileName() + ": " + line.strip());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
