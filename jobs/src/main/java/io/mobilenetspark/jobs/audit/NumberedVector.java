package io.mobilenetspark.jobs.audit;

import io.mobilenetspark.jobs.compare.SearchVector;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/** A row of the group that is compared with the whole table. */
final class NumberedVector implements Serializable {
  private static final long serialVersionUID = 1;

  // Plain fields: Kryo, which may be Spark's serializer, can't write records.
  private final int row;
  private final @Nullable String split;
  private final SearchVector vector;

  NumberedVector(int row, @Nullable String split, SearchVector vector) {
    this.row = row;
    this.split = split;
    this.vector = vector;
  }

  int row() {
    return row;
  }

  @Nullable String split() {
    return split;
  }

  SearchVector vector() {
    return vector;
  }
}
