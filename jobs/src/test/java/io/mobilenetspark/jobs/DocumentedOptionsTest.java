package io.mobilenetspark.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.image.ImageStatus;
import io.mobilenetspark.jobs.audit.AuditCommand;
import io.mobilenetspark.jobs.common.ExitCode;
import io.mobilenetspark.jobs.embed.EmbedCommand;
import io.mobilenetspark.jobs.finetune.FinetuneCommand;
import io.mobilenetspark.jobs.model.ExportCommand;
import io.mobilenetspark.jobs.page.ReportCommand;
import io.mobilenetspark.jobs.search.ServeCommand;
import io.mobilenetspark.jobs.search.SimilarCommand;
import io.mobilenetspark.jobs.vectors.ExportVectorsCommand;
import io.mobilenetspark.jobs.verify.VerifyCommand;
import io.mobilenetspark.testing.Docs;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** Defaults, statuses and exit codes are one in the code and in the docs. */
class DocumentedOptionsTest {

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
        .ignoringFields("common.command", "spec", "output.path")
        .isEqualTo(new FinetuneCommand());

    VerifyCommand verify = new VerifyCommand();
    new CommandLine(verify).setCaseInsensitiveEnumValuesAllowed(true).parseArgs("--output=x");
    assertThat(verify)
        .usingRecursiveComparison()
        .ignoringFields("common.command", "place.output")
        .isEqualTo(new VerifyCommand());

    SimilarCommand similar = new SimilarCommand();
    new CommandLine(similar).setCaseInsensitiveEnumValuesAllowed(true).parseArgs("--vectors=x");
    assertThat(similar)
        .usingRecursiveComparison()
        .ignoringFields("common.command", "spec", "searched.path")
        .isEqualTo(new SimilarCommand());

    ServeCommand serve = new ServeCommand();
    new CommandLine(serve).setCaseInsensitiveEnumValuesAllowed(true).parseArgs("--vectors=x");
    assertThat(serve)
        .usingRecursiveComparison()
        .ignoringFields("common.command", "searched.path")
        .isEqualTo(new ServeCommand());

    AuditCommand audit = new AuditCommand();
    new CommandLine(audit)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .parseArgs("--vectors=x", "--output=y");
    assertThat(audit)
        .usingRecursiveComparison()
        .ignoringFields("common.command", "spec", "vectors", "output")
        .isEqualTo(new AuditCommand());

    ReportCommand report = new ReportCommand();
    new CommandLine(report)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .parseArgs("--vectors=x", "--output=y");
    assertThat(report)
        .usingRecursiveComparison()
        .ignoringFields("common.command", "vectors", "output")
        .isEqualTo(new ReportCommand());

    ExportVectorsCommand vectors = new ExportVectorsCommand();
    new CommandLine(vectors)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .parseArgs("--vectors=x", "--format=npy", "--output=y");
    assertThat(vectors)
        .usingRecursiveComparison()
        .ignoringFields("common.command", "vectors", "output")
        .isEqualTo(new ExportVectorsCommand());
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
