package io.mobilenetspark.jobs.page;

import io.mobilenetspark.spark.ClassicSpark;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.util.GenericArrayData;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * The rows that a page is told of: all, or one of each id on a card, and of the others as many as
 * there is room for, drawn by a hash of the row. So they are the same however the table is split
 * and in whatever order its rows come.
 */
final class RowSample {

  /** Of ids and labels, which are the greater part of a page: of 100,000 rows 120 bytes each. */
  static final long MOST_TEXT = 12_000_000;

  private static final StructType COLUMNS =
      new StructType()
          .add("id", DataTypes.StringType)
          .add("label", DataTypes.StringType)
          .add("hash", DataTypes.LongType)
          .add("coordinates", DataTypes.createArrayType(DataTypes.FloatType))
          .add("is_shown", DataTypes.BooleanType);

  private RowSample() {}

  /**
   * Draws it. Rows off the map are among it only if a finding of them is shown.
   *
   * @param source the vector, the id and the label of each row
   * @param projection of the same vectors
   * @param shown ids on cards, of each of which a row is in the sample
   * @param bits from {@link AuditFindings#bits}; null if nothing was audited
   * @param most how many rows
   * @param seed of the hash
   * @return those on the map first, and of these those with findings last, as they are to be drawn
   */
  static List<PageRow> of(
      Dataset<Row> source,
      Projection projection,
      Set<@Nullable String> shown,
      @Nullable Dataset<Row> bits,
      int most,
      long seed) {
    SparkSession spark = source.sparkSession();
    String[] names = source.columns();
    Column vector = functions.col(names[0]);
    Column id = functions.col(names[1]);
    Column hash = functions.xxhash64(id, vector, functions.lit(seed));
    Broadcast<Set<@Nullable String>> ids =
        new JavaSparkContext(spark.sparkContext()).broadcast(shown);
    JavaRDD<InternalRow> placed =
        ClassicSpark.rows(source.select(vector, id, functions.col(names[2]), hash))
            .map(row -> placed(row, projection, ids.value()))
            .filter(row -> row.getBoolean(4) || !row.isNullAt(3));
    Dataset<Row> drawn =
        withFirst(ClassicSpark.table(spark, placed, COLUMNS), shown)
            .orderBy(
                functions.col("is_first").desc(),
                functions.col("hash"),
                functions.col("id"),
                functions.col("label"))
            .limit(Math.max(most, shown.size()));
    Dataset<Row> told =
        bits == null
            ? drawn.withColumn("findings", functions.lit(0))
            : drawn.join(bits, drawn.col("id").eqNullSafe(bits.col("found_id")), "left_outer");
    List<Row> rows = within(told.collectAsList());
    return rows.stream().map(RowSample::pageRow).sorted(inDrawingOrder()).toList();
  }

  /**
   * Tells of each row with a card whether it is the first of its id, one on the map if there is
   * any: that one is in the sample, whatever number of rows has the id.
   */
  private static Dataset<Row> withFirst(Dataset<Row> rows, Set<@Nullable String> shown) {
    Column isShown = functions.col("is_shown");
    Dataset<Row> others = rows.withColumn("is_first", functions.lit(false));
    if (shown.isEmpty()) {
      return others.drop("is_shown"); // and the table is not read twice
    }
    Column place =
        functions
            .row_number()
            .over(
                Window.partitionBy("id")
                    .orderBy(
                        functions.col("coordinates").isNull(),
                        functions.col("hash"),
                        functions.col("label")));
    return rows.where(isShown)
        .withColumn("is_first", place.equalTo(1))
        .union(others.where(functions.not(isShown)))
        .drop("is_shown");
  }

  private static InternalRow placed(
      InternalRow row, Projection projection, Set<@Nullable String> ids) {
    float[] coordinates = projection.coordinates(row);
    return new GenericInternalRow(
        new @Nullable Object[] {
          row.isNullAt(1) ? null : row.getUTF8String(1).copy(),
          row.isNullAt(2) ? null : row.getUTF8String(2).copy(),
          row.getLong(3),
          coordinates.length == 0 ? null : new GenericArrayData(coordinates),
          ids.contains(row.isNullAt(1) ? null : row.getUTF8String(1).toString())
        });
  }

  /** As many of the first as there is room for; a join may have changed the order. */
  private static List<Row> within(List<Row> rows) {
    List<Row> sorted = new ArrayList<>(rows);
    sorted.sort(
        Comparator.comparing((Row row) -> !row.getBoolean(4))
            .thenComparingLong(row -> row.getLong(2))
            .thenComparing(row -> row.getString(0), Comparator.nullsFirst(String::compareTo))
            .thenComparing(row -> row.getString(1), Comparator.nullsFirst(String::compareTo)));
    List<Row> kept = new ArrayList<>();
    long text = 0;
    for (Row row : sorted) {
      text += pageRow(row).textBytes();
      if (text > MOST_TEXT && !row.getBoolean(4)) {
        break;
      }
      kept.add(row);
    }
    return kept;
  }

  private static PageRow pageRow(Row row) {
    Integer findings = row.getAs("findings");
    List<Float> values = row.isNullAt(3) ? List.of() : row.getList(3);
    float[] coordinates = new float[values.size()];
    for (int i = 0; i < coordinates.length; i++) {
      coordinates[i] = values.get(i);
    }
    return new PageRow(
        row.getString(0), row.getString(1), findings == null ? 0 : findings, coordinates);
  }

  private static Comparator<PageRow> inDrawingOrder() {
    return Comparator.comparing((PageRow row) -> !row.isOnMap())
        .thenComparing(row -> row.findings() != 0);
  }
}
