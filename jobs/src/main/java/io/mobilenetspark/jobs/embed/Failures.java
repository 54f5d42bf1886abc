package io.mobilenetspark.jobs.embed;

import io.mobilenetspark.image.ImageStatus;
import io.mobilenetspark.jobs.cli.Console;
import io.mobilenetspark.jobs.common.Terminal;
import io.mobilenetspark.jobs.table.StoredVectors;
import io.mobilenetspark.model.handle.Redacted;
import io.mobilenetspark.spark.FeatureTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
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
   * Tells of examples; of none if such rows were left out.
   *
   * @param counts rows of the run by status
   * @param table that the run has written; its ids, statuses and errors are read
   * @param heading what is said before the examples
   */
  static void tell(
      Map<ImageStatus, Long> counts,
      Supplier<StoredVectors> table,
      String heading,
      Console console) {
    try {
      List<String> lines = lines(counts, table.get());
      if (!lines.isEmpty()) {
        console.print(heading);
        lines.forEach(console::print);
      }
    } catch (Exception e) { // Spark throws checked exceptions out of methods without them
      console.note("The images that could not be read can't be shown: " + e.getMessage());
    }
  }

  private static List<String> lines(Map<ImageStatus, Long> counts, StoredVectors table) {
    Object[] failed =
        counts.entrySet().stream()
            .filter(entry -> entry.getValue() > 0 && entry.getKey().isMalformed())
            .map(entry -> entry.getKey().name())
            .toArray();
    Column status = functions.col(FeatureTable.STATUS);
    Column example =
        functions.struct(
            StoredVectors.text(table.idColumn(), table.idType()).as("id"),
            functions.col(FeatureTable.ERROR));
    List<Row> examples =
        table
            .rows()
            .where(status.isin(failed))
            .groupBy(status)
            .agg(functions.min(example), functions.max(example))
            .orderBy(status)
            .collectAsList();
    List<String> lines = new ArrayList<>();
    for (Row row : examples) {
      Stream.of(row.getStruct(1), row.getStruct(2))
          .filter(Objects::nonNull)
          .map(one -> line(row.getString(0), one))
          .distinct()
          .forEach(lines::add);
    }
    return lines;
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

  private static String line(String status, Row example) {
    String text =
        String.format(
            Locale.ROOT,
            "  %s %s: %s",
            status,
            shortened(Redacted.text(String.valueOf(example.getString(0)))),
            Terminal.shown(Redacted.text(String.valueOf(example.getString(1)))));
    return text.codePointCount(0, text.length()) <= LONGEST
        ? text
        : text.substring(0, text.offsetByCodePoints(0, LONGEST - 3)) + "...";
  }
}
