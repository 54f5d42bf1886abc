package io.mobilenetspark.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.image.ImageStatus;
import io.mobilenetspark.jobs.common.ExitCode;
import io.mobilenetspark.jobs.embed.EmbedCommand;
import io.mobilenetspark.jobs.finetune.FinetuneCommand;
import io.mobilenetspark.jobs.model.ExportCommand;
import io.mobilenetspark.jobs.search.SimilarCommand;
import io.mobilenetspark.jobs.verify.VerifyCommand;
import io.mobilenetspark.testing.Docs;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The docs' tables are those of the code: nothing missing, nothing else, the right defaults. */
class DocumentedOptionsTest {

  private static final Pattern ROW =
      Pattern.compile(
          "^\\| `(?<name>--[a-z0-9-]+)` \\| (`(?<value>[^`]*)`)?[^|]*\\|", Pattern.MULTILINE);

  @Test
  void optionsOfEmbed() throws IOException {
    Map<String, String> documented = documented("embed");
    // These default to the first of several columns that there is, or to the environment.
    documented.replace("--image-column", "image", "null");
    documented.replace("--id-column", "id", "null");
    documented.replace("--model-cache", "TFHUB_CACHE_DIR", "null");
    documented.replace("--model-mirror", "MOBILENET_MODEL_MIRROR", "null");
    documented.replace("--changed-by", "mtime,length", "null"); // by the input
    assertThat(documented)
        .isEqualTo(defaults(new CommandLine(new EmbedCommand()).getCommandSpec()));
  }

  /** Those of the model and of every command are in the table of {@code embed}. */
  @Test
  void optionsOfExport() throws IOException {
    ownOptionsAreDocumented("export", new ExportCommand());
  }

  /** Those of the input, of reading, of downloads and of the output are in the same table. */
  @Test
  void optionsOfFinetune() throws IOException {
    ownOptionsAreDocumented("finetune", new FinetuneCommand());
  }

  /** Those of the input, of the model and of every command are in the same table. */
  @Test
  void optionsOfVerify() throws IOException {
    ownOptionsAreDocumented("verify", new VerifyCommand());
  }

  /** Those of the model and of every command are in the table of {@code embed}. */
  @Test
  void optionsOfSimilar() throws IOException {
    ownOptionsAreDocumented("similar", new SimilarCommand());
  }

  private static void ownOptionsAreDocumented(String name, Object command) throws IOException {
    CommandSpec spec = new CommandLine(command).getCommandSpec();
    Map<String, String> own = defaults(spec);
    spec.mixins().values().forEach(mixin -> own.keySet().removeAll(defaults(mixin).keySet()));
    assertThat(documented(name)).isEqualTo(own);
    Map<String, String> shared = defaults(spec);
    shared.keySet().removeAll(own.keySet());
    assertThat(documented("embed").keySet()).containsAll(shared.keySet());
  }

  /** The rows of a command's own table, defaults by options. */
  private static Map<String, String> documented(String command) throws IOException {
    Map<String, String> documented = new TreeMap<>();
    Matcher rows = ROW.matcher(Docs.section("reference.md", "## Options of `" + command + "`"));
    while (rows.find()) {
      documented.put(rows.group("name"), String.valueOf(rows.group("value")));
    }
    return documented;
  }

  private static Map<String, String> defaults(CommandSpec command) {
    Map<String, String> defaults = new TreeMap<>();
    for (OptionSpec option : command.options()) {
      if (!option.usageHelp() && !option.versionHelp()) {
        boolean isFlag = option.arity().max() == 0;
        defaults.put(option.longestName(), isFlag ? "null" : String.valueOf(option.defaultValue()));
      }
    }
    return defaults;
  }

  /** Each default in the annotations is what an object without a command line has. */
  @Test
  void defaultsAreThoseOfTheFields() {
    EmbedCommand parsed = new EmbedCommand();
    new CommandLine(parsed).setCaseInsensitiveEnumValuesAllowed(true).parseArgs("--output=x");
    assertThat(parsed)
        .usingRecursiveComparison()
        .ignoringFields("common.command", "output.path", "output.place")
        .isEqualTo(new EmbedCommand());

    ExportCommand export = new ExportCommand();
    new CommandLine(export)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .parseArgs("--format=tf2", "--output=x");
    assertThat(export)
        .usingRecursiveComparison()
        .ignoringFields("common.command", "output")
        .isEqualTo(new ExportCommand());

    FinetuneCommand finetune = new FinetuneCommand();
    new CommandLine(finetune).setCaseInsensitiveEnumValuesAllowed(true).parseArgs("--output=x");
    assertThat(finetune)
        .usingRecursiveComparison()
        .ignoringFields("common.command", "output.path", "trainer") // see TrainerOptionsTest
        .isEqualTo(new FinetuneCommand());

    VerifyCommand verify = new VerifyCommand();
    new CommandLine(verify).setCaseInsensitiveEnumValuesAllowed(true).parseArgs("--output=x");
    assertThat(verify)
        .usingRecursiveComparison()
        .ignoringFields("common.command", "output")
        .isEqualTo(new VerifyCommand());

    SimilarCommand similar = new SimilarCommand();
    new CommandLine(similar).setCaseInsensitiveEnumValuesAllowed(true).parseArgs("--vectors=x");
    assertThat(similar)
        .usingRecursiveComparison()
        .ignoringFields("common.command", "spec", "vectors")
        .isEqualTo(new SimilarCommand());
  }

  @Test
  void statusCodes() throws IOException {
    String section = Docs.section("troubleshooting.md", "## Status codes");
    for (ImageStatus status : ImageStatus.values()) {
      assertThat(section).contains("| `" + status + "` |");
    }
  }

  @Test
  void exitCodes() throws IOException {
    String section = Docs.section("troubleshooting.md", "## Exit codes");
    List<String> help =
        List.copyOf(Main.commandLine().getCommandSpec().usageMessage().exitCodeList().keySet());
    for (ExitCode code : ExitCode.values()) {
      assertThat(section).containsPattern("(?m)^\\| " + code.code() + " \\| ");
      assertThat(help).contains(Integer.toString(code.code()));
    }
    assertThat(help).hasSameSizeAs(Arrays.asList(ExitCode.values()));
  }
}
