package io.mobilenetspark.jobs.audit;

import static java.util.Objects.requireNonNull;

import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.jobs.compare.ComparableTable;
import io.mobilenetspark.jobs.table.NamedColumns;
import io.mobilenetspark.jobs.table.StoredVectors;
import io.mobilenetspark.spark.ClassicSpark;
import io.mobilenetspark.spark.EmbeddingRow;
import io.mobilenetspark.spark.FeatureTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * A table of vectors with numbered rows: the driver and tasks name rows by numbers, which are small
 * and of one type. Each pass over it numbers alike: the files are fixed when the table is opened,
 * or if its format lists them with each pass, in the one pass that all others are made of.
 */
final class AuditTable {

  /** Each row is compared with each: more take days, and the driver keeps some of each row. */
  static final int MOST_ROWS = 5_000_000;

  private final StoredVectors stored;
  private final int dimension;
  private final RowNumbers numbers;
  private final Dataset<Row> rows;
  private final @Nullable JavaRDD<InternalRow> planned;
  private final @Nullable Dataset<Row> images;
  private final @Nullable JavaRDD<InternalRow> plannedImages;

  private AuditTable(
      StoredVectors stored,
      int dimension,
      RowNumbers numbers,
      Dataset<Row> rows,
      @Nullable JavaRDD<InternalRow> planned,
      @Nullable Dataset<Row> images) {
    this.stored = stored;
    this.dimension = dimension;
    this.numbers = numbers;
    this.rows = rows;
    this.planned = planned;
    this.images = images;
    this.plannedImages =
        planned == null || images == null ? null : ClassicSpark.rows(images); // of the same files
  }

  /**
   * Opens it.
   *
   * @param columns what is read beside the vectors
   * @throws UserException if its vectors can't be compared, there are too many, or a column is
   *     missing
   */
  static AuditTable of(StoredVectors stored, AuditColumns columns) {
    int dimension = ComparableTable.requireDimension(stored);
    requireFew(stored.rowCount());
    Dataset<Row> rows = stored.rows();
    StructType schema = rows.schema();
    List<Column> selected = new ArrayList<>(); // as AuditedRow takes them
    selected.add(functions.col(FeatureTable.FEATURES));
    selected.add(NamedColumns.text(rows, columns.split(), "--split"));
    selected.add(StoredVectors.text(stored.idColumn(), stored.idType()));
    selected.add(NamedColumns.label(rows, columns.labels()));
    selected.add(functions.col(FeatureTable.STATUS).cast(DataTypes.StringType));
    selected.add(ifThere(schema, FeatureTable.ERROR, DataTypes.StringType));
    selected.add(ifThere(schema, FeatureTable.WIDTH, DataTypes.IntegerType));
    selected.add(ifThere(schema, FeatureTable.HEIGHT, DataTypes.IntegerType));
    selected.add(measured(schema, EmbeddingRow.BRIGHTNESS));
    selected.add(measured(schema, EmbeddingRow.SHARPNESS));
    Dataset<Row> images = columns.images() == null ? null : images(rows, columns.images());
    Dataset<Row> audited = rows.select(selected.toArray(Column[]::new)).toDF(AuditedRow.names());
    JavaRDD<InternalRow> planned = stored.hasFiles() ? null : ClassicSpark.rows(audited);
    JavaRDD<InternalRow> counted =
        planned == null
            ? ClassicSpark.rows(rows.select(functions.col(FeatureTable.STATUS)))
            : planned;
    return new AuditTable(stored, dimension, RowNumbers.of(counted), audited, planned, images);
  }

  /**
   * Looks at the number of rows alone, before any work.
   *
   * @throws UserException if there are more than are compared
   */
  static void requireFew(long rows) {
    if (rows > MOST_ROWS) {
      throw UserException.input(
          String.format(
              Locale.ROOT,
              "The table has %,d rows, and audit, which compares each with each, takes %,d at most."
                  + " Audit a sample of it, or its parts.",
              rows,
              MOST_ROWS));
    }
  }

  private static Dataset<Row> images(Dataset<Row> rows, String name) {
    Column image = StoredVectors.column(NamedColumns.image(rows.schema(), name));
    Column isRead = functions.col(FeatureTable.STATUS).equalTo("OK");
    Column isUnmeasured = measured(rows.schema(), EmbeddingRow.SHARPNESS).isNull();
    return rows.select(functions.coalesce(isRead.and(isUnmeasured), functions.lit(false)), image);
  }

  /** Whether a table has what {@code embed --image-stats} adds, and not a column of that name. */
  static boolean isMeasured(StructType schema) {
    return FeatureTable.hasColumn(schema, FeatureTable.IMAGE_STATS)
        && schema
            .apply(FeatureTable.columnIndex(schema, FeatureTable.IMAGE_STATS))
            .dataType()
            .catalogString()
            .equals(EmbeddingRow.STATISTICS.catalogString());
  }

  private static Column measured(StructType schema, String field) {
    if (!isMeasured(schema)) {
      return functions.lit(null).cast(DataTypes.DoubleType);
    }
    int index = FeatureTable.columnIndex(schema, FeatureTable.IMAGE_STATS);
    return StoredVectors.column(schema.fieldNames()[index]).getField(field);
  }

  private static Column ifThere(StructType schema, String name, DataType type) {
    return FeatureTable.hasColumn(schema, name)
        ? StoredVectors.column(schema.fieldNames()[FeatureTable.columnIndex(schema, name)])
            .cast(type)
        : functions.lit(null).cast(type);
  }

  /** Whether it tells how large its images are, as tables that embed wrote do. */
  boolean hasSizes() {
    StructType schema = stored.rows().schema();
    return FeatureTable.hasColumn(schema, FeatureTable.WIDTH)
        && FeatureTable.hasColumn(schema, FeatureTable.HEIGHT);
  }

  /** Whether the table tells of its images' pixels. */
  boolean isMeasured() {
    return isMeasured(stored.rows().schema());
  }

  StoredVectors stored() {
    return stored;
  }

  int dimension() {
    return dimension;
  }

  /** The vector and {@link AuditedRow#COLUMNS}, with the row's number. */
  JavaPairRDD<InternalRow, Long> numbered() {
    return numbers.number(planned == null ? ClassicSpark.rows(rows) : planned);
  }

  /** What rows are compared by: the vector and the split, with the row's number. */
  JavaPairRDD<InternalRow, Long> compared() {
    if (planned != null) {
      return numbers.number(planned.map(AuditedRow::compared));
    }
    String[] names = AuditedRow.names();
    return numbers.number(
        ClassicSpark.rows(rows.select(names[AuditedRow.FEATURES], names[AuditedRow.SPLIT])));
  }

  /**
   * The images, which no other pass reads: whether the row's was read when it was embedded, and not
   * measured, and the image, with the row's number. Empty unless they were asked for.
   */
  Optional<JavaPairRDD<InternalRow, Long>> images() {
    return Optional.ofNullable(images)
        .map(read -> plannedImages == null ? ClassicSpark.rows(read) : plannedImages)
        .map(numbers::number);
  }

  /**
   * The type of the images.
   *
   * @throws NullPointerException if they were not asked for
   */
  DataType imageType() {
    return requireNonNull(images, "no images were asked for").schema().apply(1).dataType();
  }
}
