package io.mobilenetspark.spark.train;

import io.mobilenetspark.spark.TaskGpu;
import io.mobilenetspark.train.EpochOrder;
import io.mobilenetspark.train.Gradient;
import io.mobilenetspark.train.Summable;
import io.mobilenetspark.train.Totals;
import io.mobilenetspark.train.TrainingNetwork;
import io.mobilenetspark.train.TrainingRow;
import io.mobilenetspark.train.TrainingSession;
import io.mobilenetspark.train.TrainingSessions;
import io.mobilenetspark.train.TrainingState;
import io.mobilenetspark.train.UpdateRule;
import io.mobilenetspark.train.Updater;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Function;
import org.apache.spark.HashPartitioner;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import scala.Tuple2;

/**
 * Takes optimizer steps on the executors' images. The result of a step follows from the state, the
 * rows and the seed, bit for bit, whichever executors compute it and however often a task is tried:
 * shares are always summed in the order of their partitions.
 *
 * <p>Used on the driver, by one thread. {@link #close()} frees the broadcast network.
 */
final class DataParallel implements AutoCloseable {

  /** Shares that the driver sums by itself; more are summed in groups on the executors first. */
  private static final int MAX_DIRECT_SHARES = 8;

  /** Rows of one run in evaluation; bounds the native memory of large partitions. */
  private static final int EVALUATION_BATCH = 32;

  private Shards rows;
  private EpochOrder order;
  private final UpdateRule rule;
  private final Updater updater;
  private final JavaSparkContext context;
  private final Broadcast<TrainingNetwork> network;
  private final String networkId;
  private long wallNanos;
  private long computeNanos;

  /**
   * @param rows the training set, dealt out by {@link EpochOrder#workerOf}
   * @param order which rows make up which batch
   * @param network what is trained
   * @param rule how
   */
  DataParallel(Shards rows, EpochOrder order, TrainingNetwork network, UpdateRule rule) {
    this.rows = rows;
    this.order = order;
    this.rule = rule;
    this.updater = new Updater(network, rule);
    this.context = rows.context();
    this.network = context.broadcast(network);
    this.networkId = network.id();
  }

  /** Goes on with rows that were dealt out anew. */
  void take(TrainingSet dealt) {
    rows = dealt.training();
    order = dealt.order();
  }

  /**
   * Takes steps of one epoch. One step: the shares' gradients are summed, and the driver moves the
   * state; that equals one big batch. Several: each worker takes them alone on its shares of the
   * batches, then the workers' states (parameters, BatchNorm's statistics, the optimizer's memory)
   * are averaged.
   *
   * @param state before the steps
   * @param steps how many, at least 1; must not reach into the next epoch
   * @return the state after them, and means of what the batches were about
   */
  Updater.Step advance(TrainingState state, int steps) {
    long start = System.nanoTime();
    Updater.Step step = steps == 1 ? oneStep(state) : localSteps(state, steps);
    wallNanos += System.nanoTime() - start;
    return step;
  }

  private Updater.Step oneStep(TrainingState state) {
    Broadcast<TrainingState> sent = context.broadcast(state.withoutSlots());
    try {
      Sessions sessions = new Sessions(network, networkId);
      EpochOrder batches = order;
      Share<Gradient> sum =
          sum(
              rows.map(
                  shard -> {
                    TrainingState current = sent.value();
                    List<TrainingRow> share = shard.batch(batches, current.step());
                    long seed = batches.stepSeed(current.step());
                    return sessions.use(session -> session.gradient(current, share, seed));
                  }));
      return updater.apply(state, sum.value);
    } finally {
      sent.destroy();
    }
  }

  private Updater.Step localSteps(TrainingState state, int steps) {
    Broadcast<TrainingState> sent = context.broadcast(state);
    try {
      Sessions sessions = new Sessions(network, networkId);
      EpochOrder batches = order;
      UpdateRule localRule = rule;
      Share<LocalSteps> sum =
          sum(
              rows.map(
                  shard -> {
                    TrainingState current = sent.value();
                    List<List<TrainingRow>> shares = new ArrayList<>();
                    for (int i = 0; i < steps; i++) {
                      shares.add(shard.batch(batches, current.step() + i));
                    }
                    Updater local = new Updater(sessions.network.value(), localRule);
                    return sessions.use(
                        session -> LocalSteps.take(session, current, shares, batches, local));
                  }));
      return sum.value.mean();
    } finally {
      sent.destroy();
    }
  }

  /** What the L2 terms add to a state's loss. */
  double regularization(TrainingState state) {
    return updater.regularization(state.parameters());
  }

  /** Loss and accuracy of a state on rows, in inference. */
  Totals evaluate(TrainingState state, Shards validation) {
    Broadcast<TrainingState> sent = context.broadcast(state.withoutSlots());
    try {
      Sessions sessions = new Sessions(network, networkId);
      JavaRDD<Share<Totals>> shares =
          validation.map(
              shard -> sessions.use(session -> evaluateAll(session, sent.value(), shard)));
      return shares.collect().stream().map(share -> share.value).reduce(Totals.NONE, Totals::plus);
    } finally {
      sent.destroy();
    }
  }

