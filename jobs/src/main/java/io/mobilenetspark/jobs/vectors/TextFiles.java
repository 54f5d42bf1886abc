package io.mobilenetspark.jobs.vectors;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.DataFrameWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.functions;

/** Rows as text, a file for each part of a table, as Spark writes them. */
final class TextFiles {

  private final FileSystem fileSystem;
  private final Path directory;

  /**
   * @param directory that is written into, and has nothing in it
   */
  TextFiles(FileSystem fileSystem, Path directory) {
    this.fileSystem = fileSystem;
    this.directory = directory;
  }

  /**
   * Writes CSV as RFC 4180 has it, which PostgreSQL's COPY reads: a NULL is empty, an empty text is
   * two quotes.
   *
   * @param rows the id and the vector
   * @return the files, as JSON
   */
  List<Map<String, Object>> writeCsv(Dataset<Row> rows) throws IOException {
    return write(
        rows.select(
                functions.col(ExportedTable.ID),
                functions.to_json(functions.col(ExportedTable.VECTOR)).as(ExportedTable.VECTOR))
            .write()
            .format("csv")
            .option("header", "true")
            .option("escape", "\"")
            .option("ignoreLeadingWhiteSpace", "false")
            .option("ignoreTrailingWhiteSpace", "false"));
  }

  /**
   * Writes JSON lines.
   *
   * @param rows the id and the vector
   * @return the files, as JSON
   */
  List<Map<String, Object>> writeJson(Dataset<Row> rows) throws IOException {
    return write(rows.write().format("json").option("ignoreNullFields", "false"));
  }

  private List<Map<String, Object>> write(DataFrameWriter<Row> writer) throws IOException {
    writer
        .option("compression", "none") // whatever the cluster's defaults are
        .option("maxRecordsPerFile", 0)
        .mode(SaveMode.Append)
        .save(directory.toString());
    return Arrays.stream(fileSystem.listStatus(directory))
        .map(file -> file.getPath().getName())
        .filter(name -> name.startsWith("part-"))
        .sorted()
        .map(name -> Map.<String, Object>of("vectors", name))
        .toList();
  }
}
