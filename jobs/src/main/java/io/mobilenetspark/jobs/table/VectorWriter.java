package io.mobilenetspark.jobs.table;

import io.mobilenetspark.spark.FeatureTable;
import java.util.Map;
import org.apache.spark.sql.DataFrameWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;

/** How files of vectors are written, wherever they go. */
public final class VectorWriter {

  private VectorWriter() {}

  /**
   * A writer of files. Each value of a vector occurs once, more or less: a dictionary of them would
   * only be built to be thrown away.
   *
   * @param footer what the files say of themselves
   */
  public static DataFrameWriter<Row> of(Dataset<Row> vectors, Map<String, String> footer) {
    return vectors
        .write()
        .format(VectorParquetFormat.class.getName())
        .options(footer)
        .option("compression", "zstd")
        .option("parquet.enable.dictionary#" + FeatureTable.FEATURES + ".list.element", "false")
        .mode(SaveMode.ErrorIfExists);
  }
}
