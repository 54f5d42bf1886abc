package io.mobilenetspark.jobs.cli;

import io.mobilenetspark.jobs.common.ColumnNames;
import io.mobilenetspark.jobs.common.UserException;
import java.util.List;
import java.util.Locale;
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

  /**
   * Its name; null for the table's first.
   *
   * @throws UserException if it is none, or several
   */
  public @Nullable String name() {
    if (name == null) {
      return null;
    }
    List<String> names = ColumnNames.parse("--id-column", name);
    if (names.size() > 1) {
      throw UserException.usage(
          String.format(
              Locale.ROOT,
              "--id-column '%s': this command goes by one column. A name with a comma in it stands"
                  + " between backticks",
              name));
    }
    return names.get(0);
  }
}
