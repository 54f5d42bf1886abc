package io.mobilenetspark.jobs.cli;

import io.mobilenetspark.jobs.cli.OutputOptions.OutputMode;
import picocli.CommandLine.Option;

/** What to do if an output exists that is written as a whole, never added to. */
public final class WholeOutputMode {

  @Option(
      names = "--output-mode",
      paramLabel = "MODE",
      defaultValue = "errorifexists",
      description =
          "What to do if the output exists: overwrite, errorifexists or ignore. Default:"
              + " ${DEFAULT-VALUE}")
  private OutputMode mode = OutputMode.ERRORIFEXISTS;

  public OutputMode mode() {
    return mode;
  }
}
