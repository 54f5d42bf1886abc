package io.mobilenetspark.jobs.search;

import io.mobilenetspark.jobs.common.JobFailure;
import io.mobilenetspark.jobs.table.StoredVectors;
import io.mobilenetspark.spark.FeatureTable;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.jspecify.annotations.Nullable;

/**
 * The neighbours of one query, on the driver.
 *
 * @param rows the best first
 * @param why there are none; empty if there are any
 * @param notes a line for each reason why rows were not compared, or an index not used
 */
record NearestRows(List<Nearest> rows, String why, List<String> notes) {

  /**
   * A neighbour.
   *
   * @param similarity the cosine
   * @param id as text that {@code --query-id} takes; null if it is NULL
   */
  record Nearest(float similarity, @Nullable String id) {}

  /**
   * Searches for them.
   *
   * @throws io.mobilenetspark.jobs.common.UserException if that fails
   */
  static NearestRows of(SparkSession spark, VectorSearch search, Query query) {
    try {
      return once(spark, search, query, List.of());
    } catch (Exception e) { // Spark throws checked exceptions out of methods without them
      String told = search.giveUpIndex(e).orElseThrow(() -> JobFailure.of(e));
      try {
        return once(spark, search, query, List.of(told));
      } catch (Exception again) {
        throw JobFailure.of(again);
      }
    }
  }

  private static NearestRows once(
      SparkSession spark, VectorSearch search, Query query, List<String> told) {
    DataType type = query.isRow() ? search.idType() : DataTypes.StringType;
    SkippedRows skipped = SkippedRows.of(spark.sparkContext());
    Broadcast<List<Query>> queries = search.broadcast(List.of(query));
    List<Row> found;
    try {
      Dataset<Row> rows = search.neighbours(queries, type, skipped);
      found =
          rows.select( // in order: of one query
                  rows.col(VectorSearch.SIMILARITY),
                  StoredVectors.text(rows.col(VectorSearch.ID), search.idType()),
                  rows.col(FeatureTable.ERROR))
              .collectAsList();
    } finally {
      queries.destroy();
    }
    List<String> lines = Stream.concat(told.stream(), skipped.lines().stream()).toList();
    return found.get(0).isNullAt(0)
        ? new NearestRows(List.of(), found.get(0).getString(2), lines)
        : new NearestRows(
            found.stream().map(row -> new Nearest(row.getFloat(0), row.getString(1))).toList(),
            "",
            lines);
  }
}
