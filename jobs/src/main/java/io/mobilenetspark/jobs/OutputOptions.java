package io.mobilenetspark.jobs;

import picocli.CommandLine.Option;

/** Where the vectors go. */
final class OutputOptions {

  @Option(
      names = "--output",
      paramLabel = "PATH",
      required = true,
      description = "The directory of the Parquet table, on any Hadoop file system.")
  private String path = "";

  @Option(
      names = "--output-mode",
      paramLabel = "MODE",
      defaultValue = "errorifexists",
      description = {
        "What is done if the output exists: append, overwrite, errorifexists or ignore. Default:"
            + " ${DEFAULT-VALUE}"
      })
  private OutputMode mode = OutputMode.ERRORIFEXISTS;

  @Option(
      names = "--rows-per-file",
      paramLabel = "N",
      defaultValue = "0",
      description = "Most rows in one Parquet file; 0 for no limit. Default: ${DEFAULT-VALUE}")
  private long rowsPerFile;

  @Option(
      names = "--max-error-rate",
      paramLabel = "RATE",
      defaultValue = "1.0",
      description = {
        "End with exit code 5 if a larger share of the rows than this, 0.0 to 1.0, has an image that"
            + " can't be read. The table is written all the same. Default: ${DEFAULT-VALUE}"
      })
  private double maxErrorRate = 1.0;

  /** What is done if the output exists; the names are those of Spark's save modes. */
  enum OutputMode {
    APPEND,
    OVERWRITE,
    ERRORIFEXISTS,
    IGNORE
  }

  static OutputOptions overwrite(String path) {
    OutputOptions options = new OutputOptions();
    options.path = path;
    options.mode = OutputMode.OVERWRITE;
    return options;
  }

  String path() {
    return path;
  }

  OutputMode mode() {
    return mode;
  }

  long rowsPerFile() {
    return rowsPerFile;
  }

  double maxErrorRate() {
    return maxErrorRate;
  }

  void check() {
    if (!(maxErrorRate >= 0 && maxErrorRate <= 1)) {
      throw UserException.usage(
          "--max-error-rate must be between 0.0 and 1.0, not " + maxErrorRate);
    }
    if (rowsPerFile < 0) {
      throw UserException.usage("--rows-per-file must not be negative: " + rowsPerFile);
    }
  }
}
