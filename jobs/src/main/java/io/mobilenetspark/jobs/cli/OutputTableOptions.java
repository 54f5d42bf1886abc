package io.mobilenetspark.jobs.cli;

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
          "The table of Spark's catalog that is written, in Parquet. Without --output its files are"
              + " where they are, or where Spark keeps a new table's."
        })
    private @Nullable String table;
  }

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

  @Override
  public String path() {
    return place.path;
  }

  /** The name in the catalog. */
  public Optional<String> table() {
    return Optional.ofNullable(place.table);
  }
}
