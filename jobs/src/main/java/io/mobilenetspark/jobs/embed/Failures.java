package io.mobilenetspark.jobs.embed;

import io.mobilenetspark.image.ImageStatus;
import io.mobilenetspark.jobs.common.Terminal;
import io.mobilenetspark.jobs.table.StoredVectors;
import io.mobilenetspark.model.handle.Redacted;
import io.mobilenetspark.spark.FeatureTable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/**
 * Which images could not be read and why, for people: of each status the first and the last row.
 */
final class Failures {

  /** A line of a terminal or two. */
  private static final int LONGEST = 300;

  private static final int LONGEST_ID = 120;

  private Failures() {}

  /**
   * A row that could not be read.
   *
   * @param status the cause
   * @param id of the row, without secrets
   * @param error the reason, without secrets
   */
  record Example(String status, String id, String error) {

    Map<String, Object> json() {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("status", status);
      json.put("id", id);
      json.put("error", error);
      return json;
    }
  }

  /**
   * Two examples of each cause, one if there is one row; none if such rows were left out.
   *
   * @param counts rows of the run by status
   * @param table that the run has written; its ids, statuses and errors are read
   */
  static List<Example> of(Map<ImageStatus, Long> counts, StoredVectors table) {
    Object[] failed =
        counts.entrySet().stream()
            .filter(entry -> entry.getValue() > 0 && entry.getKey().isMalformed())
            .map(entry -> entry.getKey().name())
            .toArray();
    Column status = functions.col(FeatureTable.STATUS);
    Column example = functions.struct(table.idText().as("id"), functions.col(FeatureTable.ERROR));
    return table
        .rows()
        .where(status.isin(failed))
        .groupBy(status)
        .agg(functions.min(example), functions.max(example))
        .orderBy(status)
        .collectAsList()
        .stream()
        .flatMap(
            row ->
                Stream.of(row.getStruct(1), row.getStruct(2))
                    .filter(Objects::nonNull)
                    .map(one -> example(row.getString(0), one))
                    .distinct())
        .toList();
  }

  private static Example example(String status, Row row) {
    return new Example(
        status,
        Redacted.text(String.valueOf(row.getString(0))),
        Redacted.text(String.valueOf(row.getString(1))));
  }

  /** For people: a line each, the causes in a column. */
  static List<String> lines(List<Example> examples) {
    int width = examples.stream().mapToInt(one -> one.status().length()).max().orElse(1);
    return examples.stream().map(one -> line(one, width)).toList();
  }

  /** Without its middle, so that the reason is seen. */
  private static String shortened(String id) {
    String shown = Terminal.shown(id);
    int points = shown.codePointCount(0, shown.length());
    return points <= LONGEST_ID
        ? shown
        : shown.substring(0, shown.offsetByCodePoints(0, LONGEST_ID / 2))
            + "..."
            + shown.substring(shown.offsetByCodePoints(shown.length(), -LONGEST_ID / 2));
  }

  private static String line(Example example, int width) {
    String text =
        String.format(
            Locale.ROOT,
            "  %-" + width + "s %s: %s",
            example.status(),
            shortened(example.id()),
            Terminal.shown(example.error()));
    return text.codePointCount(0, text.length()) <= LONGEST
        ? text
        : text.substring(0, text.offsetByCodePoints(0, LONGEST - 3)) + "...";
  }
}
