package io.mobilenetspark.jobs;

import io.mobilenetspark.spark.ClassicSpark;
import io.mobilenetspark.spark.FeatureTable;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;

/** The Parquet table that a command writes. */
final class VectorTable {
  private final OutputPlace place;
  private final TableOptions options;

  private VectorTable(OutputPlace place, TableOptions options) {
    this.place = place;
    this.options = options;
  }

  /**
   * Checks the place and the options.
   *
   * @param inputs what is read; the output must not be among or above it
   * @throws UserException if it can't be written
   */
  static VectorTable at(
      OutputOptions output, TableOptions options, List<String> inputs, Configuration hadoop) {
    options.check();
    return new VectorTable(
        OutputPlace.at(output, inputs, "append, overwrite or ignore", hadoop), options);
  }

  OutputPlace place() {
    return place;
  }

  /**
   * Computes and writes the table. Each value of a vector occurs once, more or less: a dictionary
   * of them would only be built to be thrown away.
   *
   * @param facts what the vectors are; for the files' footers
   * @throws UserException if an output that is to be replaced is read, under whatever name
   */
  void write(Dataset<Row> vectors, Map<String, String> facts) {
    if (place.mode() == OutputOptions.OutputMode.OVERWRITE) {
      requireNotRead(vectors);
    }
    vectors
        .write()
        .format(VectorParquetFormat.class.getName())
        .options(facts)
        .option("compression", "zstd")
        .option("parquet.enable.dictionary#" + FeatureTable.FEATURES + ".list.element", "false")
        .option("maxRecordsPerFile", options.rowsPerFile())
        .mode(saveMode())
        .save(place.path().toString());
  }

  private void requireNotRead(Dataset<Row> vectors) {
    if (ClassicSpark.reads(vectors, place.path())) {
      throw UserException.input(
          String.format(
              Locale.ROOT,
              "The output %s is read as well, and --output-mode overwrite would delete it. Pass another --output.",
              place.path()));
    }
  }

  private SaveMode saveMode() {
    return switch (place.mode()) {
      case APPEND -> SaveMode.Append;
      case OVERWRITE -> SaveMode.Overwrite;
      case ERRORIFEXISTS -> SaveMode.ErrorIfExists;
      case IGNORE -> SaveMode.Ignore;
    };
  }
}
