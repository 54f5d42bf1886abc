package io.mobilenetspark.jobs.audit;

import io.mobilenetspark.common.Quantity;
import io.mobilenetspark.jobs.cli.Console;
import io.mobilenetspark.jobs.compare.SearchVector;
import io.mobilenetspark.jobs.compare.SearchVector.Fault;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.storage.StorageLevel;
import org.jspecify.annotations.Nullable;
import scala.Tuple2;

/** All rows, with what is like them: each group of rows is compared with the whole table. */
final class Neighbourhoods {

  /** Of a group of rows, which goes to each executor. */
  private static final long BYTES = 64L << 20;

  /** Of a group's rows, which each task may find. */
  private static final long HITS = 400_000;

  private final List<AuditedRow> rows = new ArrayList<>();
  private final List<@Nullable Nearest> nearest = new ArrayList<>();
  private final List<@Nullable Nearest> leaks = new ArrayList<>();
  private final List<Optional<Fault>> faults = new ArrayList<>();
  private final Forest duplicates = new Forest();

  private Neighbourhoods() {}

  /**
   * Compares each row with each.
   *
   * @param k how many neighbours are kept of a row
   * @param threshold the cosine from which on rows are near-duplicates
   */
  static Neighbourhoods of(
      SparkSession spark, AuditTable table, int k, float threshold, Console console) {
    Neighbourhoods found = new Neighbourhoods();
    long bytes = 3L * Float.BYTES * table.dimension(); // broadcast, read, and each task's units
    int size = Math.toIntExact(Math.max(1, Math.min(BYTES / bytes, HITS / k)));
    Iterator<Tuple2<InternalRow, Long>> all = copied(table.numbered()).toLocalIterator();
    JavaRDD<Tuple2<InternalRow, Long>> compared = shared(spark, table);
    try {
      while (all.hasNext()) {
        List<NumberedVector> group = new ArrayList<>(); // Kryo can't read List.of()
        while (all.hasNext() && group.size() < size) {
          found.add(all.next()._1(), table.dimension(), group);
        }
        found.compare(
            spark,
            group,
            compared,
            sent -> new NeighbourScan(sent, k, table.dimension(), threshold));
        if (all.hasNext()) {
          console.note(
              String.format(Locale.ROOT, "%s compared", Quantity.of(found.rows.size(), "row")));
        }
      }
    } finally {
      compared.unpersist(false);
    }
    return found;
  }

  /**
   * What is compared with each group, read once and shared among all cores: files are read by as
   * many tasks as they have groups of rows, which may be one.
   */
  private static JavaRDD<Tuple2<InternalRow, Long>> shared(SparkSession spark, AuditTable table) {
    JavaRDD<Tuple2<InternalRow, Long>> rows = copied(table.compared());
    int parts = Math.max(spark.sparkContext().defaultParallelism(), rows.getNumPartitions());
    return rows.repartition(parts).persist(StorageLevel.MEMORY_AND_DISK());
  }

  /** Spark's readers use a row again for the next one. */
  private static JavaRDD<Tuple2<InternalRow, Long>> copied(JavaPairRDD<InternalRow, Long> rows) {
    return rows.map(row -> new Tuple2<>(row._1().copy(), row._2()));
  }

  private void add(InternalRow row, int dimension, List<NumberedVector> group) {
    AuditedRow facts = AuditedRow.of(row);
    Optional<Fault> fault = SearchVector.fault(row, AuditedRow.FEATURES, dimension);
    if (fault.isEmpty()) {
      group.add(
          new NumberedVector(
              rows.size(),
              facts.split(),
              SearchVector.of(row.getArray(AuditedRow.FEATURES).toFloatArray())));
    }
    rows.add(facts);
    faults.add(fault);
    nearest.add(null);
    leaks.add(null);
  }

  private void compare(
      SparkSession spark,
      List<NumberedVector> group,
      JavaRDD<Tuple2<InternalRow, Long>> table,
      Function<Broadcast<List<NumberedVector>>, NeighbourScan> scan) {
    if (group.isEmpty()) {
      return;
    }
    Broadcast<List<NumberedVector>> sent =
        new JavaSparkContext(spark.sparkContext()).broadcast(group);
    try {
      GroupNeighbours found =
          table.mapPartitions(scan.apply(sent)).treeReduce(GroupNeighbours::plus);
      for (int i = 0; i < group.size(); i++) {
        nearest.set(group.get(i).row(), found.nearest().get(i));
        leaks.set(group.get(i).row(), found.leaks().get(i));
      }
      duplicates.addAll(found.duplicates());
    } finally {
      sent.destroy();
    }
  }

  /** By their numbers. */
  List<AuditedRow> rows() {
    return rows;
  }

  /** The rows that are most like one; empty if there are none, or it can't be compared. */
  Optional<Nearest> nearest(int row) {
    return Optional.ofNullable(nearest.get(row)).filter(found -> !found.isEmpty());
  }

  /** The near-duplicate in another split that is most like a row. */
  Optional<Nearest> leak(int row) {
    return Optional.ofNullable(leaks.get(row)).filter(found -> !found.isEmpty());
  }

  /** Why a row can't be compared. */
  Optional<Fault> fault(int row) {
    return faults.get(row);
  }

  /** The smallest row of a row's group of near-duplicates: its own if it has none. */
  int group(int row) {
    return duplicates.root(row);
  }
}
