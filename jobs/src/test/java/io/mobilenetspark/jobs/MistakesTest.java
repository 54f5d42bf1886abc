package io.mobilenetspark.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.jobs.common.ExitCode;
import io.mobilenetspark.testing.Refusal;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Command lines that are wrong. None starts anything. */
class MistakesTest {

  private static final String ERROR = "Error: ";

  private final CommandLine command = Main.commandLine();

  /** Standard error of a command that is refused. */
  private List<String> refused(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        command.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true)).execute(args);
    assertThat(code).as(err.toString()).isEqualTo(ExitCode.USAGE.code());
    assertThat(out.toString()).isEmpty();
    return err.toString().lines().toList();
  }

  @Test
  void allAreToldAtOnceAndOneLineLeadsToHelp() {
    assertThat(
            refused(
                "embed",
                "--input=photos",
                "--resize=bilnear",
                "--batch-size=many",
                "--precision=int8",
                "--output-mode=over-write",
                "--image-colum=jpeg",
                "stray"))
        .containsExactlyInAnyOrder(
            "Error: --resize: unknown resize method 'bilnear'; did you mean 'bilinear'? Known:"
                + " bilinear, bilinear_tf1, bilinear_antialias, area, bicubic",
            "Error: --batch-size: 'many' is not a whole number from 0 to 2147483647",
            "Error: --precision: unknown precision 'int8'. Known: float32, bfloat16",
            "Error: --output-mode: unknown output mode 'over-write'; did you mean 'overwrite'?"
                + " Known: append, overwrite, errorifexists, ignore, incremental",
            "Error: unknown option '--image-colum'; did you mean '--image-column'?",
            "Error: 'stray' is not an option; options begin with --. Quote a value with spaces.",
            "Error: Missing required argument(s): ([--output=PATH] [--output-table=NAME])",
            "See 'mobilenet-spark embed --help' for the options.")
        .endsWith("See 'mobilenet-spark embed --help' for the options.");
  }

  @Test
  void soAreTheEstimatorsParameters() {
    assertThat(
            refused(
                "finetune",
                "--input=photos",
                "--output=flowers",
                "--optimizer=adan",
                "--epochs=0",
                "--batch-size=8.5",
                "--learning-rate=fast",
                "--trainable=heads",
                "--mode=dropmalformed",
                "--format=tf2,hub"))
        .containsExactly(
            "Error: --optimizer: unknown optimizer 'adan'; did you mean 'adam'? Known: sgd, adam,"
                + " adamw",
            "Error: --epochs: it must be at least 1, not 0",
            "Error: --batch-size: '8.5' is not a whole number from 1 to 2147483647",
            "Error: --learning-rate: 'fast' is not a number",
            refused("finetune", "--output=x", "--trainable=heads").get(0),
            "Error: --mode: an image that can't be read can't train anything: mode PERMISSIVE"
                + " leaves it out and says how many there were, FAILFAST stops",
            "Error: --format: unknown format 'hub'; did you mean 'hub1'? Known: tf2, hub1, slim",
            "See 'mobilenet-spark finetune --help' for the options.");
    assertThat(refused("finetune", "--output=x", "--trainable=heads").get(0))
        .startsWith("Error: --trainable: unknown layer 'heads'; did you mean 'head'? Known: head,");
  }

  @Test
  void commands() {
    assertThat(refused("embd"))
        .containsExactly(
            "Error: unknown command 'embd'; did you mean 'embed'? Known: embed, finetune, demo,"
                + " inspect, export, verify, similar, serve, audit, report, export-vectors, generate-completion, help",
            "See 'mobilenet-spark --help' for the options.");
    assertThat(refused())
        .containsExactly(
            "Error: which command? Known: embed, finetune, demo, inspect, export, verify, similar, serve, audit, report, export-vectors, generate-completion, help",
            "See 'mobilenet-spark --help' for the options.");
    assertThat(refused("embed", "--output"))
        .startsWith("Error: Missing required parameter for option '--output' (PATH)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--help", "-h", "--version"})
  void whoAsksForHelpGetsIt(String option) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    assertThat(
            Main.run(
                new PrintWriter(out, true),
                new PrintWriter(err, true),
                "embed",
                "--resize=bilnear",
                option))
        .isZero();
    assertThat(out.toString()).isNotEmpty();
    assertThat(err.toString()).isEmpty();
  }

  /** Every option of every command that takes a word: as typed, in any case, and misspelt. */
  @Test
  void words() {
    Map<String, TreeSet<String>> words = new TreeMap<>();
    command
        .getSubcommands()
        .forEach(
            (name, subcommand) -> {
              for (OptionSpec option : subcommand.getCommandSpec().options()) {
                List<String> ofOption =
                    option.arity().max() == 0
                        ? List.of()
                        : Refusal.check(option.longestName(), word -> problem(name, option, word));
                boolean isEnum = option.auxiliaryTypes()[0].isEnum() || option.type().isEnum();
                if (isEnum || !ofOption.isEmpty()) {
                  assertThat(ofOption).as("%s %s", name, option.longestName()).isNotEmpty();
                  words.computeIfAbsent(name, any -> new TreeSet<>()).add(option.longestName());
                }
              }
            });
    List<String> reading =
        List.of(
            "--alpha",
            "--aspect",
            "--color-profile",
            "--decode-scale",
            "--exif-orientation",
            "--resize");
    assertThat(words.get("embed"))
        .containsAll(reading)
        .contains("--mode", "--output-mode", "--execution-path", "--precision");
    assertThat(words.get("finetune"))
        .containsAll(reading)
        .contains("--batch-norm", "--format", "--head", "--head-init", "--mode", "--optimizer")
        .contains("--learning-rate-schedule", "--output-mode", "--trainable");
    assertThat(words.get("export"))
        .contains("--format", "--head", "--output-mode", "--execution-path");
    assertThat(words.get("verify")).contains("--execution-path");
    assertThat(words.get("inspect")).contains("--execution-path");
  }

  /** What is said of one option beside others' mistakes. */
  private String problem(String name, OptionSpec option, String word) {
    List<String> args = new ArrayList<>(List.of(name, option.longestName() + "=" + word));
    args.add("--no-such-option");
    return refused(args.toArray(String[]::new)).stream()
        .filter(line -> line.startsWith(ERROR + option.longestName()))
        .map(line -> line.substring(ERROR.length()))
        .findFirst()
        .orElse("");
  }
}