  private static Totals evaluateAll(TrainingSession session, TrainingState state, Shard shard) {
    Totals totals = Totals.NONE;
    for (int from = 0; from < shard.size(); from += EVALUATION_BATCH) {
      Shards.killTaskIfInterrupted();
      int to = Math.min(shard.size(), from + EVALUATION_BATCH);
      try {
        totals = totals.plus(session.evaluate(state, shard.rows(from, to)));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return totals;
  }

  /**
   * The share of the time in {@link #advance} that no gradient was computed in: sending, waiting
   * for the slowest worker to be scheduled, summing, moving the parameters. NaN before the first
   * step.
   */
  double overheadShare() {
    return 1 - (double) computeNanos / wallNanos;
  }

  /** Feature vectors, in inference; a worker's in the order of its rows' numbers. */
  <T> JavaRDD<T> features(TrainingState state, Shards images, Featured<T> use) {
    Broadcast<TrainingState> sent = context.broadcast(state.withoutSlots());
    Sessions sessions = new Sessions(network, networkId);
    return images.map(
        shard ->
            inBatches(
                Shards.rows(shard),
                batch -> {
                  float[][] vectors =
                      sessions.use(s -> s.features(sent.value(), batch)).next().value;
                  List<T> results = new ArrayList<>();
                  for (int i = 0; i < vectors.length; i++) {
                    results.add(use.of(batch.get(i), vectors[i]));
                  }
                  return results;
                }));
  }

  /** A batch at a time: partitions may be larger than the heap. */
  private static <T> Iterator<T> inBatches(
      Iterator<TrainingRow> rows, Function<List<TrainingRow>, List<T>> use) {
    return new Iterator<>() {
      private Iterator<T> results = Collections.emptyIterator();

      @Override
      public boolean hasNext() {
        if (!results.hasNext() && rows.hasNext()) {
          List<TrainingRow> batch = new ArrayList<>();
          while (batch.size() < EVALUATION_BATCH && rows.hasNext()) {
            batch.add(rows.next());
          }
          results = use.apply(batch).iterator();
        }
        return results.hasNext();
      }

      @Override
      public T next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        return results.next();
      }
    };
  }

  /** What is made of a row and its feature vector. */
  interface Featured<T> extends Serializable {
    T of(TrainingRow row, float[] features);
  }

  /** A worker's part of a step, and how long it computed. */
  private static final class Share<T> implements Serializable {
    private static final long serialVersionUID = 1;

    private final T value;
    private long nanos;

    Share(T value, long nanos) {
      this.value = value;
      this.nanos = nanos;
    }

    static <T extends Summable<T>> Share<T> sum(Share<T> a, Share<T> b) {
      return new Share<>(a.value.add(b.value), Math.max(a.nanos, b.nanos));
    }
  }

  /** The sum in the partitions' order; floats add up differently in another. */
  private <T extends Summable<T>> Share<T> sum(JavaRDD<Share<T>> shares) {
    int count = shares.getNumPartitions();
    List<Share<T>> parts =
        (count <= MAX_DIRECT_SHARES ? shares : groupSums(shares, count)).collect();
    Share<T> sum = parts.stream().reduce(Share::sum).orElseThrow();
    computeNanos += sum.nanos;
    return sum;
  }

  private static <T extends Summable<T>> JavaRDD<Share<T>> groupSums(
      JavaRDD<Share<T>> shares, int count) {
    int groupSize = (int) Math.ceil(Math.sqrt(count));
    int groups = (count + groupSize - 1) / groupSize;
    JavaPairRDD<Integer, Tuple2<Integer, Share<T>>> keyed =
        shares
            .mapPartitionsWithIndex(
                (index, partition) -> {
                  List<Tuple2<Integer, Tuple2<Integer, Share<T>>>> pairs = new ArrayList<>();
                  partition.forEachRemaining(
                      part ->
                          pairs.add(new Tuple2<>(index / groupSize, new Tuple2<>(index, part))));
                  return pairs.iterator();
                },
                true)
            .mapToPair(pair -> pair);
    return keyed
        .partitionBy(new HashPartitioner(groups))
        .mapPartitions(
            partition -> {
              List<Tuple2<Integer, Share<T>>> parts = new ArrayList<>();
              partition.forEachRemaining(pair -> parts.add(pair._2()));
              parts.sort(Comparator.comparingInt(Tuple2::_1));
              return parts.stream().map(Tuple2::_2).reduce(Share::sum).stream().iterator();
            });
  }

  /** The way of a task to its JVM's session. */
  private static final class Sessions implements Serializable {
    private static final long serialVersionUID = 1;

    private final Broadcast<TrainingNetwork> network;
    private final String id;

    Sessions(Broadcast<TrainingNetwork> network, String id) {
      this.network = network;
      this.id = id;
    }

    /** One result, of a call on the session. */
    <T> Iterator<Share<T>> use(Function<TrainingSession, T> call) {
      TaskContext task = TaskContext.get();
      try (TrainingSessions.Lease lease =
          TrainingSessions.ofThisJvm().acquire(id, network::value, task.cpus(), TaskGpu.of(task))) {
        long start = System.nanoTime();
        T result = call.apply(lease.session());
        return List.of(new Share<>(result, System.nanoTime() - start)).iterator();
      }
    }
  }

  @Override
  public void close() {
    network.destroy();
  }
}
