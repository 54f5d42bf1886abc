package io.mobilenetspark.jobs.cli;

import io.mobilenetspark.jobs.common.ColumnNames;
import io.mobilenetspark.jobs.common.UserException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a table of vectors is like. */
public final class TableOptions {

  @Option(
      names = "--id-column",
      paramLabel = "NAMES",
      description = {
        "The column that names a row, or several that do so together, separated by commas; the"
            + " output's first. A name with a comma in it stands between backticks.",
        "Default: 'id' or 'path', the first that there is."
      })
  private @Nullable String idColumn;

  @Option(
      names = "--keep-columns",
      paramLabel = "NAMES",
      split = ",",
      description = "Further columns to carry to the output, separated by commas.")
  private List<String> keepColumns = new ArrayList<>();

  @Option(
      names = "--partition-by",
      paramLabel = "NAMES",
      split = ",",
      description = {
        "Write a directory for each value of these --keep-columns, separated by commas, as Spark's"
            + " partitionBy does.",
        "Each vector is written twice for it, so that a partition gets few files."
      })
  private List<String> partitionBy = new ArrayList<>();

  @Option(
      names = "--rows-per-file",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Maximum number of rows in a Parquet file; 0 for no limit. Default: ${DEFAULT-VALUE}")
  private long rowsPerFile;

  @Option(
      names = "--output-option",
      paramLabel = "KEY=VALUE",
      description =
          "An option of the writer, such as compression=snappy; may be given more than once.")
  private Map<String, String> outputOptions = new LinkedHashMap<>();

  @Option(
      names = "--max-error-rate",
      paramLabel = "RATE",
      defaultValue = "1.0",
      description = {
        "End with exit code 5 if a larger share of the rows than this, 0.0 to 1.0, has an image that"
            + " can't be read. The table is written all the same. Default: ${DEFAULT-VALUE}"
      })
  private double maxErrorRate = 1.0;

  /**
   * The columns that name a row together; none if that is not said.
   *
   * @throws UserException if they are not to be told apart
   */
  public List<String> idColumns() {
    return idColumn == null ? List.of() : ColumnNames.parse("--id-column", idColumn);
  }

  public List<String> keepColumns() {
    return keepColumns;
  }

  public List<String> partitionBy() {
    return partitionBy;
  }

  public long rowsPerFile() {
    return rowsPerFile;
  }

  public Map<String, String> outputOptions() {
    return outputOptions;
  }

  public double maxErrorRate() {
    return maxErrorRate;
  }

  /**
   * Checks options of the writer of Parquet tables.
   *
   * @throws UserException if one of them is not to be set
   */
  public void checkParquet() {
    for (String key : outputOptions.keySet()) {
      String name = key.toLowerCase(Locale.ROOT);
      if (name.equals("maxrecordsperfile")) {
        throw UserException.usage(
            "--output-option " + key + " is not for Parquet tables. Pass --rows-per-file");
      } else if (name.equals("mapreduce.output.basename")) {
        throw UserException.usage(
            "--output-option "
                + key
                + " makes files that are not recognised as the table's. Leave it out");
      }
    }
  }

  public void check() {
    var unused = idColumns();
    if (!(maxErrorRate >= 0 && maxErrorRate <= 1)) {
      throw UserException.usage(
          "--max-error-rate must be between 0.0 and 1.0, not " + maxErrorRate);
    }
    for (String key : outputOptions.keySet()) {
      String name = key.toLowerCase(Locale.ROOT);
      if (name.startsWith("mobilenet") || name.equals("path")) {
        throw UserException.usage("--output-option " + key + " can't be set: embed sets it");
      }
    }
    if (rowsPerFile < 0) {
      throw UserException.usage("--rows-per-file must not be negative: " + rowsPerFile);
    }
  }
}
