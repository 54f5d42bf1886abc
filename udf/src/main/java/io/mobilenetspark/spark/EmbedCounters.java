package io.mobilenetspark.spark;

import io.mobilenetspark.image.ImageStatus;
import java.io.Serializable;
import java.util.EnumMap;
import java.util.Map;
import org.apache.spark.SparkContext;
import org.apache.spark.util.LongAccumulator;

/**
 * Counts what an embedding does, over all executors. Exact when the table's vectors are computed in
 * the stage of the action itself (a write, say): Spark then counts every task once, however often
 * it is retried.
 */
public final class EmbedCounters implements Serializable {
  private static final long serialVersionUID = 1;

  /** What the accumulators' names begin with. */
  public static final String PREFIX = "mobilenet.";

  /** What the names of the row counters begin with. */
  public static final String ROWS = PREFIX + "rows.";

  private final EnumMap<ImageStatus, LongAccumulator> rows = new EnumMap<>(ImageStatus.class);
  private final LongAccumulator sessions;
  private final LongAccumulator batches;

  private EmbedCounters(SparkContext context) {
    for (ImageStatus status : ImageStatus.values()) {
      rows.put(status, context.longAccumulator(ROWS + status));
    }
    sessions = context.longAccumulator(PREFIX + "sessions");
    batches = context.longAccumulator(PREFIX + "batches");
  }

  /** Counters that are registered with a context. */
  public static EmbedCounters register(SparkContext context) {
    return new EmbedCounters(context);
  }

  /** Counts a row of a task. Call it on executors. */
  public void addRow(ImageStatus status) {
    accumulator(status).add(1);
  }

  /** Counts a session that a task opened. Call it on executors. */
  public void addSession() {
    sessions.add(1);
  }

  /** Counts a run of the model in a task. Call it on executors. */
  public void addBatch() {
    batches.add(1);
  }

  /** Rows so far of finished tasks, by status; every status is there. Call it on the driver. */
  public Map<ImageStatus, Long> rows() {
    Map<ImageStatus, Long> counts = new EnumMap<>(ImageStatus.class);
    rows.forEach((status, accumulator) -> counts.put(status, accumulator.value()));
    return counts;
  }

  /** TensorFlow sessions that were opened, on all executors. Call it on the driver. */
  public long sessions() {
    return sessions.value();
  }

  /** Batches that were run, on all executors. Call it on the driver. */
  public long batches() {
    return batches.value();
  }

  private LongAccumulator accumulator(ImageStatus status) {
    LongAccumulator accumulator = rows.get(status);
    if (accumulator == null) {
      throw new IllegalStateException("no counter for " + status);
    }
    return accumulator;
  }
}
