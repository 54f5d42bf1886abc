package io.mobilenetspark.spark.train;

import io.mobilenetspark.train.TrainingRow;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import org.apache.spark.HashPartitioner;
import org.apache.spark.api.java.JavaRDD;
import scala.Tuple2;

/**
 * Numbers rows in the order of their keys. Keys are sorted over all partitions, not what they
 * belong to: decoded images are some 150 KB each. Rows with the same key are the same but for their
 * names, and are numbered in the order of their partitions.
 */
final class RowNumbers {

  private RowNumbers() {}

  /** A key and the partition that its row is in. Kryo, in Spark, does not take records. */
  private static final class Place implements Comparable<Place>, Serializable {
    private static final long serialVersionUID = 1;

    private final long key;
    private final int partition;

    Place(long key, int partition) {
      this.key = key;
      this.partition = partition;
    }

    @Override
    public int compareTo(Place other) {
      int order = Long.compare(key, other.key);
      return order == 0 ? Integer.compare(partition, other.partition) : order;
    }
  }

  /**
   * Numbers them, from 0.
   *
   * @param rows whose partitions have the same rows whenever they are computed
   * @param sorting tasks that sort
   */
  static JavaRDD<TrainingRow> of(JavaRDD<KeyedRow> rows, int sorting) {
    JavaRDD<Tuple2<Long, Long>> numbers =
        rows.mapPartitionsWithIndex(RowNumbers::places, /* preservesPartitioning= */ true)
            .mapToPair(place -> new Tuple2<>(place, true))
            .sortByKey(/* ascending= */ true, sorting)
            .keys()
            .zipWithIndex()
            .mapToPair(
                pair -> new Tuple2<>(pair._1().partition, new Tuple2<>(pair._1().key, pair._2())))
            .partitionBy(new HashPartitioner(rows.getNumPartitions())) // to where they came from
            .values();
    return rows.zipPartitions(numbers, RowNumbers::numbered);
  }

  private static Iterator<Place> places(int partition, Iterator<KeyedRow> rows) {
    List<Place> places = new ArrayList<>();
    rows.forEachRemaining(row -> places.add(new Place(row.key(), partition)));
    return places.iterator();
  }

  private static Iterator<TrainingRow> numbered(
      Iterator<KeyedRow> rows, Iterator<Tuple2<Long, Long>> numbers) {
    Map<Long, Queue<Long>> ofKeys = new HashMap<>();
    numbers.forEachRemaining(
        number ->
            ofKeys.computeIfAbsent(number._1(), key -> new PriorityQueue<>()).add(number._2()));
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        if (rows.hasNext()) {
          return true;
        }
        if (ofKeys.values().stream().anyMatch(left -> !left.isEmpty())) {
          throw otherRows();
        }
        return false;
      }

      @Override
      public TrainingRow next() {
        KeyedRow row = rows.next();
        Queue<Long> left = ofKeys.get(row.key());
        if (left == null || left.isEmpty()) {
          throw otherRows();
        }
        return row.row().withIndex(left.remove());
      }
    };
  }

  private static IllegalStateException otherRows() {
    return new IllegalStateException(
        "The training set's table has other rows than a moment ago, or images that could be read"
            + " can't be any more. Write it to files that stay, and train on these.");
  }
}
