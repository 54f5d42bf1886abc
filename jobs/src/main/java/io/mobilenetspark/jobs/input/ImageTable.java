package io.mobilenetspark.jobs.input;

import io.mobilenetspark.jobs.cli.InputOptions;
import io.mobilenetspark.jobs.cli.TableOptions;
import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.spark.FeatureTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.spark.SparkThrowable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.util.QuotingUtils;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The images that a command was pointed at, as a table.
 *
 * @param rows the table, in tasks that take about as long as each other
 * @param source the same as its source splits it
 * @param imageColumn the column with the images
 * @param kind what a row is
 * @param count how many rows there are, where that is known without reading them
 * @param listing a digest of the files' paths, times and lengths, where the driver has them
 */
public record ImageTable(
    Dataset<Row> rows,
    Dataset<Row> source,
    String imageColumn,
    Kind kind,
    OptionalLong count,
    Optional<String> listing) {

  /** What a row is. */
  public enum Kind {
    /** An image file; column {@value #PATH} has its path. */
    FILE,
    /** A row of somebody's table. */
    ROW
  }

  /** The column of image files' paths. */
  public static final String PATH = "path";

  private static final String IMAGE = "image";

  /**
   * Opens the table and checks its columns. Reads no image.
   *
   * @throws UserException if there is no such input or its columns don't fit
   */
  public static ImageTable open(SparkSession spark, InputOptions options) {
    String table = options.table();
    if (options.paths().isEmpty() == (table == null)) {
      throw UserException.usage(
          "Pass either --input (one or more paths) or --table (a table of Spark's catalog)");
    }
    try {
      return table != null
          ? ofTable(
              current(spark, table), Kind.ROW, OptionalLong.empty(), Optional.empty(), options)
          : ofPaths(spark, options);
    } catch (UserException e) {
      throw e;
    } catch (Exception e) {
      // Spark throws checked exceptions out of methods that don't declare them.
      if (e instanceof SparkThrowable) {
        throw UserException.input(
            String.format(
                Locale.ROOT,
                "Can't read %s: %s",
                table != null ? "table " + table : String.join(", ", options.paths()),
                firstLine(e)),
            e);
      } else if (e instanceof IllegalArgumentException) {
        throw UserException.input(String.valueOf(e.getMessage()), e);
      }
      throw e;
    }
  }

  /**
   * Whether there is something to open: a table, or at least one file of each path.
   *
   * @throws UserException if a path leads nowhere
   */
  public static boolean isThere(SparkSession spark, InputOptions options) {
    return withoutFiles(spark, options).isEmpty();
  }

  /**
   * The paths below which there are no files; none of a table.
   *
   * @throws UserException if a path leads nowhere
   */
  public static List<String> withoutFiles(SparkSession spark, InputOptions options) {
    return InputFormat.withoutFiles(options.paths(), spark.sparkContext().hadoopConfiguration());
  }

  /**
   * The options with the format that is found: names of files that come later don't change it.
   *
   * @throws UserException if there is nothing to open
   */
  public static InputOptions withFormat(SparkSession spark, InputOptions options) {
    return InputFormat.found(options, spark.sparkContext().hadoopConfiguration());
  }

  /** As the table is now: Spark keeps the list of its files from query to query. */
  private static Dataset<Row> current(SparkSession spark, String table) {
    spark.catalog().refreshTable(table);
    return spark.table(table);
  }

  private static ImageTable ofPaths(SparkSession spark, InputOptions options) {
    try {
      return ofListed(spark, options);
    } catch (IOException e) {
      throw UserException.input(
          String.format(
              Locale.ROOT,
              "Can't list %s: %s",
              String.join(", ", options.paths()),
              e.getClass() == IOException.class ? e.getMessage() : e), // others say little
          e);
    }
  }

  private static ImageTable ofListed(SparkSession spark, InputOptions options) throws IOException {
    String format = InputFormat.of(options, spark.sparkContext().hadoopConfiguration());
    String[] paths = options.paths().toArray(String[]::new);
    if (format.equalsIgnoreCase(InputFormat.BINARY_FILE) || format.equalsIgnoreCase(IMAGE)) {
      ImageFiles files = ImageFiles.list(spark, paths, options.sourceOptions());
      return ofTable(
          format.equalsIgnoreCase(IMAGE) ? files.decodedBySpark() : files.byPath(),
          Kind.FILE,
          OptionalLong.of(files.count()),
          files.digest(),
          options);
    }
    return ofTable(
        spark.read().format(format).options(options.sourceOptions()).load(paths),
        Kind.ROW,
        OptionalLong.empty(),
        Optional.empty(),
        options);
  }

  private static ImageTable ofTable(
      Dataset<Row> table,
      Kind kind,
      OptionalLong count,
      Optional<String> listing,
      InputOptions options) {
    StructType schema = table.schema();
    String asked = options.imageColumn();
    String image =
        asked != null
            ? asked
            : column(schema, IMAGE, "content", PATH)
                .orElseThrow(() -> noColumn("--image-column", schema, IMAGE, "content", PATH));
    FeatureTable.check(schema, image, List.of());
    if (options.partitions() < 0) {
      throw UserException.usage("--partitions must not be negative: " + options.partitions());
    }
    ImageTable images = new ImageTable(table, table, image, kind, count, listing);
    if (options.partitions() > 0) {
      return new ImageTable(
          images.dealtOut(table, options.partitions()), table, image, kind, count, listing);
    }
    boolean isOfPaths =
        schema
            .apply(FeatureTable.columnIndex(schema, image))
            .dataType()
            .equals(DataTypes.StringType);
    return isOfPaths && kind == Kind.ROW ? dealtOut(table, image) : images;
  }

  /**
   * Some of the rows in so many tasks; 0 leaves them as they are. Files that tasks have listed go
   * by their names: one that was listed again, since an executor was lost, must not move.
   */
  public Dataset<Row> dealtOut(Dataset<Row> some, int tasks) {
    if (tasks == 0) {
      return some;
    }
    return kind == Kind.FILE && count.orElse(0) > ImageFiles.MAX_FILES_ON_DRIVER
        ? some.repartition(tasks, functions.col(QuotingUtils.quoteIdentifier(imageColumn)))
        : some.repartition(tasks);
  }

  /** Whether the rows are the files of a listing, each once, with its time and length. */
  public boolean isListing() {
    return kind == Kind.FILE && FeatureTable.hasColumn(rows.schema(), ImageFiles.MODIFIED);
  }

  /**
   * The rows for tasks that open no file, in fewer of them: where rows that name files are dealt
   * out, the tasks of many rows would take longer to start than to run.
   */
  public Dataset<Row> namesOnly() {
    return isListing() && count.orElse(0) > ImageFiles.MAX_FILES_ON_DRIVER
        ? source.coalesce(FileTasks.numberOfNames(rows.sparkSession(), count.orElseThrow()))
        : source;
  }

  /** A short list of paths is a long work, and one task as the source splits it. */
  private static ImageTable dealtOut(Dataset<Row> table, String image) {
    long rows = table.count();
    int tasks = FileTasks.number(table.sparkSession(), rows);
    return new ImageTable(
        table.javaRDD().getNumPartitions() < tasks ? table.repartition(tasks) : table,
        table,
        image,
        Kind.ROW,
        OptionalLong.of(rows),
        Optional.empty());
  }

  /**
   * The columns that a table of vectors takes over: those that name a row, and some more.
   *
   * @param added the columns that it has besides
   * @throws UserException if there is no such column, or it can't be taken over
   */
  public CarriedColumns carried(TableOptions options, List<String> added) {
    StructType schema = rows.schema();
    List<String> ids = options.idColumns();
    if (ids.isEmpty()) {
      ids =
          List.of(
              column(schema, "id", PATH)
                  .orElseThrow(() -> noColumn("--id-column", schema, "id", PATH)));
    }
    List<String> carried = new ArrayList<>(ids);
    carried.addAll(options.keepColumns());
    try {
      FeatureTable.check(schema, imageColumn, carried, added);
    } catch (IllegalArgumentException e) {
      throw UserException.input(String.valueOf(e.getMessage()), e);
    }
    // As the input spells them, or another spelling would be another column of the next run's.
    List<String> spelled =
        carried.stream()
            .map(name -> schema.fieldNames()[FeatureTable.columnIndex(schema, name)])
            .toList();
    return new CarriedColumns(
        spelled.subList(0, ids.size()), spelled.subList(ids.size(), spelled.size()));
  }

  private static Optional<String> column(StructType schema, String... candidates) {
    return Arrays.stream(candidates)
        .filter(name -> FeatureTable.hasColumn(schema, name))
        .findFirst();
  }

  private static UserException noColumn(String option, StructType schema, String... candidates) {
    return UserException.input(
        String.format(
            Locale.ROOT,
            "Pass %s: the input has no column named %s. The columns are: %s.",
            option,
            String.join(" or ", candidates),
            String.join(", ", schema.fieldNames())));
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
