package io.mobilenetspark.jobs;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Options of every command. */
@Command(mixinStandardHelpOptions = true, versionProvider = Version.class)
final class CommonOptions {

  @Option(names = "--quiet", description = "No progress and no summary; errors only.")
  private boolean quiet;

  @Option(
      names = "--verbose",
      description = "Spark's and TensorFlow's logs, and stack traces of errors.")
  private boolean verbose;

  /** How much a command says. */
  Verbosity verbosity() {
    return verbose ? Verbosity.VERBOSE : quiet ? Verbosity.QUIET : Verbosity.NORMAL;
  }

  /** How much a command says. */
  enum Verbosity {
    /** Errors only. */
    QUIET,
    /** Progress and a summary. */
    NORMAL,
    /** The logs of Spark and TensorFlow too. */
    VERBOSE
  }
}
