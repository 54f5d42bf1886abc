package io.mobilenetspark.jobs.cli;

import static java.util.Objects.requireNonNull;

import io.mobilenetspark.jobs.common.Version;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Options of every command. */
@Command(mixinStandardHelpOptions = true, versionProvider = Version.class)
public class CommonOptions {

  @Option(names = "--quiet", description = "No progress and no summary; errors only.")
  private boolean quiet;

  @Option(
      names = "--verbose",
      description = "Spark's and TensorFlow's logs, and stack traces of errors.")
  private boolean verbose;

  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec command;

  /** The command's console, as loud as the options say. */
  public Console console() {
    return new Console(
        requireNonNull(command, "picocli sets this").commandLine(),
        verbose ? Verbosity.VERBOSE : quiet ? Verbosity.QUIET : Verbosity.NORMAL,
        results());
  }

  /** Whom results are for. */
  Console.Results results() {
    return Console.Results.TEXT;
  }

  /** How much a command says. */
  public enum Verbosity {
    /** Errors only. */
    QUIET,
    /** Progress and a summary. */
    NORMAL,
    /** The logs of Spark and TensorFlow too. */
    VERBOSE
  }
}
