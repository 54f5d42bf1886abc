package io.mobilenetspark.jobs;

import io.mobilenetspark.common.PublicApi;
import io.mobilenetspark.jobs.audit.AuditCommand;
import io.mobilenetspark.jobs.cli.Console;
import io.mobilenetspark.jobs.cli.Mistakes;
import io.mobilenetspark.jobs.cli.OptionWords;
import io.mobilenetspark.jobs.common.ExitCode;
import io.mobilenetspark.jobs.common.ServerTraces;
import io.mobilenetspark.jobs.common.Stopping;
import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.jobs.common.Version;
import io.mobilenetspark.jobs.embed.DemoCommand;
import io.mobilenetspark.jobs.embed.EmbedCommand;
import io.mobilenetspark.jobs.finetune.FinetuneCommand;
import io.mobilenetspark.jobs.model.ExportCommand;
import io.mobilenetspark.jobs.model.InspectCommand;
import io.mobilenetspark.jobs.page.ReportCommand;
import io.mobilenetspark.jobs.search.ServeCommand;
import io.mobilenetspark.jobs.search.SimilarCommand;
import io.mobilenetspark.jobs.vectors.ExportVectorsCommand;
import io.mobilenetspark.jobs.verify.VerifyCommand;
import io.mobilenetspark.model.export.ModelExportException;
import io.mobilenetspark.model.hub.ModelLoadException;
import java.io.PrintWriter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** The entry point of all jobs: {@code spark-submit --class io.mobilenetspark.jobs.Main}. */
@Command(
    name = "mobilenet-spark",
    description =
        "MobileNet feature vectors of image tables, and MobileNets trained on them, on Apache Spark.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    subcommands = {
      EmbedCommand.class,
      FinetuneCommand.class,
      DemoCommand.class,
      InspectCommand.class,
      ExportCommand.class,
      VerifyCommand.class,
      SimilarCommand.class,
      ServeCommand.class,
      AuditCommand.class,
      ReportCommand.class,
      ExportVectorsCommand.class,
      AutoComplete.GenerateCompletion.class,
      CommandLine.HelpCommand.class
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "2:the command line is wrong",
      "3:the input or output can't be used",
      "4:the model can't be used",
      "5:the job failed, more rows failed than --max-error-rate allows, or verify found a fault"
    },
    footer = {
      "",
      "Spark's own flags (--master, --conf, --jars, --driver-memory, ...) go before or after the command's options, or after '--'.",
      "See 'mobilenet-spark COMMAND --help' for a command's options and examples."
    })
@PublicApi
public final class Main implements Runnable {

  @Spec private @Nullable CommandSpec spec;

  private Main() {}

  /** Runs a command; ends the JVM with its exit code unless that is 0. */
  public static void main(String[] args) {
    int code = Stopping.clearingUp(() -> run(Console.writer(System.out), Console.messages(), args));
    // Who returns from here, has succeeded: in YARN's cluster mode, even if stopped.
    if (code != ExitCode.OK.code() || Stopping.hasBegun()) {
      System.exit(code);
    }
  }

  /**
   * Runs a command in this JVM, in its Spark session if there is one, and returns its exit code.
   *
   * @param out for results
   * @param err for progress and errors
   * @param args the command and its options
   */
  public static int run(PrintWriter out, PrintWriter err, String... args) {
    return commandLine().setOut(out).setErr(err).execute(args);
  }

  static CommandLine commandLine() {
    CommandLine command =
        new CommandLine(new Main())
            .setUsageHelpAutoWidth(true)
            .setColorScheme(
                Help.defaultColorScheme(Console.isHelpColoured() ? Help.Ansi.ON : Help.Ansi.OFF))
            .setExecutionExceptionHandler(Main::report);
    OptionWords.register(command);
    Mistakes.collect(command);
    return command;
  }

  @Override
  public void run() {
    if (spec != null) {
      throw new CommandLine.ParameterException(
          spec.commandLine(),
          "which command? Known: "
              + String.join(", ", spec.commandLine().getSubcommands().keySet()));
    }
  }

  /** One message for people; the stack trace only for those who asked for it. */
  private static int report(Exception e, CommandLine command, ParseResult result) {
    String message;
    ExitCode code;
    if (e instanceof UserException user) {
      message = user.text();
      code = user.exitCode();
    } else if (e instanceof ModelLoadException) {
      message = String.valueOf(e.getMessage());
      code = ExitCode.MODEL;
    } else if (e instanceof ModelExportException) {
      message = String.valueOf(e.getMessage());
      code = ExitCode.INPUT;
    } else {
      message =
          String.format(
              Locale.ROOT, "Unexpected failure: %s. Run again with --verbose for the details.", e);
      code = ExitCode.JOB;
    }
    if (Stopping.hasBegun()) {
      return code.code(); // the failure is the stop's; the signal makes the exit code
    }
    Mistakes.tell(command, ServerTraces.without(message));
    if (code == ExitCode.USAGE) {
      command.getErr().println(Mistakes.whereHelpIs(command.getCommandSpec()));
    }
    if (isVerbose(result)) {
      e.printStackTrace(command.getErr());
    }
    return code.code();
  }

  private static boolean isVerbose(ParseResult result) {
    ParseResult innermost = result;
    while (innermost.hasSubcommand()) {
      innermost = innermost.subcommand();
    }
    return innermost.hasMatchedOption("--verbose");
  }
}
