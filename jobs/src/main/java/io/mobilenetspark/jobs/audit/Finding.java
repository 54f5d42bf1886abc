package io.mobilenetspark.jobs.audit;

import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * Something that is wrong with a row.
 *
 * @param kind what
 * @param row its number
 * @param score how much; what it means depends on the kind; null if there is none
 * @param group the smallest row of its group of near-duplicates; null for other kinds
 * @param other the row that it is like; null for other kinds
 * @param suggested the label of its neighbours; null for other kinds
 * @param detail why, for people, with the values
 * @param status of a row that is unreadable: what to count them by; null for other kinds
 */
record Finding(
    FindingKind kind,
    int row,
    @Nullable Double score,
    @Nullable Integer group,
    @Nullable Integer other,
    @Nullable String suggested,
    String detail,
    @Nullable String status) {

  /** Of an image that was read when it was embedded, and can't be read any more. */
  private static final String NO_LONGER_READABLE = "NO_LONGER_READABLE";

  static final String FINDING = "finding";
  static final String ID = "id";
  static final String SCORE = "score";
  static final String GROUP = "group_id";
  static final String OTHER = "other";
  static final String LABEL = "label";
  static final String SUGGESTED = "suggested_label";
  static final String SPLIT = "split";
  static final String DETAIL = "detail";
  static final String STATUS = "status";
  static final String NEIGHBOURS = "neighbours";

  /** The columns of a table of findings. */
  static final StructType COLUMNS =
      new StructType()
          .add(FINDING, DataTypes.StringType)
          .add(ID, DataTypes.StringType)
          .add(SCORE, DataTypes.DoubleType)
          .add(GROUP, DataTypes.IntegerType)
          .add(OTHER, DataTypes.StringType)
          .add(LABEL, DataTypes.StringType)
          .add(SUGGESTED, DataTypes.StringType)
          .add(SPLIT, DataTypes.StringType)
          .add(DETAIL, DataTypes.StringType)
          .add(NEIGHBOURS, DataTypes.createArrayType(DataTypes.StringType))
          .add(STATUS, DataTypes.StringType);

  /** One that is readable. */
  Finding(
      FindingKind kind,
      int row,
      @Nullable Double score,
      @Nullable Integer group,
      @Nullable Integer other,
      @Nullable String suggested,
      String detail) {
    this(kind, row, score, group, other, suggested, detail, null);
  }

  /** One that is told by a score alone. */
  static Finding of(FindingKind kind, int row, double score, String detail) {
    return new Finding(kind, row, score, null, null, null, detail);
  }

  /** A row whose image was read when it was embedded, and can't be read any more. */
  static Finding unreadable(int row, String detail) {
    return unreadable(row, NO_LONGER_READABLE, detail);
  }

  /**
   * A row of which there is nothing to compare.
   *
   * @param status the row's, or of one that was read what its vector has in place of a status
   */
  static Finding unreadable(int row, String status, String detail) {
    return new Finding(FindingKind.UNREADABLE, row, null, null, null, null, detail, status);
  }

  /** As a row of {@link #COLUMNS}. */
  Row toRow(Neighbourhoods all) {
    AuditedRow own = all.rows().get(row);
    return RowFactory.create(
        kind.word(),
        own.id(),
        score,
        group,
        other == null ? null : all.rows().get(other).id(),
        own.label(),
        suggested,
        own.split(),
        detail,
        all.nearest(row).map(nearest -> ids(nearest, all)).orElse(null),
        status);
  }

  private static @Nullable String[] ids(Nearest nearest, Neighbourhoods all) {
    int[] rows = nearest.rows();
    @Nullable String[] ids = new @Nullable String[rows.length];
    for (int i = 0; i < rows.length; i++) {
      ids[i] = all.rows().get(rows[i]).id();
    }
    return ids;
  }
}
