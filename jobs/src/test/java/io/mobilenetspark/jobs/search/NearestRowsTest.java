package io.mobilenetspark.jobs.search;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.jobs.Commands;
import io.mobilenetspark.jobs.compare.SearchVector;
import io.mobilenetspark.jobs.search.NearestRows.Nearest;
import io.mobilenetspark.jobs.table.StoredVectors;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** One query's neighbours, without a plan, against those that Spark plans. */
class NearestRowsTest {

  private static final String SPLIT = "spark.sql.files.maxPartitionBytes";
  private static final int ROWS = 120;
  private static final int DIMENSION = 5;

  private final SparkSession spark = Commands.session();
  @TempDir private Path directory;

  static Stream<Arguments> ids() {
    return Stream.of(
        of(DataTypes.StringType, i -> "\u00fc " + i),
        of(DataTypes.IntegerType, i -> i - 5),
        of(DataTypes.BinaryType, i -> new byte[] {(byte) 0xab, (byte) i}),
        of(DataTypes.TimestampType, i -> new Timestamp(1_000_000_007L * i)),
        of(DataTypes.createDecimalType(20, 3), i -> new BigDecimal(i + ".250")),
        of(
            new StructType().add("a", DataTypes.StringType).add("b", DataTypes.BinaryType),
            i -> RowFactory.create("x" + i, new byte[] {'b', (byte) ('a' + i % 20)})),
        of(DataTypes.createArrayType(DataTypes.LongType), i -> List.of((long) i, 7L)));
  }

  private static Arguments of(DataType type, IntFunction<Object> id) {
    return Arguments.of(type, id);
  }

  @ParameterizedTest
  @MethodSource("ids")
  void asPlanned(DataType type, IntFunction<Object> id) {
    StoredVectors table = table(type, id, 3);
    Query query = query();

    NearestRows found = NearestRows.of(spark, new VectorSearch(spark, table, 12), query);

    assertThat(found.rows()).hasSize(12).isEqualTo(planned(table, 12, query));
    assertThat(found.why()).isEmpty();
    assertThat(found.notes()).containsExactly("Not searched: 1 row that has no vector");
  }

  /** So many that the driver does not take all of them. */
  @Test
  void ofManyParts() {
    spark.conf().set(SPLIT, "500");
    try {
      StoredVectors table = table(DataTypes.IntegerType, i -> i, 60);
      int k = 400_000 / table.rows().toJavaRDD().getNumPartitions() + 1;
      assertThat(k).isLessThan(7000);

      NearestRows found = NearestRows.of(spark, new VectorSearch(spark, table, k), query());

      assertThat(found.rows()).hasSize(ROWS - 1).isEqualTo(planned(table, k, query()));
    } finally {
      spark.conf().unset(SPLIT);
    }
  }

  private StoredVectors table(DataType type, IntFunction<Object> id, int files) {
    Random random = new Random(7);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      List<Float> vector = new ArrayList<>();
      for (int d = 0; d < DIMENSION; d++) {
        vector.add((float) random.nextGaussian());
      }
      rows.add(RowFactory.create(id.apply(i), i == 3 ? null : vector, i == 3 ? "CORRUPT" : "OK"));
    }
    Path path = directory.resolve("vectors");
    VectorTables.write(rows, type, DIMENSION, files, path);
    return StoredVectors.open(spark, path.toString(), List.of("id"));
  }

  private static Query query() {
    return new Query(null, SearchVector.of(new float[] {1, 2, -3, 0, 1}), Query.Kind.OTHER, null);
  }

  private List<Nearest> planned(StoredVectors table, int k, Query query) {
    VectorSearch search = new VectorSearch(spark, table, k);
    Broadcast<List<Query>> queries = search.broadcast(List.of(query));
    Dataset<Row> rows =
        search.neighbours(queries, DataTypes.StringType, SkippedRows.of(spark.sparkContext()));
    return rows
        .select(
            rows.col(VectorSearch.SIMILARITY),
            StoredVectors.text(rows.col(VectorSearch.ID), search.idType()))
        .collectAsList()
        .stream()
        .map(row -> new Nearest(row.getFloat(0), row.getString(1)))
        .toList();
  }
}
