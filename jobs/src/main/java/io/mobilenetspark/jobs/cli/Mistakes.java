package io.mobilenetspark.jobs.cli;

import io.mobilenetspark.jobs.common.ExitCode;
import io.mobilenetspark.options.Nearest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What is wrong with a command line: all of it at once, before anything starts. */
public final class Mistakes {

  private Mistakes() {}

  /** Makes a command and those below it collect their mistakes and tell them. */
  public static void collect(CommandLine command) {
    collectErrors(command);
    command.setExecutionStrategy(Mistakes::runIfThereAreNone);
    command.setParameterExceptionHandler((e, args) -> tell(e.getCommandLine(), texts(e).toList()));
  }

  private static void collectErrors(CommandLine command) {
    command.getCommandSpec().parser().collectErrors(true);
    command.getSubcommands().values().forEach(Mistakes::collectErrors);
  }

  private static int runIfThereAreNone(ParseResult result) {
    List<String> mistakes = of(result);
    boolean isHelpWanted =
        parts(result).anyMatch(p -> p.isUsageHelpRequested() || p.isVersionHelpRequested());
    return mistakes.isEmpty() || isHelpWanted
        ? new RunLast().execute(result)
        : tell(result.asCommandLineList().get(result.asCommandLineList().size() - 1), mistakes);
  }

  /** What is wrong with a command line that was parsed. */
  public static List<String> of(ParseResult result) {
    return parts(result).flatMap(part -> part.errors().stream()).flatMap(Mistakes::texts).toList();
  }

  /** The command, and the subcommand if there is one. */
  private static Stream<ParseResult> parts(ParseResult result) {
    return result.hasSubcommand()
        ? Stream.concat(Stream.of(result), parts(result.subcommand()))
        : Stream.of(result);
  }

  private static int tell(CommandLine command, List<String> mistakes) {
    mistakes.forEach(text -> tell(command, text));
    command.getErr().println(whereHelpIs(command.getCommandSpec()));
    return ExitCode.USAGE.code();
  }

  /** One mistake, as each command's failure is told. */
  public static void tell(CommandLine command, String text) {
    Console.tellError(command.getErr(), text, Screen.OWN);
  }

  public static String whereHelpIs(CommandSpec command) {
    return String.format(Locale.ROOT, "See '%s --help' for the options.", command.qualifiedName());
  }

  private static Stream<String> texts(Exception mistake) {
    if (mistake instanceof UnmatchedArgumentException unmatched) {
      CommandSpec command = unmatched.getCommandLine().getCommandSpec();
      return unmatched.getUnmatched().stream().map(argument -> unknown(command, argument));
    }
    if (mistake instanceof ParameterException wrong
        && wrong.getCause() instanceof TypeConversionException
        && wrong.getArgSpec() instanceof OptionSpec option) {
      String why = String.valueOf(wrong.getCause().getMessage());
      return Stream.of(option.longestName() + ": " + why);
    }
    // Of options of which one is required, picocli says it itself.
    return Stream.of(String.valueOf(mistake.getMessage()).replaceFirst("^Error: ", ""));
  }

  private static String unknown(CommandSpec command, String argument) {
    List<String> commands = new ArrayList<>(command.subcommands().keySet());
    if (argument.startsWith("-")) {
      String name = argument.split("=", 2)[0];
      return String.format(
          Locale.ROOT,
          "unknown option '%s'%s",
          name,
          Nearest.question(name, command.optionsMap().keySet()));
    }
    if (commands.isEmpty()) {
      return String.format(
          Locale.ROOT,
          "'%s' is not an option; options begin with --. Quote a value with spaces.",
          argument);
    }
    return String.format(
        Locale.ROOT,
        "unknown command '%s'%s Known: %s",
        argument,
        Nearest.question(argument, commands),
        String.join(", ", commands));
  }
}
