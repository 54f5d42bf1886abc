package io.mobilenetspark.jobs.cli;

import picocli.CommandLine.Option;

/** An output that is a directory. */
public final class OutputDirectoryOptions extends OutputOptions {

  @Option(
      names = "--output",
      paramLabel = "PATH",
      required = true,
      description = "The directory that is written, on any Hadoop file system.")
  private String path = "";

  public OutputDirectoryOptions() {}

  public OutputDirectoryOptions(String path, OutputMode mode) {
    super(mode);
    this.path = path;
  }

  @Override
  public String path() {
    return path;
  }
}
