package io.mobilenetspark.jobs.search;

import io.mobilenetspark.jobs.compare.SearchVector;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;

/**
 * The neighbours of queries in a part of an index. Of each part there are as many pieces of work as
 * {@code slices}, each for every so many-th query.
 */
final class ShardSearch implements PairFlatMapFunction<Integer, Integer, List<Hit>> {
  private static final long serialVersionUID = 1;

  /** With so many vectors at hand the ten nearest are found as well as with more. */
  private static final int LEAST_WIDTH = 40;

  private final Broadcast<List<Query>> queries;
  private final ArrayList<String> shards;
  private final int slices;
  private final int k;
  private final int dimension;
  private final DataType idType;
  private final Broadcast<SerializableConfiguration> hadoop;

  /**
   * @param queries those without a vector are passed over
   * @param shards paths of the index's parts
   * @param slices how many tasks search a part
   * @param k how many neighbours
   * @param dimension of the vectors
   * @param idType of the rows' ids
   */
  ShardSearch(
      Broadcast<List<Query>> queries,
      List<String> shards,
      int slices,
      int k,
      int dimension,
      DataType idType,
      Broadcast<SerializableConfiguration> hadoop) {
    this.queries = queries;
    this.shards = new ArrayList<>(shards);
    this.slices = slices;
    this.k = k;
    this.dimension = dimension;
    this.idType = idType;
    this.hadoop = hadoop;
  }

  /** How many vectors of a part are compared with a query: more than are asked for. */
  static int width(int k) {
    return Math.max(LEAST_WIDTH, 2 * k);
  }

  @Override
  public Iterator<Tuple2<Integer, List<Hit>>> call(Integer work) throws IOException {
    Shard.Search search =
        Shards.get(shards.get(work / slices), dimension, hadoop.value().value()).search(idType);
    HitOrder order = new HitOrder(idType);
    List<Query> all = queries.value();
    List<Tuple2<Integer, List<Hit>>> found = new ArrayList<>();
    for (int i = work % slices; i < all.size(); i += slices) {
      SearchVector vector = all.get(i).vector();
      if (vector != null) {
        TopHits best = new TopHits(k, order);
        search.offer(all.get(i), vector, k, width(k), best);
        found.add(new Tuple2<>(i, best.best()));
      }
    }
    return found.iterator();
  }
}
