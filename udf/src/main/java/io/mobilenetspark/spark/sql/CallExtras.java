package io.mobilenetspark.spark.sql;

import io.mobilenetspark.spark.EmbedCounters;
import java.io.Serializable;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.jspecify.annotations.Nullable;

/**
 * What a job and a stage have beyond a query.
 *
 * @param files how the files are read that an image column of paths names; null where there is
 *     none. In SQL it is always null: a query could read any file of the executors
 * @param counters told of every row; null if nobody counts
 */
record CallExtras(
    @Nullable Broadcast<SerializableConfiguration> files, @Nullable EmbedCounters counters)
    implements Serializable {

  /** Those of SQL. */
  static final CallExtras NONE = new CallExtras(null, null);

  /** Each broadcast of the same settings is as good as another: a cached plan must be found. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof CallExtras that
        && (files == null) == (that.files == null)
        && counters == that.counters;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(counters);
  }
}
