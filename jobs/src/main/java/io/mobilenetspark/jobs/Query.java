package io.mobilenetspark.jobs;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/** What rows are looked for that are like it. */
final class Query implements Serializable {
  private static final long serialVersionUID = 1;

  // Plain fields: Kryo, which may be Spark's serializer, can't write records.
  private final @Nullable Object name;
  private final @Nullable SearchVector vector;
  private final @Nullable Object own;
  private final @Nullable String error;

  /**
   * @param name its id, as Spark has it
   * @param vector its vector; null if it has none
   * @param own the id of the row that it is, which is not among its neighbours; null if it is none
   * @param error why it has no neighbours; null if it may have
   */
  Query(
      @Nullable Object name,
      @Nullable SearchVector vector,
      @Nullable Object own,
      @Nullable String error) {
    this.name = name;
    this.vector = vector;
    this.own = own;
    this.error = error;
  }

  @Nullable Object name() {
    return name;
  }

  @Nullable SearchVector vector() {
    return vector;
  }

  @Nullable Object own() {
    return own;
  }

  @Nullable String error() {
    return error;
  }
}
