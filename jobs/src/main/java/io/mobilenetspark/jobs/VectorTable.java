package io.mobilenetspark.jobs;

import io.mobilenetspark.jobs.OutputOptions.OutputMode;
import io.mobilenetspark.spark.FeatureTable;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;

/** The Parquet table that a command writes. */
final class VectorTable {
  private final OutputOptions options;
  private final Path path;
  private final FileSystem fileSystem;

  private VectorTable(OutputOptions options, Path path, FileSystem fileSystem) {
    this.options = options;
    this.path = path;
    this.fileSystem = fileSystem;
  }

  /**
   * Checks the place of the output.
   *
   * @param inputs what is read; the output must not be among or above it
   * @throws UserException if it can't be written to
   */
  static VectorTable at(OutputOptions options, List<String> inputs, Configuration hadoop) {
    options.check();
    try {
      Path path = new Path(options.path());
      FileSystem fileSystem = path.getFileSystem(hadoop);
      VectorTable table = new VectorTable(options, fileSystem.makeQualified(path), fileSystem);
      for (String input : inputs) {
        table.requireApartFrom(new Path(input), hadoop);
      }
      if (options.mode() == OutputMode.ERRORIFEXISTS && table.exists()) {
        throw UserException.input(
            "The output %s exists. Pass --output-mode append, overwrite or ignore, or another --output."
                .formatted(options.path()));
      }
      return table;
    } catch (IOException | IllegalArgumentException e) {
      throw UserException.input(
          "Can't write to %s: %s".formatted(options.path(), e.getMessage()), e);
    }
  }

  /** Overwriting a directory that is being read destroys the input first. */
  private void requireApartFrom(Path input, Configuration hadoop) throws IOException {
    Path qualified = input.getFileSystem(hadoop).makeQualified(input);
    for (Path above = qualified; above != null; above = above.getParent()) {
      if (above.equals(path) && options.mode() == OutputMode.OVERWRITE) {
        throw UserException.input(
            "The output %s holds the input %s, and --output-mode overwrite would delete it. Pass another --output."
                .formatted(options.path(), input));
      }
    }
  }

  /** Whether there is nothing to do: the output exists and the mode is to leave it. */
  boolean isToBeLeft() {
    return options.mode() == OutputMode.IGNORE && exists();
  }

  private boolean exists() {
    try {
      return fileSystem.exists(path);
    } catch (IOException e) {
      throw UserException.input("Can't look at %s: %s".formatted(path, e.getMessage()), e);
    }
  }

  /**
   * Computes and writes the table. Each value of a vector occurs once, more or less: a dictionary
   * of them would only be built to be thrown away.
   *
   * @param facts what the vectors are; for the files' footers
   */
  void write(Dataset<Row> vectors, Map<String, String> facts) {
    vectors
        .write()
        .format(VectorParquetFormat.class.getName())
        .options(facts)
        .option("compression", "zstd")
        .option("parquet.enable.dictionary#" + FeatureTable.FEATURES + ".list.element", "false")
        .option("maxRecordsPerFile", options.rowsPerFile())
        .mode(saveMode())
        .save(path.toString());
  }

  private SaveMode saveMode() {
    return switch (options.mode()) {
      case APPEND -> SaveMode.Append;
      case OVERWRITE -> SaveMode.Overwrite;
      case ERRORIFEXISTS -> SaveMode.ErrorIfExists;
      case IGNORE -> SaveMode.Ignore;
    };
  }

  /** Where the table is. */
  Path path() {
    return path;
  }

  FileSystem fileSystem() {
    return fileSystem;
  }
}
