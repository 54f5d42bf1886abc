package io.mobilenetspark.jobs;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * What rows are looked for that are like it.
 *
 * @param name its id, as Spark has it
 * @param vector its vector; null if it has none
 * @param own the id of the row that it is, which is not among its neighbours; null if it is none
 * @param error why it has no neighbours; null if it may have
 */
record Query(
    @Nullable Object name,
    @Nullable SearchVector vector,
    @Nullable Object own,
    @Nullable String error)
    implements Serializable {
  private static final long serialVersionUID = 1;
}
