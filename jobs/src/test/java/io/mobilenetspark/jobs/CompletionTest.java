package io.mobilenetspark.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.testing.Installed;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a shell proposes when the tab key is pressed. */
class CompletionTest {

  @TempDir private Path directory;
  private Path script = Path.of("");

  @BeforeEach
  void generate() throws Exception {
    StringWriter out = new StringWriter();
    PrintWriter writer = new PrintWriter(out, true);
    assertThat(Main.run(writer, writer, "generate-completion")).isZero();
    script = Files.writeString(directory.resolve("completion.bash"), out.toString());
  }

  /** As Bash asks: the words so far, of which the last one is completed. */
  private List<String> proposed(String... words) throws Exception {
    String asked =
        String.format(
            Locale.ROOT,
            "source '%s'%nCOMP_WORDS=(%s)%nCOMP_CWORD=%d%n_complete_mobilenet-spark%n"
                + "printf '%%s\\n' \"${COMPREPLY[@]}\"%n",
            script,
            "'" + String.join("' '", words) + "'",
            words.length - 1);
    Installed.Outcome outcome = Commands.execute(Map.of(), List.of("bash", "-c", asked));
    return outcome.assertExitCode(0).out().lines().map(String::strip).toList();
  }

  @Test
  void commandsAndOptionsAreProposed() throws Exception {
    assertThat(proposed("mobilenet-spark", "e"))
        .containsExactlyInAnyOrder("embed", "export", "export-vectors");
    assertThat(proposed("mobilenet-spark", "embed", "--output-m")).containsExactly("--output-mode");
    assertThat(proposed("mobilenet-spark", "similar", "--quer"))
        .containsExactlyInAnyOrder("--query", "--query-id", "--query-image", "--queries");
  }
}
