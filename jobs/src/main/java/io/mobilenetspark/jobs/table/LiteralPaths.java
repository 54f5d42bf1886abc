package io.mobilenetspark.jobs.table;

import java.net.URI;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Reads each of several files once, whatever is in their names. Where a path looks like a glob,
 * Spark's option against globs has all paths read in the place of each (SPARK-58518): two files
 * with two such names have their rows four times.
 */
final class LiteralPaths {

  /** What Spark takes for a sign of a glob, anywhere in a path. */
  private static final Pattern GLOB = Pattern.compile("[{}\\[\\]*?\\\\]");

  private LiteralPaths() {}

  /**
   * The files' rows.
   *
   * @param reader with its other options
   * @param files at least one
   */
  static Dataset<Row> parquet(DataFrameReader reader, List<Path> files) {
    boolean areGlobs =
        files.size() > 1 && files.stream().anyMatch(file -> GLOB.matcher(file.toString()).find());
    if (!areGlobs) {
      return reader
          .option(VectorFiles.GLOBS, "false")
          .parquet(files.stream().map(Path::toString).toArray(String[]::new));
    }
    // Hadoop takes a colon in a glob for that of a scheme, and fails.
    return files.stream().anyMatch(file -> file.toUri().getPath().contains(":"))
        ? oneByOne(reader, files)
        : reader
            .option(VectorFiles.GLOBS, "true")
            .parquet(files.stream().map(LiteralPaths::escaped).toArray(String[]::new));
  }

  /** A glob that means this file alone. An authority may have brackets, and is none of a glob. */
  private static String escaped(Path file) {
    URI uri = file.toUri();
    String path = GLOB.matcher(uri.getPath()).replaceAll("\\\\$0");
    return new Path(uri.getScheme(), uri.getAuthority(), path).toString();
  }

  private static Dataset<Row> oneByOne(DataFrameReader reader, List<Path> files) {
    reader.option(VectorFiles.GLOBS, "false");
    Dataset<Row> rows = reader.parquet(files.get(0).toString());
    reader.schema(rows.schema()); // of all files, as Spark has it of one
    return files.stream()
        .skip(1)
        .map(file -> reader.parquet(file.toString()))
        .reduce(rows, Dataset::union);
  }
}
