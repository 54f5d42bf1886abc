package io.mobilenetspark.jobs.cli;

import io.mobilenetspark.jobs.common.ColumnNames;
import io.mobilenetspark.jobs.common.UserException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which columns name the rows of a table of vectors together. */
public final class IdColumnsOption {

  @Option(
      names = "--id-column",
      paramLabel = "NAMES",
      description = {
        "The column that names a row, or several that do so together, separated by commas. A name"
            + " with a comma in it stands between backticks.",
        "Default: those that the table was made with."
      })
  private @Nullable String names;

  /**
   * Their names; none if that is not said.
   *
   * @throws UserException if they are not to be told apart
   */
  public List<String> names() {
    return names == null ? List.of() : ColumnNames.parse("--id-column", names);
  }
}
