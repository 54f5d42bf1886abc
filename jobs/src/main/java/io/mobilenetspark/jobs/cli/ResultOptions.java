package io.mobilenetspark.jobs.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Options of every command that has a result which programs read. */
@Command
public final class ResultOptions extends CommonOptions {

  @Option(
      names = "--json",
      description =
          "The result as one JSON object on standard output, for programs, in place of the text for people;"
              + " with --quiet, too.")
  private boolean json;

  @Override
  Console.Results results() {
    return json ? Console.Results.JSON : Console.Results.TEXT;
  }
}
