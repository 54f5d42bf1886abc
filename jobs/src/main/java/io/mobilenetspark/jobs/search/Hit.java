package io.mobilenetspark.jobs.search;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/** A row that is like a query. */
final class Hit implements Serializable {
  private static final long serialVersionUID = 1;

  // Plain fields: Kryo, which may be Spark's serializer, can't write records.
  private final float similarity;
  private final @Nullable Object id;

  /**
   * @param similarity the cosine
   * @param id the row's id, as Spark has it
   */
  Hit(float similarity, @Nullable Object id) {
    this.similarity = similarity;
    this.id = id;
  }

  float similarity() {
    return similarity;
  }

  @Nullable Object id() {
    return id;
  }
}
