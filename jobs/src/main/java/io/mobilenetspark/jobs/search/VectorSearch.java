package io.mobilenetspark.jobs.search;

import static java.util.Objects.requireNonNull;

import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.jobs.common.Version;
import io.mobilenetspark.jobs.compare.ComparableTable;
import io.mobilenetspark.jobs.table.StoredVectors;
import io.mobilenetspark.model.handle.Redacted;
import io.mobilenetspark.spark.ClassicSpark;
import io.mobilenetspark.spark.FeatureTable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.api.java.function.Function2;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.OrderUtils;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.UTF8String;
import org.apache.spark.util.SerializableConfiguration;
import org.jspecify.annotations.Nullable;
import scala.Tuple2;

/**
 * Search in a table of vectors, by the executors: each row is compared with each query, or those
 * that an index finds are.
 */
final class VectorSearch {

  /** Names of the columns of {@link #neighbours}. */
  static final String QUERY = "query";

  static final String RANK = "rank";
  static final String ID = "id";
  static final String SIMILARITY = "similarity";

  /** Of a group of queries, which goes to each executor. */
  private static final long BYTES = 64L << 20;

  /** Which all tasks together, or each for a group of queries, may find: some 100 bytes each. */
  private static final long HITS = 400_000;

  private final SparkSession spark;
  private final StoredVectors table;
  private final int k;
  private final int dimension;
  private final DataType idType;
  private final IdTexts texts;
  private final AtomicReference<Optional<VectorIndex>> index;

  /** Reading it takes a task 15 ms, half of what an index needs for a query. */
  private final Broadcast<SerializableConfiguration> hadoop;

  /**
   * @param k how many neighbours a query has
   * @throws UserException if the table is none that can be searched
   */
  VectorSearch(SparkSession spark, StoredVectors table, int k) {
    this.spark = spark;
    this.table = table;
    this.k = k;
    this.dimension = ComparableTable.requireDimension(table);
    this.idType = table.idType();
    this.texts = new IdTexts(spark, idType);
    this.index = new AtomicReference<>(Optional.empty());
    this.hadoop =
        new JavaSparkContext(spark.sparkContext())
            .broadcast(new SerializableConfiguration(spark.sparkContext().hadoopConfiguration()));
    if (!OrderUtils.isOrderable(idType)) {
      throw UserException.input(
          String.format(
              Locale.ROOT,
              "Column '%s' of %s can't name rows: its type, %s, has no order. Pass --id-column.",
              table.id(),
              table.path(),
              idType.simpleString()));
    }
  }

  private VectorSearch(VectorSearch like, int k) {
    this.spark = like.spark;
    this.table = like.table;
    this.k = k;
    this.dimension = like.dimension;
    this.idType = like.idType;
    this.texts = like.texts;
    this.index = like.index;
    this.hadoop = like.hadoop;
  }

  /** The same search, by the same index, for another number of neighbours. */
  VectorSearch of(int neighbours) {
    return new VectorSearch(this, neighbours);
  }

  /** Queries where the executors have them. */
  Broadcast<List<Query>> broadcast(List<Query> queries) {
    return new JavaSparkContext(spark.sparkContext())
        .broadcast(new ArrayList<>(queries)); // Kryo can't read List.of()
  }

  /** Searches by an index from now on, if there is one. */
  void use(Optional<VectorIndex> fitting) {
    index.set(fitting);
  }

  /**
   * Compares each row from now on if it was the index that a search failed for: of a damaged one,
   * all that it finds is doubtful.
   *
   * @return what is to be told of it; empty if that was not the reason
   */
  Optional<String> giveUpIndex(Exception failure) {
    Optional<UnreadablePartException> unreadable = UnreadablePartException.in(failure);
    unreadable.ifPresent(part -> index.set(Optional.empty()));
    return unreadable.map(part -> IndexChoice.notUsed(String.valueOf(part.getMessage())));
  }

  private Optional<VectorIndex> used() {
    return requireNonNull(index.get());
  }

  boolean hasIndex() {
    return used().isPresent();
  }

