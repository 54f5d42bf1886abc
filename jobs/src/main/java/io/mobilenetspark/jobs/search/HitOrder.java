package io.mobilenetspark.jobs.search;

import java.util.Comparator;
import java.util.Objects;
import org.apache.spark.sql.catalyst.util.TypeUtils;
import org.apache.spark.sql.types.DataType;
import org.jspecify.annotations.Nullable;
import scala.math.Ordering;

/** The best first; of those alike, by id as {@code ORDER BY} has it, NULL last. */
final class HitOrder implements Comparator<Hit> {
  private final Ordering<Object> ids;

  /**
   * @param type of the ids
   */
  HitOrder(DataType type) {
    ids = TypeUtils.getInterpretedOrdering(type);
  }

  @Override
  public int compare(Hit one, Hit other) {
    int bySimilarity = Float.compare(other.similarity(), one.similarity());
    return bySimilarity != 0 ? bySimilarity : byId(one.id(), other.id());
  }

  private int byId(@Nullable Object one, @Nullable Object other) {
    if (one == null || other == null) {
      return Boolean.compare(one == null, other == null);
    }
    return ids.compare(one, other);
  }

  /** Whether two ids are one. */
  boolean isSame(@Nullable Object one, @Nullable Object other) {
    return Objects.equals(one, other) || (one != null && other != null && byId(one, other) == 0);
  }
}
