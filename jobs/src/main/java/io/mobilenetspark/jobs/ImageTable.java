package io.mobilenetspark.jobs;

import io.mobilenetspark.spark.FeatureTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.apache.spark.SparkThrowable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * The images that a command was pointed at, as a table.
 *
 * @param rows the table
 * @param imageColumn the column with the images
 * @param carried the columns to carry to the output, the row's name first
 * @param count how many rows there are, where that is known without reading them
 */
record ImageTable(Dataset<Row> rows, String imageColumn, List<String> carried, OptionalLong count) {

  private static final String IMAGE = "image";

  /**
   * Opens the table and checks its columns. Reads no image.
   *
   * @throws UserException if there is no such input or its columns don't fit
   */
  static ImageTable open(SparkSession spark, InputOptions options) {
    String table = options.table();
    if (options.paths().isEmpty() == (table == null)) {
      throw UserException.usage(
          "Pass either --input (one or more paths) or --table (a table of Spark's catalog)");
    }
    try {
      return table != null
          ? ofTable(spark.table(table), OptionalLong.empty(), options)
          : ofPaths(spark, options);
    } catch (UserException e) {
      throw e;
    } catch (Exception e) {
      // Spark throws checked exceptions out of methods that don't declare them.
      if (e instanceof SparkThrowable) {
        throw UserException.input(
            "Can't read %s: %s"
                .formatted(
                    table != null ? "table " + table : String.join(", ", options.paths()),
                    firstLine(e)),
            e);
      } else if (e instanceof IllegalArgumentException) {
        throw UserException.input(String.valueOf(e.getMessage()), e);
      }
      throw e;
    }
  }

  private static ImageTable ofPaths(SparkSession spark, InputOptions options) {
    String format = InputFormat.of(options, spark.sparkContext().hadoopConfiguration());
    String[] paths = options.paths().toArray(String[]::new);
    if (format.equalsIgnoreCase(InputFormat.BINARY_FILE) || format.equalsIgnoreCase(IMAGE)) {
      ImageFiles files = ImageFiles.list(spark, paths, options.sourceOptions());
      return ofTable(
          format.equalsIgnoreCase(IMAGE) ? files.decodedBySpark() : files.byPath(),
          OptionalLong.of(files.count()),
          options);
    }
    return ofTable(
        spark.read().format(format).options(options.sourceOptions()).load(paths),
        OptionalLong.empty(),
        options);
  }

  private static ImageTable ofTable(Dataset<Row> table, OptionalLong count, InputOptions options) {
    StructType schema = table.schema();
    String image =
        column(options.imageColumn(), "--image-column", schema, IMAGE, "content", "path");
    String id = column(options.idColumn(), "--id-column", schema, "id", "path");
    List<String> carried = new ArrayList<>();
    carried.add(id);
    carried.addAll(options.keepColumns());
    FeatureTable.check(schema, image, carried);
    if (options.partitions() < 0) {
      throw UserException.usage("--partitions must not be negative: " + options.partitions());
    }
    Dataset<Row> rows = options.partitions() == 0 ? table : table.repartition(options.partitions());
    return new ImageTable(rows, image, carried, count);
  }

  private static String column(
      @Nullable String asked, String option, StructType schema, String... candidates) {
    if (asked != null) {
      return asked;
    }
    List<String> names = Arrays.asList(schema.fieldNames());
    return Arrays.stream(candidates)
        .filter(names::contains)
        .findFirst()
        .orElseThrow(
            () ->
                UserException.input(
                    "Pass %s: the input has no column named %s. The columns are: %s."
                        .formatted(
                            option, String.join(" or ", candidates), String.join(", ", names))));
  }

  /** The first line of the innermost cause: Spark wraps it in descriptions of its own machinery. */
  private static String firstLine(Exception e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage()).lines().findFirst().orElse(cause.toString());
  }
}
