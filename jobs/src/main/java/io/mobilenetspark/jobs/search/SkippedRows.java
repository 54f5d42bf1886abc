package io.mobilenetspark.jobs.search;

import io.mobilenetspark.jobs.compare.SearchVector.Fault;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.SparkContext;
import org.apache.spark.util.AccumulatorV2;
import scala.Tuple2;

/**
 * Rows that a search passes over, by why. Counted by partition, so that one which is read twice,
 * for a lost executor or a slow one, counts once.
 */
final class SkippedRows
    extends AccumulatorV2<
        Tuple2<Integer, EnumMap<Fault, Long>>, Map<Integer, EnumMap<Fault, Long>>> {
  private static final long serialVersionUID = 1;

  private final TreeMap<Integer, EnumMap<Fault, Long>> partitions = new TreeMap<>();

  /** One that is registered. */
  static SkippedRows of(SparkContext context) {
    SkippedRows rows = new SkippedRows();
    context.register(rows);
    return rows;
  }

  /** Takes all that were passed over in a partition. */
  void count(int partition, EnumMap<Fault, Long> faults) {
    add(new Tuple2<>(partition, faults));
  }

  @Override
  public void add(Tuple2<Integer, EnumMap<Fault, Long>> found) {
    if (!found._2().isEmpty()) {
      partitions.put(found._1(), found._2());
    }
  }

  @Override
  public void merge(
      AccumulatorV2<Tuple2<Integer, EnumMap<Fault, Long>>, Map<Integer, EnumMap<Fault, Long>>>
          other) {
    partitions.putAll(other.value());
  }

  @Override
  public Map<Integer, EnumMap<Fault, Long>> value() {
    return partitions;
  }

  @Override
  public boolean isZero() {
    return partitions.isEmpty();
  }

  @Override
  public void reset() {
    partitions.clear();
  }

  @Override
  public SkippedRows copy() {
    SkippedRows copy = new SkippedRows();
    copy.partitions.putAll(partitions);
    return copy;
  }

  /** A line for each fault that there is. */
  List<String> lines() {
    EnumMap<Fault, Long> counts = new EnumMap<>(Fault.class);
    for (EnumMap<Fault, Long> faults : partitions.values()) {
      faults.forEach((fault, rows) -> counts.merge(fault, rows, Long::sum));
    }
    List<String> lines = new ArrayList<>();
    counts.forEach((fault, rows) -> lines.add("Not searched: " + fault.rows(rows)));
    return lines;
  }
}