  /** What was searched, and how many queries there were, as JSON. */
  Map<String, Object> describe(long queries, long failed, double seconds) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("format", 1);
    json.put("vectors", Redacted.path(table.path()));
    json.put("id_column", table.id());
    json.put("k", k);
    json.put("index", used().map(one -> Redacted.path(one.folder().toString())).orElse("none"));
    json.put("queries", queries);
    json.put("without_neighbours", failed);
    json.put("elapsed_seconds", seconds);
    json.put("model", table.facts());
    json.put("versions", Version.all());
    return json;
  }

  int dimension() {
    return dimension;
  }

  DataType idType() {
    return idType;
  }

  /** An id as text that {@code --query-id} takes. */
  @Nullable String text(@Nullable Object id) {
    return texts.of(id);
  }

  /** How many queries are searched for at once. */
  int groupSize() {
    long bytes = 3L * Float.BYTES * dimension; // values and unit, and the objects around them
    return Math.toIntExact(Math.max(1, Math.min(BYTES / bytes, HITS / k)));
  }

  /**
   * The neighbours of some queries, {@link #QUERY}, {@link #RANK}, {@link #ID}, {@link #SIMILARITY}
   * and {@link FeatureTable#ERROR}; one row without a rank of a query that has none. Lazy.
   *
   * @param queries not more than {@link #groupSize}, to be destroyed when the rows have been used
   * @param queryType of the queries' names
   * @param skipped counts rows that can't be compared
   */
  Dataset<Row> neighbours(Broadcast<List<Query>> queries, DataType queryType, SkippedRows skipped) {
    JavaSparkContext context = new JavaSparkContext(spark.sparkContext());
    List<Tuple2<Integer, List<Hit>>> none = new ArrayList<>();
    for (int i = 0; i < queries.value().size(); i++) {
      none.add(new Tuple2<>(i, new ArrayList<>())); // Kryo can't read List.of()
    }
    int tasks = Math.max(1, Math.min(spark.sparkContext().defaultParallelism(), none.size()));
    JavaRDD<InternalRow> rows =
        hits(queries, skipped)
            .union(context.parallelizePairs(none, 1))
            .reduceByKey(new Merge(k, idType), tasks)
            .mapPartitions(new Rows(queries));
    return ClassicSpark.table(
        spark,
        rows,
        new StructType()
            .add(QUERY, queryType)
            .add(RANK, DataTypes.IntegerType)
            .add(ID, idType)
            .add(SIMILARITY, DataTypes.FloatType)
            .add(FeatureTable.ERROR, DataTypes.StringType));
  }

  /**
   * The neighbours of one query, the best first; none if it has none. Unlike {@link #neighbours}
   * without a query of Spark's, which takes longer to plan than an index to search.
   *
   * @param skipped counts rows that can't be compared
   */
  List<Hit> nearest(Query query, SkippedRows skipped) {
    Broadcast<List<Query>> queries = broadcast(List.of(query));
    Merge merge = new Merge(k, idType);
    try {
      JavaPairRDD<Integer, List<Hit>> hits = hits(queries, skipped);
      boolean areFew = (long) k * hits.getNumPartitions() <= HITS;
      List<Hit> best = List.of();
      for (List<Hit> some : (areFew ? hits : hits.reduceByKey(merge, 1)).values().collect()) {
        best = merge.call(best, some);
      }
      return best;
    } finally {
      queries.destroy();
    }
  }

  /**
   * A row, by the index, which has it in memory where the table has to be gone through. Rows
   * without a vector are in no index.
   *
   * @param condition on column {@link #ID}
   * @return empty if there is no index, or no one row in it: the table has to be asked
   */
  Optional<Query> rowByIndex(Column condition) {
    try {
      return used()
          .map(one -> one.rows(spark, condition, idType, hadoop))
          .filter(rows -> rows.size() == 1)
          .map(rows -> rows.get(0));
    } catch (Exception e) { // Spark throws checked exceptions out of methods without them
      if (UnreadablePartException.in(e).isPresent()) {
        return Optional.empty(); // the search meets it, too, and says so
      }
      throw e;
    }
  }

  /** Those of each query in each part of the table. */
  private JavaPairRDD<Integer, List<Hit>> hits(
      Broadcast<List<Query>> queries, SkippedRows skipped) {
    Optional<VectorIndex> used = used();
    used.ifPresent(one -> skipped.count(0, one.manifest().faults()));
    return used.map(one -> one.search(spark, queries, k, idType, hadoop))
        .orElseGet(() -> compareAll(queries, skipped));
  }

  private JavaPairRDD<Integer, List<Hit>> compareAll(
      Broadcast<List<Query>> queries, SkippedRows skipped) {
    return ClassicSpark.rows(
            table.rows().select(table.idColumn(), functions.col(FeatureTable.FEATURES)))
        .mapPartitionsToPair(new BlockSearch(queries, k, dimension, idType, skipped));
  }

  /** Of two parts of the table. */
  private record Merge(int k, DataType idType)
      implements Function2<List<Hit>, List<Hit>, List<Hit>> {
    private static final long serialVersionUID = 1;

    @Override
    public List<Hit> call(List<Hit> some, List<Hit> others) {
      return TopHits.merge(some, others, k, new HitOrder(idType));
    }
  }

  /** In the order of the queries, as far as they are in one task. */
  private record Rows(Broadcast<List<Query>> queries)
      implements FlatMapFunction<Iterator<Tuple2<Integer, List<Hit>>>, InternalRow> {
    private static final long serialVersionUID = 1;

    @Override
    public Iterator<InternalRow> call(Iterator<Tuple2<Integer, List<Hit>>> found) {
      List<Tuple2<Integer, List<Hit>>> sorted = new ArrayList<>();
      found.forEachRemaining(sorted::add);
      sorted.sort((one, other) -> Integer.compare(one._1(), other._1()));
      return sorted.stream().flatMap(one -> of(queries.value().get(one._1()), one._2())).iterator();
    }

    private static Stream<InternalRow> of(Query query, List<Hit> hits) {
      if (hits.isEmpty()) {
        UTF8String error = UTF8String.fromString(query.whyNoNeighbours());
        return Stream.of(row(query.name(), null, null, null, error));
      }
      return IntStream.range(0, hits.size())
          .mapToObj(
              i -> row(query.name(), i + 1, hits.get(i).id(), hits.get(i).similarity(), null));
    }

    private static InternalRow row(@Nullable Object... values) {
      return new GenericInternalRow(values);
    }
  }
}
