package io.mobilenetspark.jobs;

import io.mobilenetspark.options.Choice;
import io.mobilenetspark.options.Choices;
import picocli.CommandLine.Option;

/** Where a command's output goes. */
final class OutputOptions {

  @Option(
      names = "--output",
      paramLabel = "PATH",
      required = true,
      description = "The directory that is written, on any Hadoop file system.")
  private String path = "";

  @Option(
      names = "--output-mode",
      paramLabel = "MODE",
      defaultValue = "errorifexists",
      description = {
        "What to do if the output exists: append, overwrite, errorifexists, ignore, or incremental:"
            + " compute what is new or has changed. Default: ${DEFAULT-VALUE}"
      })
  private OutputMode mode = OutputMode.ERRORIFEXISTS;

  /** What to do if the output exists; the names are those of Spark's save modes, and one more. */
  enum OutputMode implements Choice {
    APPEND,
    OVERWRITE,
    ERRORIFEXISTS,
    IGNORE,
    INCREMENTAL;

    static final Choices<OutputMode> CHOICES = Choices.of("output mode", OutputMode.class);
  }

  static OutputOptions overwrite(String path) {
    return of(path, OutputMode.OVERWRITE);
  }

  static OutputOptions of(String path, OutputMode mode) {
    OutputOptions options = new OutputOptions();
    options.path = path;
    options.mode = mode;
    return options;
  }

  String path() {
    return path;
  }

  OutputMode mode() {
    return mode;
  }
}
