package io.mobilenetspark.jobs.table;

import io.mobilenetspark.jobs.cli.Console;
import io.mobilenetspark.jobs.cli.TableOptions;
import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.spark.ClassicSpark;
import io.mobilenetspark.spark.FeatureTable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.catalog.ExternalCatalogUtils;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.types.TimestampNTZType;
import org.apache.spark.sql.types.TimestampType;

/**
 * The columns that directories are named by, {@code kind=cat/day=2026-01-02}, as Spark does it.
 *
 * @param columns of the input
 */
public record PartitionColumns(StructType columns) {

  /** More is a table that takes longer to list than to read. */
  private static final int MOST = 10_000;

  /** Hive's, and so Spark's, name for NULL. */
  private static final String NULL_NAME = ExternalCatalogUtils.DEFAULT_PARTITION_NAME();

  /** Of file systems. */
  private static final int LONGEST_NAME = 255;

  /**
   * Checks what was asked for.
   *
   * @param schema of the input
   * @param ids the columns that name a row
   * @param kept the columns to keep
   * @throws UserException if there is no such column, or it can't name directories
   */
  public static PartitionColumns of(
      TableOptions options, StructType schema, List<String> ids, List<String> kept) {
    List<String> seen = new ArrayList<>();
    for (String name : options.partitionBy()) {
      check(name, schema, ids, kept);
      if (contains(seen, name)) {
        throw refused(name, "is named twice");
      }
      seen.add(name);
    }
    return new PartitionColumns(of(schema, options.partitionBy()));
  }

  private static void check(String name, StructType schema, List<String> ids, List<String> kept) {
    if (contains(FeatureTable.ADDED, name)) {
      throw refused(name, "is computed. Partition by columns of --keep-columns");
    } else if (!FeatureTable.hasColumn(schema, name)) {
      throw refused(
          name,
          "is not in the input, whose columns are: " + String.join(", ", schema.fieldNames()));
    } else if (contains(ids, name)) {
      throw refused(
          name,
          ids.size() == 1
              ? "names the rows, so that each would get a directory. Partition by another column"
              : "is one of those that name the rows, and names of directories don't keep every"
                  + " value. Partition by another column, such as a copy of it");
    } else if (!contains(kept, name)) {
      throw refused(name, "is not kept. Add it to --keep-columns");
    } else if (name.startsWith(".")) {
      throw refused(name, "makes directories that readers pass over. Rename it first");
    }
    DataType type = schema.apply(FeatureTable.columnIndex(schema, name)).dataType();
    if (!isPossible(type)) {
      throw refused(
          name,
          String.format(
              Locale.ROOT,
              "is of type %s%s. Partition by text, whole or decimal numbers, BOOLEAN, DATE or"
                  + " TIMESTAMP_NTZ",
              type.simpleString(),
              type instanceof TimestampType
                  ? ", whose names mean another time in another session's time zone"
                  : ""));
    }
  }

  private static boolean contains(List<String> names, String name) {
    return names.stream().anyMatch(other -> ClassicSpark.isSameName(other, name));
  }

  private static UserException refused(String name, String why) {
    return UserException.input(
        String.format(Locale.ROOT, "--partition-by: column '%s' %s.", name, why));
  }

  /** Types whose values are the same again when they are read from a name. */
  private static boolean isPossible(DataType type) {
    return type.equals(DataTypes.StringType)
        || type instanceof BooleanType
        || (type instanceof NumericType
            && !type.equals(DataTypes.FloatType)
            && !type.equals(DataTypes.DoubleType))
        || type instanceof DateType
        || type instanceof TimestampNTZType;
  }

  /** The columns of these names, in the order of the names; any may be NULL. */
  public static StructType of(StructType schema, List<String> names) {
    return new StructType(
        names.stream()
            .map(name -> schema.apply(FeatureTable.columnIndex(schema, name)))
            .map(column -> DataTypes.createStructField(column.name(), column.dataType(), true))
            .toArray(StructField[]::new));
  }

  /**
   * Fails if what tells changes would be in names, which don't tell a NULL from an empty text.
   *
   * @param names of the partitions' columns
   * @param telling the columns that tell changes
   * @throws UserException if it would
   */
  public static void requireOthers(List<String> names, List<String> telling) {
    for (String name : names) {
      if (contains(telling, name)) {
        throw refused(name, "tells which images have changed. Partition by another column");
      }
    }
  }

  /** Rows of a partition together, as many as a file of a good size takes. */
  public static Dataset<Row> gathered(Dataset<Row> rows, List<String> names) {
    return rows.hint("rebalance", names.stream().map(StoredVectors::column).toArray(Object[]::new));
  }

  public boolean isEmpty() {
    return columns.isEmpty();
  }

  /**
   * Looks at the values, before any work.
   *
   * @throws UserException if there are too many, or one that can't name a directory
   */
  public void requireDirectories(Dataset<Row> rows, Console console) {
    if (isEmpty()) {
      return;
    }
    Column[] texts =
        Arrays.stream(columns.fieldNames())
            .map(name -> StoredVectors.column(name).cast(DataTypes.StringType))
            .toArray(Column[]::new);
    List<Row> values = rows.select(texts).distinct().limit(MOST + 1).collectAsList();
    if (values.size() > MOST) {
      throw UserException.input(
          String.format(
              Locale.ROOT,
              "--partition-by %s makes more than %,d directories. Partition by fewer or coarser"
                  + " columns.",
              String.join(",", columns.fieldNames()),
              MOST));
    }
    boolean isEmptyText = false;
    for (Row row : values) {
      for (int i = 0; i < columns.length(); i++) {
        String name = columns.fieldNames()[i];
        String value = row.isNullAt(i) ? "" : row.getString(i);
        isEmptyText |= !row.isNullAt(i) && value.isEmpty();
        if (value.equals(NULL_NAME)) {
          throw refused(
              name,
              String.format(
                  Locale.ROOT,
                  "has the value '%s', which is read as NULL. Partition by another column",
                  value));
        }
        String directory = ClassicSpark.partition(name, value);
        if (directory.getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME) {
          throw refused(
              name,
              String.format(
                  Locale.ROOT,
                  "has a value that is too long to name a directory: %.40s.... Partition by"
                      + " another column",
                  value));
        }
      }
    }
    if (isEmptyText) {
      console.note(
          "--partition-by: an empty text names no directory; as with all of Spark's tables, its rows"
              + " are read with NULL there.");
    }
  }
}
