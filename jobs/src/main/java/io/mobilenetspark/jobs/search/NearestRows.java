package io.mobilenetspark.jobs.search;

import io.mobilenetspark.jobs.common.JobFailure;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
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
    SkippedRows skipped = SkippedRows.of(spark.sparkContext());
    List<Nearest> found =
        search.nearest(query, skipped).stream()
            .map(hit -> new Nearest(hit.similarity(), search.text(hit.id())))
            .toList();
    return new NearestRows(
        found,
        found.isEmpty() ? query.whyNoNeighbours() : "",
        Stream.concat(told.stream(), skipped.lines().stream()).toList());
  }
}
