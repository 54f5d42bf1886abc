package io.mobilenetspark.jobs.vectors;

import io.mobilenetspark.jobs.compare.ComparableTable;
import io.mobilenetspark.jobs.compare.SearchVector.Fault;
import io.mobilenetspark.jobs.table.StoredVectors;
import io.mobilenetspark.spark.ClassicSpark;
import io.mobilenetspark.spark.FeatureTable;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The rows of a table that are exported, counted. The table is read twice, in the same parts: a
 * file says at its beginning how many vectors it has, and file systems such as HDFS and S3 don't go
 * back there.
 */
final class ExportedTable {

  /** Of the exported rows. */
  static final String ID = "id";

  static final String VECTOR = "vector";

  private static final Set<DataType> WHOLE_NUMBERS =
      Set.of(DataTypes.ByteType, DataTypes.ShortType, DataTypes.IntegerType, DataTypes.LongType);

  /** How far from 1 the length of a vector may be that others' tools take for a unit vector. */
  private static final double SLACK = 1e-4;

  private final StoredVectors stored;
  private final int dimension;
  private final DataType idType;
  private final Normalization normalization;
  private final List<PartCount> counts;
  private final JavaRDD<InternalRow> rows;

  private ExportedTable(
      StoredVectors stored,
      int dimension,
      DataType idType,
      Normalization normalization,
      List<PartCount> counts,
      JavaRDD<InternalRow> rows) {
    this.stored = stored;
    this.dimension = dimension;
    this.idType = idType;
    this.normalization = normalization;
    this.counts = counts;
    this.rows = rows;
  }

  /**
   * Counts its rows.
   *
   * @param files the most parts that it is to be read in; 0 for as many as Spark makes of it
   * @throws io.mobilenetspark.jobs.common.UserException if files are damaged, or of several models,
   *     or there are no vectors
   */
  static ExportedTable of(StoredVectors stored, int files, Normalization normalization) {
    int dimension = ComparableTable.requireDimension(stored);
    Dataset<Row> selected =
        stored.rows().select(id(stored).as(ID), functions.col(FeatureTable.FEATURES).as(VECTOR));
    JavaRDD<InternalRow> all = ClassicSpark.rows(selected);
    JavaRDD<InternalRow> parts = files == 0 ? all : all.coalesce(files);
    List<PartCount> counts =
        parts.mapPartitions(part -> List.of(PartCount.of(part, dimension)).iterator()).collect();
    DataType idType = selected.schema().apply(0).dataType();
    long[] vectors = counts.stream().mapToLong(PartCount::vectors).toArray();
    return new ExportedTable(
        stored,
        dimension,
        idType,
        normalization,
        counts,
        parts.mapPartitionsWithIndex(
            new ExportedRows(vectors, idType, dimension, normalization),
            /* preservesPartitioning= */ true));
  }

  /** Whole numbers as they are: tools number rows; all else as text. */
  private static Column id(StoredVectors stored) {
    return WHOLE_NUMBERS.contains(stored.idType())
        ? stored.idColumn().cast(DataTypes.LongType)
        : StoredVectors.text(stored.idColumn(), stored.idType());
  }

  StoredVectors stored() {
    return stored;
  }

  int dimension() {
    return dimension;
  }

  /** LONG or STRING. */
  DataType idType() {
    return idType;
  }

  Normalization normalization() {
    return normalization;
  }

  /** {@link #ID} and {@link #VECTOR}, in as many parts as {@link #counts}. */
  JavaRDD<InternalRow> rows() {
    return rows;
  }

  /** The same as a table. */
  Dataset<Row> table(SparkSession spark) {
    return ClassicSpark.table(
        spark,
        rows,
        new StructType()
            .add(ID, idType)
            .add(VECTOR, DataTypes.createArrayType(DataTypes.FloatType, false)));
  }

  /** Of each part, how many rows are exported. */
  long[] counts() {
    return counts.stream().mapToLong(PartCount::vectors).toArray();
  }

  /** How many rows are exported. */
  long vectors() {
    return counts.stream().mapToLong(PartCount::vectors).sum();
  }

  /** How many rows are not, by why. */
  Map<Fault, Long> leftOut() {
    EnumMap<Fault, Long> leftOut = new EnumMap<>(Fault.class);
    counts.forEach(
        part -> part.leftOut().forEach((fault, rows) -> leftOut.merge(fault, rows, Long::sum)));
    return leftOut;
  }

  /** Whether the exported vectors have length 1, so that an inner product is a cosine. */
  boolean isUnitLength() {
    return normalization == Normalization.L2
        || counts.stream()
            .filter(part -> part.vectors() > 0)
            .allMatch(part -> part.shortest() > 1 - SLACK && part.longest() < 1 + SLACK);
  }
}
