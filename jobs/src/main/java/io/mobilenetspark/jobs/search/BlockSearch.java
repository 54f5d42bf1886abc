package io.mobilenetspark.jobs.search;

import io.mobilenetspark.jobs.compare.DotProducts;
import io.mobilenetspark.jobs.compare.SearchVector;
import io.mobilenetspark.jobs.compare.SearchVector.Fault;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.DataType;
import org.jspecify.annotations.Nullable;
import scala.Tuple2;

/**
 * The neighbours of queries in a part of a table: the rows in blocks, each block times the queries,
 * of each query the best so far. Products are of floats; what comes near the best is computed again
 * in double precision, so that nothing depends on their rounding.
 */
final class BlockSearch implements PairFlatMapFunction<Iterator<InternalRow>, Integer, List<Hit>> {
  private static final long serialVersionUID = 1;

  /** Queries whose sums stay in the first-level cache. */
  private static final int QUERIES = 8;

  private final Broadcast<List<Query>> queries;
  private final int k;
  private final int dimension;
  private final DataType idType;
  private final SkippedRows skipped;

  /**
   * @param queries those without a vector are passed over
   * @param k how many neighbours
   * @param dimension of the vectors
   * @param idType of the rows' first column, whose second one is the vector
   * @param skipped counts rows without a vector that can be compared
   */
  BlockSearch(
      Broadcast<List<Query>> queries, int k, int dimension, DataType idType, SkippedRows skipped) {
    this.queries = queries;
    this.k = k;
    this.dimension = dimension;
    this.idType = idType;
    this.skipped = skipped;
  }

  @Override
  public Iterator<Tuple2<Integer, List<Hit>>> call(Iterator<InternalRow> rows) {
    Search search = new Search();
    while (rows.hasNext()) {
      search.add(rows.next());
    }
    return search.end().iterator();
  }

  /** Of one task. */
  private final class Search {
    private final HitOrder order = new HitOrder(idType);
    private final float slack = DotProducts.slack(dimension);
    private final List<Integer> numbers = new ArrayList<>();
    private final List<Query> asked = new ArrayList<>();
    private final List<SearchVector> askedVectors = new ArrayList<>();
    private final List<float[]> units = new ArrayList<>();
    private final List<TopHits> best = new ArrayList<>();
    private final DotProducts block;
    private final SearchVector[] vectors = new SearchVector[DotProducts.ROWS];
    private final @Nullable Object[] ids = new @Nullable Object[DotProducts.ROWS];
    private final float[][] sums = new float[QUERIES][DotProducts.ROWS];
    private final EnumMap<Fault, Long> faults = new EnumMap<>(Fault.class);
    private int filled;

    Search() {
      List<Query> all = queries.value();
      for (int i = 0; i < all.size(); i++) {
        SearchVector vector = all.get(i).vector();
        if (vector != null) {
          numbers.add(i);
          asked.add(all.get(i));
          askedVectors.add(vector);
          units.add(vector.unit());
          best.add(new TopHits(k, order));
        }
      }
      block = new DotProducts((dimension + DotProducts.STEP - 1) & -DotProducts.STEP);
    }

    void add(InternalRow row) {
      Optional<Fault> fault = SearchVector.fault(row, 1, dimension);
      if (fault.isPresent()) {
        faults.merge(fault.get(), 1L, Long::sum);
        return;
      }
      SearchVector vector = SearchVector.of(row.getArray(1).toFloatArray());
      vectors[filled] = vector;
      ids[filled] = row.isNullAt(0) ? null : InternalRow.copyValue(row.get(0, idType));
      block.set(filled, vector.unit());
      filled++;
      if (filled == DotProducts.ROWS) {
        compare();
      }
    }

    private void compare() {
      for (int from = 0; from < asked.size(); from += QUERIES) {
        int until = Math.min(from + QUERIES, asked.size());
        block.multiply(units.subList(from, until).toArray(float[][]::new), sums);
        for (int q = from; q < until; q++) {
          select(q, sums[q - from]);
        }
      }
      filled = 0;
    }

    private void select(int q, float[] products) {
      TopHits top = best.get(q);
      float least = top.least() - slack;
      for (int r = 0; r < filled; r++) {
        if (products[r] >= least) {
          float similarity = askedVectors.get(q).cosine(vectors[r]);
          Query query = asked.get(q);
          boolean isOwn = query.isRow() && order.isSame(query.name(), ids[r]);
          if (similarity >= top.least() && !isOwn) {
            top.offer(new Hit(similarity, ids[r]));
            least = top.least() - slack;
          }
        }
      }
    }

    List<Tuple2<Integer, List<Hit>>> end() {
      compare();
      skipped.count(TaskContext.getPartitionId(), faults);
      List<Tuple2<Integer, List<Hit>>> found = new ArrayList<>();
      for (int q = 0; q < asked.size(); q++) {
        found.add(new Tuple2<>(numbers.get(q), best.get(q).best()));
      }
      return found;
    }
  }
}
