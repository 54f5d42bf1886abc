package io.mobilenetspark.jobs.page;

import io.mobilenetspark.model.handle.Redacted;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/**
 * A finding that is shown.
 *
 * @param kind its position among the kinds of the audit
 * @param id the row's
 * @param score how much; null if there is none
 * @param group the same for near-duplicates of each other, leaks among them; null for other kinds
 * @param other the id of the row that it is like; null if it is like none
 * @param label the row's; null if it has none
 * @param suggested the label of its neighbours; null for other kinds
 * @param detail why, for people
 * @param neighbours ids of the most similar rows, the nearest first
 */
record GalleryEntry(
    int kind,
    @Nullable String id,
    @Nullable Double score,
    @Nullable Integer group,
    @Nullable String other,
    @Nullable String label,
    @Nullable String suggested,
    String detail,
    List<@Nullable String> neighbours) {

  /** As many as fit a strip. */
  private static final int NEIGHBOURS = 8;

  private static final int DETAIL_CHARACTERS = 500;

  /** Of a row of an audit's table. */
  static GalleryEntry of(int kind, Row row) {
    String detail = row.getAs("detail");
    return new GalleryEntry(
        kind,
        row.getAs("id"),
        row.getAs("score"),
        row.getAs("group_id"),
        row.getAs("other"),
        row.getAs("label"),
        row.getAs("suggested_label"),
        shortened(detail == null ? "" : Redacted.text(detail)),
        neighbours(row));
  }

  private static List<@Nullable String> neighbours(Row row) {
    int column = row.fieldIndex("neighbours");
    List<@Nullable String> all = row.isNullAt(column) ? List.of() : row.getList(column);
    return new ArrayList<>(all.subList(0, Math.min(NEIGHBOURS, all.size())));
  }

  private static String shortened(String text) {
    return text.codePointCount(0, text.length()) <= DETAIL_CHARACTERS
        ? text
        : text.substring(0, text.offsetByCodePoints(0, DETAIL_CHARACTERS)) + "…";
  }

  /** Ids of all rows that it shows. */
  Stream<@Nullable String> ids() {
    Stream<@Nullable String> likeIt = other == null ? Stream.empty() : Stream.of(other);
    return Stream.of(Stream.of(id), likeIt, neighbours.stream()).flatMap(ids -> ids);
  }
}
