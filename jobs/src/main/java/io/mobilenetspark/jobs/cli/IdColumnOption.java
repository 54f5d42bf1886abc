package io.mobilenetspark.jobs.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which column names the rows of a table of vectors. */
public final class IdColumnOption {

  @Option(
      names = "--id-column",
      paramLabel = "NAME",
      description =
          "The column that names a row; to be passed where several do so together. Default: the"
              + " table's first.")
  private @Nullable String name;

  /** Its name; null for the table's first. */
  public @Nullable String name() {
    return name;
  }
}
