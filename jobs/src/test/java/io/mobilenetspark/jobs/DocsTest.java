package io.mobilenetspark.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.testing.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.spark.launcher.JavaModuleOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** The docs say what is so: links, commands, code and names, and that the checks can fail. */
class DocsTest {

  static List<String> pages() throws IOException {
    return DocPage.all().stream().map(DocPage::name).toList();
  }

  @Test
  void theseAreThePages() throws IOException {
    assertThat(pages())
        .contains("README.md", "bench/README.md", "docs/embed.md", "docs/reference.md");
  }

  @ParameterizedTest
  @MethodSource("pages")
  void linksLeadSomewhere(String name) throws IOException {
    DocPage page = DocPage.read(name);
    assertThat(DocLinks.faults(page)).isEmpty();
    assertThat(DocLinks.structure(page)).isEmpty();
  }

  @Test
  void readmeLeadsToEveryPage() throws IOException {
    List<String> links = DocPage.read("README.md").links();
    assertThat(pages().stream().filter(page -> !page.equals("README.md")))
        .allSatisfy(page -> assertThat(links).contains(page));
  }

  @ParameterizedTest
  @MethodSource("pages")
  void blocksAreRight(String name) throws IOException {
    for (DocPage.Block block : DocPage.read(name).blocks()) {
      assertThat(DocBlocks.faults(block)).as("%s, line %d", name, block.line()).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("pages")
  void namesExist(String name) throws IOException {
    assertThat(DocNames.faults(DocPage.read(name).source())).isEmpty();
  }

  static List<Path> settings() throws IOException {
    try (Stream<Path> files = Files.list(SharedData.projectRoot().resolve("conf"))) {
      return files.filter(file -> file.toString().endsWith(".conf")).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("settings")
  void namesInConfExist(Path file) throws IOException {
    assertThat(DocNames.faults(Files.readString(file))).isEmpty();
  }

  @Test
  void flagsOfTheJvmAreSparks() throws IOException {
    List<String> flags =
        Files.readAllLines(SharedData.projectRoot().resolve("conf/java.args")).stream()
            .filter(line -> !line.startsWith("#"))
            .toList();
    assertThat(flags).containsExactlyInAnyOrder(JavaModuleOptions.defaultModuleOptionArray());
  }

  @Test
  void examplesOfTheHelpAreCommands() throws IOException {
    List<String> faults = new ArrayList<>();
    for (CommandLine command : Main.commandLine().getSubcommands().values()) {
      for (String example : DocCommands.ofHelp(command)) {
        faults.addAll(DocCommands.faults(example));
      }
    }
    assertThat(faults).isEmpty();
  }

  /** README's first two commands are what a newcomer, and CI, runs. */
  @Test
  void readmeBeginsWithTheDemoAndTheTests() throws IOException {
    List<String> commands =
        DocPage.read("README.md").blocks().stream()
            .flatMap(block -> DocCommands.of(block).stream())
            .toList();
    assertThat(commands).startsWith("jobs/bin/mobilenet-spark demo", "mvn verify");
    assertThat(Files.readString(SharedData.projectRoot().resolve(".ci/run")))
        .contains("mvn -B verify");
  }

  // --- That the checks can fail ------------------------------------------------------------------

  @ParameterizedTest
  @CsvSource({
    "[x](docs/nothing.md), leads to no file",
    "[x](docs/embed.md#nothing), leads to no heading",
    "[x](#nothing), leads to no heading",
    "[x](../../etc/passwd), leads out of the project",
  })
  void aBrokenLinkIsFound(String markdown, String fault) throws IOException {
    assertThat(DocLinks.faults(DocPage.parse("README.md", markdown)))
        .singleElement()
        .asString()
        .contains(fault);
  }

  @ParameterizedTest
  @CsvSource({
    "'# A\n## B\n## B', stands twice",
    "'# A\n### B', skips a level",
    "'# A\n| a | b |\n|---|---|\n| 1 | 2 | 3 |', row of 3 cells instead of 2",
    "'# A\n```\nmvn verify', a fence is not closed",
  })
  void aBrokenStructureIsFound(String markdown, String fault) {
    assertThat(DocLinks.structure(DocPage.parse("README.md", markdown)))
        .singleElement()
        .asString()
        .contains(fault);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "                | jobs/bin/mobilenet-spark embed --output o --colour | --colour",
        "                | jobs/bin/mobilenet-spark embed --output o --resize nearest | --resize",
        "                | jobs/bin/mobilenet-spark embed --input i | --output",
        "                | jobs/bin/mobilenet-spark finetune --output o --optimizer lion | lion",
        "                | jobs/bin/mobilenet-spark embde --output o | embde",
        "                | frobnicate --all | frobnicate",
        "                | spark-sql --jar x.jar | --jar",
        "                | java -cp jobs/target/other.jar Main | other.jar",
        "                | bench/run NoBenchmark | NoBenchmark",
        "console         | $ jobs/bin/mobilenet-spark verify | --output",
        "sql             | SELEKT 1 | SELEKT",
        "sql             | SELECT mobilenet_vector(x) FROM t | mobilenet_vector",
        "sql             | SELECT 1 WHERE x IN (SELECT mobilenet_vektor(x) FROM t) | vektor",
        "json            | {\"a\": } | Unexpected character",
        "properties      | spark.executor.cores | not a setting",
        "java            | photographs.nothing(); | nothing",
        "python          | MobileNetFeaturizer(modelHandle=\"builtin\") | no parameter modelHandle",
        "python          | MobileNetFineTuner(steps=4) | no parameter steps",
        "yaml            | a: b | no language",
        "indented        | mvn verify | no language",
      })
  void aBrokenBlockIsFound(String language, String text, String fault) throws IOException {
    DocPage.Block block = new DocPage.Block(1, language == null ? "" : language, text, "");
    assertThat(DocBlocks.faults(block).toString()).contains(fault);
  }

  @ParameterizedTest
  @CsvSource({
    "`--colour-profile` is an option, no such option: --colour-profile",
    "`spark.mobilenet.colour` is a setting, no such setting: spark.mobilenet.colour",
    "--conf spark.executor.kores=4, no such setting: spark.executor.kores",
    "# spark.executor.kores  4, no such setting: spark.executor.kores",
    "--conf spark.task.resource.gpu.vendor=n, no such setting: spark.task.resource.gpu.vendor",
  })
  void aNameThatDoesNotExistIsFound(String text, String fault) throws IOException {
    assertThat(DocNames.faults(text)).containsExactly(fault);
    assertThat(fault.toLowerCase(Locale.ROOT)).isEqualTo(fault);
  }
}
