package io.mobilenetspark.jobs.search;

import io.mobilenetspark.jobs.table.NamedColumns;
import io.mobilenetspark.jobs.table.StoredVectors;
import io.mobilenetspark.spark.FeatureTable;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * What a page shows of a row, beside its id.
 *
 * @param askedLabels the column with labels; null for 'label' if there is one
 * @param askedImages the column with images; null for 'path' if there is one
 */
record ShownColumns(@Nullable String askedLabels, @Nullable String askedImages) {

  private static final String LABEL = "label";

  /** The column with labels; null if there are none. */
  @Nullable String labels(StoredVectors table) {
    boolean hasLabels = FeatureTable.hasColumn(table.rows().schema(), LABEL);
    return askedLabels == null && hasLabels ? LABEL : askedLabels;
  }

  /**
   * The column with images; null if there are none.
   *
   * @throws io.mobilenetspark.jobs.common.UserException if it has none
   */
  @Nullable String images(StoredVectors table) {
    StructType schema = table.rows().schema();
    return askedImages == null
        ? NamedColumns.paths(schema)
        : NamedColumns.image(schema, askedImages);
  }
}
