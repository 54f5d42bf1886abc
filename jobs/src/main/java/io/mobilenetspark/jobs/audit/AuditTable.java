package io.mobilenetspark.jobs.audit;

import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.jobs.compare.ComparableTable;
import io.mobilenetspark.jobs.table.StoredVectors;
import io.mobilenetspark.spark.ClassicSpark;
import io.mobilenetspark.spark.FeatureTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * A table of vectors with numbered rows: the driver and tasks name rows by numbers, which are small
 * and of one type. The files are fixed when the table is opened, so each pass over it numbers
 * alike.
 */
final class AuditTable {

  /** Names the directory that an image file is in, as {@code finetune} does. */
  static final String DIRECTORY = "directory";

  private final StoredVectors stored;
  private final int dimension;
  private final JavaPairRDD<InternalRow, Long> numbered;
  private final @Nullable DataType imageType;

  private AuditTable(
      StoredVectors stored,
      int dimension,
      JavaPairRDD<InternalRow, Long> numbered,
      @Nullable DataType imageType) {
    this.stored = stored;
    this.dimension = dimension;
    this.numbered = numbered;
    this.imageType = imageType;
  }

  /**
   * Opens it.
   *
   * @param columns what is read beside the vectors
   * @throws UserException if its vectors can't be compared, or a column is missing
   */
  static AuditTable of(StoredVectors stored, AuditColumns columns) {
    int dimension = ComparableTable.requireDimension(stored);
    Dataset<Row> rows = stored.rows();
    StructType schema = rows.schema();
    List<Column> selected = new ArrayList<>();
    selected.add(functions.col(FeatureTable.FEATURES));
    selected.add(named(rows, columns.split(), "--split"));
    selected.add(StoredVectors.text(stored.idColumn(), stored.idType()));
    selected.add(label(rows, columns.labels()));
    selected.add(functions.col(FeatureTable.STATUS).cast(DataTypes.StringType));
    selected.add(ifThere(schema, FeatureTable.ERROR, DataTypes.StringType));
    selected.add(ifThere(schema, FeatureTable.WIDTH, DataTypes.IntegerType));
    selected.add(ifThere(schema, FeatureTable.HEIGHT, DataTypes.IntegerType));
    DataType imageType = null;
    if (columns.images() != null) {
      int index = imageIndex(schema, columns.images());
      selected.add(StoredVectors.column(schema.fieldNames()[index]));
      imageType = schema.apply(index).dataType();
    }
    return new AuditTable(
        stored,
        dimension,
        ClassicSpark.rows(rows.select(selected.toArray(Column[]::new))).zipWithIndex(),
        imageType);
  }

  private static Column label(Dataset<Row> rows, @Nullable String name) {
    boolean isDirectory =
        name != null
            && ClassicSpark.isSameName(name, DIRECTORY)
            && !FeatureTable.hasColumn(rows.schema(), name);
    if (!isDirectory) {
      return named(rows, name, "--labels");
    }
    StructType schema = rows.schema();
    int path = index(schema, "path", "--labels directory");
    if (!(schema.apply(path).dataType() instanceof StringType)) {
      throw UserException.input(
          "--labels directory needs paths of files, but column 'path' holds no text. Pass the name"
              + " of a column with labels.");
    }
    return functions
        .udf((UDF1<String, @Nullable String>) AuditTable::directory, DataTypes.StringType)
        .apply(StoredVectors.column(schema.fieldNames()[path]));
  }

  private static @Nullable String directory(@Nullable String file) {
    if (file == null || file.isEmpty()) {
      return null;
    }
    Path parent = new Path(file).getParent();
    return parent == null || parent.getName().isEmpty() ? null : parent.getName();
  }

  private static Column named(Dataset<Row> rows, @Nullable String name, String option) {
    if (name == null) {
      return functions.lit(null).cast(DataTypes.StringType);
    }
    StructType schema = rows.schema();
    int index = index(schema, name, option);
    return StoredVectors.text(
        StoredVectors.column(schema.fieldNames()[index]), schema.apply(index).dataType());
  }

  private static Column ifThere(StructType schema, String name, DataType type) {
    return FeatureTable.hasColumn(schema, name)
        ? StoredVectors.column(schema.fieldNames()[FeatureTable.columnIndex(schema, name)])
            .cast(type)
        : functions.lit(null).cast(type);
  }

  private static int imageIndex(StructType schema, String name) {
    int index = index(schema, name, "--images");
    try {
      FeatureTable.check(schema, name, List.of());
    } catch (IllegalArgumentException e) {
      throw UserException.input("--images: " + e.getMessage(), e);
    }
    return index;
  }

  private static int index(StructType schema, String name, String option) {
    try {
      return FeatureTable.columnIndex(schema, name);
    } catch (IllegalArgumentException e) {
      throw UserException.input(
          String.format(
              Locale.ROOT,
              "%s: %s Columns beside the vectors are those that embed kept by --keep-columns.",
              option,
              e.getMessage()),
          e);
    }
  }

  StoredVectors stored() {
    return stored;
  }

  int dimension() {
    return dimension;
  }

  /** The vector, {@link AuditedRow#COLUMNS} and, if asked for, the image; with the row's number. */
  JavaPairRDD<InternalRow, Long> numbered() {
    return numbered;
  }

  /** Of the last column; null unless images were asked for. */
  @Nullable DataType imageType() {
    return imageType;
  }
}
