package io.mobilenetspark.jobs.embed;

import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;

import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.jobs.table.IdColumns;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** What rows are told apart by. */
final class UniqueIds {

  /** Of ids that a message names. */
  private static final int NAMED = 3;

  private UniqueIds() {}

  /**
   * Fails unless ids name rows.
   *
   * @param input the rows
   * @param ids the columns
   * @throws UserException if one is NULL, or all are the same on several rows
   */
  static void require(Dataset<Row> input, IdColumns ids) {
    List<Row> some =
        input
            .select(ids.value().as("id"), ids.isNull().as("is_null"))
            .groupBy("id", "is_null")
            .agg(count(lit(1)).as("rows"))
            .where("rows > 1 OR is_null")
            .select("id", "rows")
            .limit(NAMED + 1)
            .collectAsList();
    if (some.isEmpty()) {
      return;
    }
    String named =
        some.stream()
            .limit(NAMED)
            .map(
                row ->
                    String.format(
                        Locale.ROOT, "%s (%,d rows)", ids.nameOf(row.get(0)), row.getLong(1)))
            .sorted()
            .collect(Collectors.joining(", "));
    throw UserException.input(
        String.format(
            Locale.ROOT,
            (ids.names().size() == 1
                    ? "Column '%s' does not name the rows of the input: it is NULL, or the same on"
                        + " several rows: %s%s. --output-mode incremental uses it to find the rows that"
                        + " are new."
                    : "The columns %s do not name the rows of the input together: one is NULL, or all"
                        + " are the same on several rows: %s%s. --output-mode incremental uses them to"
                        + " find the rows that are new.")
                + " Pass another --id-column, or an input without duplicates.",
            ids.label(),
            named,
            some.size() > NAMED ? ", ..." : ""));
  }
}
