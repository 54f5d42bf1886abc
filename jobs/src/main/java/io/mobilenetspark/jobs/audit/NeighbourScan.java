package io.mobilenetspark.jobs.audit;

import io.mobilenetspark.jobs.compare.DotProducts;
import io.mobilenetspark.jobs.compare.SearchVector;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.catalyst.InternalRow;
import org.jspecify.annotations.Nullable;
import scala.Tuple2;

/**
 * Compares a part of the table with a group of its rows, in blocks, as {@code similar} does:
 * products of floats, and what comes near a limit again in double precision.
 */
final class NeighbourScan
    implements FlatMapFunction<Iterator<Tuple2<InternalRow, Long>>, GroupNeighbours> {
  private static final long serialVersionUID = 1;

  /** Rows of the group whose sums stay in the first-level cache. */
  private static final int ASKED = 8;

  private final Broadcast<List<NumberedVector>> group;
  private final int k;
  private final int dimension;
  private final float threshold;

  /**
   * @param k how many neighbours
   * @param threshold the cosine from which on rows are near-duplicates
   */
  NeighbourScan(Broadcast<List<NumberedVector>> group, int k, int dimension, float threshold) {
    this.group = group;
    this.k = k;
    this.dimension = dimension;
    this.threshold = threshold;
  }

  @Override
  public Iterator<GroupNeighbours> call(Iterator<Tuple2<InternalRow, Long>> rows) {
    Scan scan = new Scan();
    while (rows.hasNext()) {
      Tuple2<InternalRow, Long> next = rows.next();
      scan.add(next._1(), Math.toIntExact(next._2()));
    }
    return List.of(scan.end()).iterator();
  }

  /** Of one task. */
  private final class Scan {
    private final List<NumberedVector> asked = group.value();
    private final List<float[]> units = asked.stream().map(row -> row.vector().unit()).toList();
    private final GroupNeighbours found = new GroupNeighbours(asked.size(), k);
    private final List<Nearest> nearest = found.nearest();
    private final List<Nearest> leaks = found.leaks();
    private final float slack = DotProducts.slack(dimension);
    private final DotProducts block =
        new DotProducts((dimension + DotProducts.STEP - 1) & -DotProducts.STEP);
    private final SearchVector[] vectors = new SearchVector[DotProducts.ROWS];
    private final int[] numbers = new int[DotProducts.ROWS];
    private final @Nullable String[] splits = new @Nullable String[DotProducts.ROWS];
    private final float[][] sums = new float[ASKED][DotProducts.ROWS];
    private int filled;

    void add(InternalRow row, int number) {
      if (SearchVector.fault(row, AuditedRow.FEATURES, dimension).isPresent()) {
        return; // told by the driver
      }
      SearchVector vector = SearchVector.of(row.getArray(AuditedRow.FEATURES).toFloatArray());
      vectors[filled] = vector;
      numbers[filled] = number;
      splits[filled] =
          row.isNullAt(AuditedRow.SPLIT) ? null : row.getUTF8String(AuditedRow.SPLIT).toString();
      block.set(filled, vector.unit());
      filled++;
      if (filled == DotProducts.ROWS) {
        compare();
      }
    }

    private void compare() {
      for (int from = 0; from < asked.size(); from += ASKED) {
        int until = Math.min(from + ASKED, asked.size());
        block.multiply(units.subList(from, until).toArray(float[][]::new), sums);
        for (int q = from; q < until; q++) {
          select(q, sums[q - from]);
        }
      }
      filled = 0;
    }

    private void select(int q, float[] products) {
      NumberedVector row = asked.get(q);
      Nearest best = nearest.get(q);
      for (int r = 0; r < filled; r++) {
        if (products[r] >= Math.min(best.least(), threshold) - slack && numbers[r] != row.row()) {
          float similarity = row.vector().cosine(vectors[r]);
          best.offer(similarity, numbers[r]);
          if (similarity >= threshold) {
            found.duplicates().add(row.row(), numbers[r]);
            String split = row.split();
            if (split != null && splits[r] != null && !split.equals(splits[r])) {
              leaks.get(q).offer(similarity, numbers[r]);
            }
          }
        }
      }
    }

    GroupNeighbours end() {
      compare();
      return found;
    }
  }
}
