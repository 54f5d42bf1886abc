package io.mobilenetspark.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.testing.ForkedJvm;
import io.mobilenetspark.testing.Installed;
import io.mobilenetspark.testing.Pictures;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The docs' Java programs, run by the docs' commands, with an untrained network. */
@Tag("slow")
class DocsExamplesIT {

  private static final List<String> KINDS = List.of("daisy", "rose");
  private static final int PICTURES_A_KIND = 10;

  @TempDir private Path directory;

  /**
   * Runs a program in a folder where the commands' relative paths lead to the project.
   *
   * @param page of the folder {@code docs}
   * @param program the file's name, as the labels of its block and of its command have it
   */
  private Installed.Outcome run(String page, String program) throws Exception {
    List<DocPage.Block> blocks = DocPage.read("docs/" + page).blocks();
    Files.writeString(directory.resolve(program), only(blocks, "example: " + program).text());
    String command =
        only(blocks, "run: " + program).text().replace("mobilenet_v1_0.75_224.ckpt", "builtin");
    assertThat(command).contains(" builtin");
    for (String folder : List.of("jobs", "conf")) {
      Files.createSymbolicLink(directory.resolve(folder), Commands.projectRoot().resolve(folder));
    }
    int i = 0;
    for (String kind : KINDS) {
      Path folder = Files.createDirectories(directory.resolve("photos").resolve(kind));
      for (int n = 0; n < PICTURES_A_KIND; n++) {
        Files.write(folder.resolve(n + ".png"), Pictures.png(i++));
      }
    }
    String java = System.getProperty("java.home") + "/bin";
    return Commands.execute(
        Map.of(
            "SPARK_HOME", Commands.bundledSpark().toString(),
            "TF_CPP_MIN_LOG_LEVEL", "2",
            "JDK_JAVA_OPTIONS", String.join(" ", ForkedJvm.SHORT_RUN)),
        List.of("bash", "-c", "cd '" + directory + "' && PATH=" + java + ":$PATH && " + command));
  }

  private static DocPage.Block only(List<DocPage.Block> blocks, String label) {
    List<DocPage.Block> found =
        blocks.stream().filter(block -> block.label().equals(label)).toList();
    assertThat(found).as(label).hasSize(1);
    return found.get(0);
  }

  @Test
  void similarPhotographsInSql() throws Exception {
    Installed.Outcome outcome = run("sql.md", "SimilarPhotographs.java");

    outcome.assertExitCode(0);
    assertThat(outcome.out())
        .contains("|    OK|    20|")
        .contains("|similarity")
        .contains(".png|1.0");
  }

  @Test
  void flowersInMllib() throws Exception {
    Installed.Outcome outcome = run("mllib.md", "Flowers.java");

    outcome.assertExitCode(0);
    assertThat(outcome.out()).containsPattern("Accuracy on [1-9][0-9]* photographs: [01]\\.[0-9]+");
    assertThat(directory.resolve("flowers/metadata")).isDirectory();
  }
}
