package io.mobilenetspark.jobs;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * A row that is like a query.
 *
 * @param similarity the cosine
 * @param id the row's id, as Spark has it
 */
record Hit(float similarity, @Nullable Object id) implements Serializable {
  private static final long serialVersionUID = 1;
}
