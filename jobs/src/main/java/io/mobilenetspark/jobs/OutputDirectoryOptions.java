package io.mobilenetspark.jobs;

import picocli.CommandLine.Option;

/** An output that is a directory. */
final class OutputDirectoryOptions extends OutputOptions {

  @Option(
      names = "--output",
      paramLabel = "PATH",
      required = true,
      description = "The directory that is written, on any Hadoop file system.")
  private String path = "";

  OutputDirectoryOptions() {}

  OutputDirectoryOptions(String path, OutputMode mode) {
    super(mode);
    this.path = path;
  }

  @Override
  String path() {
    return path;
  }
}
