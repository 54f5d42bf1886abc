package io.mobilenetspark.jobs.search;

import io.mobilenetspark.jobs.compare.SearchVector;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/** What rows are looked for that are like it. */
final class Query implements Serializable {
  private static final long serialVersionUID = 1;

  /** What is asked. */
  enum Kind {
    /** A row of the table, which is not its own neighbour. */
    ROW,
    /** Anything else. */
    OTHER
  }

  // Plain fields: Kryo, which may be Spark's serializer, can't write records.
  private final @Nullable Object name;
  private final @Nullable SearchVector vector;
  private final Kind kind;
  private final @Nullable String error;

  /**
   * @param name its id, as Spark has it
   * @param vector its vector; null if it has none
   * @param kind whether its id is that of rows which are not among its neighbours
   * @param error why it has no neighbours; null if it may have
   */
  Query(@Nullable Object name, @Nullable SearchVector vector, Kind kind, @Nullable String error) {
    this.name = name;
    this.vector = vector;
    this.kind = kind;
    this.error = error;
  }

  @Nullable Object name() {
    return name;
  }

  @Nullable SearchVector vector() {
    return vector;
  }

  boolean isRow() {
    return kind == Kind.ROW;
  }

  /** Why it has none, if none is found. */
  String whyNoNeighbours() {
    return error == null ? "the table has no other row to compare" : error;
  }
}
