package io.mobilenetspark.jobs.audit;

import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.catalyst.InternalRow;
import scala.Tuple2;

/**
 * Numbers the rows of a table alike in each pass over it, whichever of its columns are read: files
 * are split by their sizes, whatever of them is needed.
 */
final class RowNumbers {

  /** Of each part, with the number of all rows at the end. */
  private final long[] starts;

  private RowNumbers(long[] starts) {
    this.starts = starts;
  }

  /**
   * Counts the rows.
   *
   * @param rows of any columns
   */
  static RowNumbers of(JavaRDD<InternalRow> rows) {
    List<Long> counts = rows.mapPartitions(part -> List.of(count(part)).iterator()).collect();
    long[] starts = new long[counts.size() + 1];
    for (int i = 0; i < counts.size(); i++) {
      starts[i + 1] = starts[i] + counts.get(i);
    }
    return new RowNumbers(starts);
  }

  private static long count(Iterator<InternalRow> rows) {
    long count = 0;
    while (rows.hasNext()) {
      rows.next();
      count++;
    }
    return count;
  }

  /**
   * Numbers the rows of the same table; a task fails if it reads others.
   *
   * @param rows of any columns
   */
  JavaPairRDD<InternalRow, Long> number(JavaRDD<InternalRow> rows) {
    if (rows.getNumPartitions() != starts.length - 1) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "the table was counted in %d parts and is read in %d",
              starts.length - 1,
              rows.getNumPartitions()));
    }
    long[] all = starts; // a task needs no more than this
    return JavaPairRDD.fromJavaRDD(
        rows.mapPartitionsWithIndex(
            (part, its) -> numbered(its, all[part], all[part + 1]),
            /* preservesPartitioning= */ true));
  }

  private static Iterator<Tuple2<InternalRow, Long>> numbered(
      Iterator<InternalRow> rows, long from, long until) {
    return new Iterator<>() {
      private long next = from;

      @Override
      public boolean hasNext() {
        boolean hasNext = rows.hasNext();
        boolean isMeant = next < until;
        if (hasNext != isMeant) {
          throw new IllegalStateException(
              String.format(
                  Locale.ROOT,
                  "%d rows were counted, and there are %s",
                  until - from,
                  hasNext ? "more" : "fewer"));
        }
        return hasNext;
      }

      @Override
      public Tuple2<InternalRow, Long> next() {
        return new Tuple2<>(rows.next(), next++);
      }
    };
  }
}
