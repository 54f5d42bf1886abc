package io.mobilenetspark.jobs.cli;

import io.mobilenetspark.jobs.common.UserException;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** An output that is a directory, and may have a name in Spark's catalog. */
public final class OutputTableOptions extends OutputOptions {

  @ArgGroup(exclusive = false, multiplicity = "1")
  private Place place = new Place();

  /** One of them, or both. */
  static final class Place {

    @Option(
        names = "--output",
        paramLabel = "PATH",
        description = "The directory that is written, on any Hadoop file system.")
    private String path = "";

    @Option(
        names = "--output-table",
        paramLabel = "NAME",
        description = {
          "The catalog table to write. Without --output, a table that exists stays where it is, and"
              + " a new one goes where the catalog keeps its tables."
        })
    private @Nullable String table;
  }

  @Option(
      names = "--output-format",
      paramLabel = "FORMAT",
      description = {
        "The format of --output-table: parquet, delta or iceberg, whose jar and catalog Spark must"
            + " have.",
        "Default: the table's; for a new one the catalog's, which is parquet in Spark's own."
      })
  private @Nullable String format;

  public OutputTableOptions() {}

  private OutputTableOptions(OutputMode mode) {
    super(mode);
  }

  /** A directory that is written, whatever is there. */
  public static OutputTableOptions overwrite(String path) {
    OutputTableOptions options = new OutputTableOptions(OutputMode.OVERWRITE);
    options.place.path = path;
    return options;
  }

  /** The same, with a table that is kept up to date unless a mode was named. */
  public OutputTableOptions incrementalByDefault() {
    if (hasMode()) {
      return this;
    }
    OutputTableOptions options = new OutputTableOptions(OutputMode.INCREMENTAL);
    options.place = place;
    options.format = format;
    return options;
  }

  @Override
  public String path() {
    return place.path;
  }

  /** The name in the catalog. */
  public Optional<String> table() {
    return Optional.ofNullable(place.table);
  }

  /** The format that was asked for, in lower case. */
  public Optional<String> format() {
    return Optional.ofNullable(format).map(name -> name.toLowerCase(Locale.ROOT));
  }

  /**
   * Checks what can be checked without a catalog.
   *
   * @throws UserException if an option has no effect
   */
  public void check() {
    if (format != null && place.table == null) {
      throw UserException.usage(
          "--output-format has no effect without --output-table: a directory is written in Parquet");
    }
  }
}
