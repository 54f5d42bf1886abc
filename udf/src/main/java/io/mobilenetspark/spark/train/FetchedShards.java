package io.mobilenetspark.spark.train;

import io.mobilenetspark.train.TrainingRow;
import java.io.IOException;
import java.io.Serializable;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a process has fetched of shards whose pixels it lacked, so that it fetches them once, not in
 * each step. Broadcast empty: each executor has its own, which Spark closes as it drops it.
 *
 * <p>Safe for use by many threads.
 */
final class FetchedShards implements Serializable, AutoCloseable {
  private static final long serialVersionUID = 1;

  private transient @Nullable Map<Integer, Shard> shards; // by partition

  private synchronized Map<Integer, Shard> shards() {
    if (shards == null) { // it has just come here
      shards = new ConcurrentHashMap<>();
    }
    return shards;
  }

  /**
   * Gives a partition's.
   *
   * @param rows of the partition
   */
  Shard of(int partition, Supplier<Iterator<TrainingRow>> rows) throws IOException {
    Shard shard = shards().get(partition);
    if (shard == null || !shard.isHere()) {
      shard = Shard.write(rows.get());
      // One that another task has put there meanwhile may be in use, and goes with its last user.
      shards().put(partition, shard);
    }
    return shard;
  }

  @Override
  public void close() {
    shards().values().forEach(Shard::close);
    shards().clear();
  }
}
