package io.mobilenetspark.spark.ml;

import io.mobilenetspark.train.EpochOrder;
import io.mobilenetspark.train.Gradient;
import io.mobilenetspark.train.Totals;
import io.mobilenetspark.train.TrainingNetwork;
import io.mobilenetspark.train.TrainingRow;
import io.mobilenetspark.train.TrainingSession;
import io.mobilenetspark.train.TrainingSessions;
import io.mobilenetspark.train.TrainingState;
import io.mobilenetspark.train.UpdateRule;
import io.mobilenetspark.train.Updater;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
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

  private final JavaRDD<TrainingRow> rows;
  private final EpochOrder order;
  private final UpdateRule rule;
  private final Updater updater;
  private final JavaSparkContext context;
  private final Broadcast<TrainingNetwork> network;
  private final String networkId;
  private long aggregationNanos;

  /**
   * @param rows the training set, partitioned by {@link EpochOrder#workerOf}
   * @param order which rows make up which batch
   * @param network what is trained
   * @param rule how
   */
  DataParallel(
      JavaRDD<TrainingRow> rows, EpochOrder order, TrainingNetwork network, UpdateRule rule) {
    this.rows = rows;
    this.order = order;
    this.rule = rule;
    this.updater = new Updater(network, rule);
    this.context = JavaSparkContext.fromSparkContext(rows.context());
    this.network = context.broadcast(network);
    this.networkId = network.id();
  }

  /** One step on one batch: the shares' gradients are summed, then the driver moves the state. */
  Updater.Step step(TrainingState state) {
    Broadcast<TrainingState> sent = context.broadcast(state.withoutSlots());
    try {
      Sessions sessions = new Sessions(network, networkId);
      EpochOrder batches = order;
      JavaRDD<Gradient> shares =
          rows.mapPartitions(
              partition -> {
                TrainingState current = sent.value();
                return sessions.use(
                    session ->
                        session.gradient(
                            current,
                            share(partition, batches, current.step(), 1).get(0),
                            batches.stepSeed(current.step())));
              });
      Gradient sum = sum(shares);
      long start = System.nanoTime();
      Updater.Step step = updater.apply(state, sum);
      aggregationNanos += System.nanoTime() - start;
      return step;
    } finally {
      sent.destroy();
    }
  }

  /** What a worker brings back from steps of its own. */
  private static final class LocalSteps implements Serializable {
    private static final long serialVersionUID = 1;

    private final TrainingState state;
    private final ArrayList<Updater.Progress> progress;

    LocalSteps(TrainingState state, List<Updater.Progress> progress) {
      this.state = state;
      this.progress = new ArrayList<>(progress);
    }
  }

  /**
   * Several steps: each worker takes them alone on its shares of the batches, then the workers'
   * states (parameters, BatchNorm's statistics, the optimizer's memory) are averaged.
   *
   * @param state before the steps
   * @param steps how many, at least 1; must not reach into the next epoch
   * @return the averaged state, and the last step's progress averaged over the workers
   */
  Updater.Step localSteps(TrainingState state, int steps) {
    Broadcast<TrainingState> sent = context.broadcast(state);
    try {
      Sessions sessions = new Sessions(network, networkId);
      EpochOrder batches = order;
      UpdateRule localRule = rule;
      JavaRDD<LocalSteps> results =
          rows.mapPartitions(
              partition ->
                  sessions.use(
                      session ->
                          takeLocalSteps(
                              session,
                              sessions,
                              sent.value(),
                              partition,
                              batches,
                              localRule,
                              steps)));
      List<LocalSteps> workers = results.collect();
      long start = System.nanoTime();
      TrainingState average =
          TrainingState.average(workers.stream().map(worker -> worker.state).toList());
      aggregationNanos += System.nanoTime() - start;
      return new Updater.Step(
          average, mean(workers.stream().flatMap(worker -> worker.progress.stream()).toList()));
    } finally {
      sent.destroy();
    }
  }

  private static LocalSteps takeLocalSteps(
      TrainingSession session,
      Sessions sessions,
      TrainingState start,
      Iterator<TrainingRow> partition,
      EpochOrder batches,
      UpdateRule rule,
      int steps) {
    Updater local = new Updater(sessions.network.value(), rule);
    TrainingState state = start;
    List<Updater.Progress> progress = new ArrayList<>();
    for (List<TrainingRow> share : share(partition, batches, start.step(), steps)) {
      Gradient gradient = session.gradient(state, share, batches.stepSeed(state.step()));
      if (gradient.totals().weight() > 0) {
        Updater.Step step = local.apply(state, gradient);
        state = step.state();
        progress.add(step.progress());
      } else {
        state = state.skipStep();
      }
    }
    return new LocalSteps(state, progress);
  }

  private static Updater.Progress mean(List<Updater.Progress> progress) {
    if (progress.isEmpty()) {
      throw new IllegalArgumentException(
          "no row of these batches has a weight above 0; some row must have one");
    }
    Updater.Progress last = progress.get(progress.size() - 1);
    return new Updater.Progress(
        last.step(),
        progress.stream().mapToDouble(Updater.Progress::loss).average().orElseThrow(),
        progress.stream().mapToDouble(Updater.Progress::accuracy).average().orElseThrow(),
        last.learningRate(),
        progress.stream().mapToDouble(Updater.Progress::gradientNorm).average().orElseThrow());
  }

  /** Loss and accuracy of a state on rows of any partitioning, in inference. */
  Totals evaluate(TrainingState state, JavaRDD<TrainingRow> validation) {
    Broadcast<TrainingState> sent = context.broadcast(state.withoutSlots());
    try {
      Sessions sessions = new Sessions(network, networkId);
      JavaRDD<Totals> shares =
          validation.mapPartitions(
              partition -> sessions.use(session -> evaluateAll(session, sent.value(), partition)));
      return shares.collect().stream().reduce(Totals.NONE, Totals::plus);
    } finally {
      sent.destroy();
    }
  }

  private static Totals evaluateAll(
      TrainingSession session, TrainingState state, Iterator<TrainingRow> partition) {
    List<TrainingRow> all = new ArrayList<>();
    partition.forEachRemaining(all::add);
    all.sort(Comparator.comparingLong(TrainingRow::index));
    Totals totals = Totals.NONE;
    for (int from = 0; from < all.size(); from += EVALUATION_BATCH) {
      int to = Math.min(all.size(), from + EVALUATION_BATCH);
      totals = totals.plus(session.evaluate(state, all.subList(from, to)));
    }
    return totals;
  }

  /** Seconds that the driver spent on summing, averaging and moving the parameters so far. */
  double aggregationSeconds() {
    return aggregationNanos / 1e9;
  }

  /** A partition's rows in the batches of some steps of one epoch, each in the order dealt. */
  private static List<List<TrainingRow>> share(
      Iterator<TrainingRow> partition, EpochOrder order, long firstStep, int steps) {
    EpochOrder.Epoch epoch = order.epoch(order.epochOf(firstStep));
    List<List<TrainingRow>> shares = new ArrayList<>();
    for (int i = 0; i < steps; i++) {
      shares.add(new ArrayList<>());
    }
    while (partition.hasNext()) {
      TrainingRow row = partition.next();
      for (int i = 0; i < steps; i++) {
        if (epoch.isInBatch(row.index(), firstStep + i)) {
          shares.get(i).add(row);
        }
      }
    }
    shares.forEach(share -> share.sort(Comparator.comparingLong(row -> epoch.place(row.index()))));
    return shares;
  }

  /** The sum in the partitions' order; floats add up differently in another. */
  private Gradient sum(JavaRDD<Gradient> shares) {
    int count = shares.getNumPartitions();
    List<Gradient> parts;
    if (count <= MAX_DIRECT_SHARES) {
      parts = shares.collect();
    } else {
      parts = groupSums(shares, count).collect();
    }
    long start = System.nanoTime();
    Gradient sum = parts.get(0);
    for (Gradient part : parts.subList(1, parts.size())) {
      sum.add(part);
    }
    aggregationNanos += System.nanoTime() - start;
    return sum;
  }

  private static JavaRDD<Gradient> groupSums(JavaRDD<Gradient> shares, int count) {
    int groupSize = (int) Math.ceil(Math.sqrt(count));
    int groups = (count + groupSize - 1) / groupSize;
    JavaPairRDD<Integer, Tuple2<Integer, Gradient>> keyed =
        shares
            .mapPartitionsWithIndex(
                (index, partition) -> {
                  List<Tuple2<Integer, Tuple2<Integer, Gradient>>> pairs = new ArrayList<>();
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
              List<Tuple2<Integer, Gradient>> parts = new ArrayList<>();
              partition.forEachRemaining(pair -> parts.add(pair._2()));
              parts.sort(Comparator.comparingInt(Tuple2::_1));
              return parts.stream().map(Tuple2::_2).reduce(Gradient::add).stream().iterator();
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
    <T> Iterator<T> use(Function<TrainingSession, T> call) {
      int threads = TaskContext.get().cpus();
      try (TrainingSessions.Lease lease =
          TrainingSessions.ofThisJvm().acquire(id, network::value, threads)) {
        return List.of(call.apply(lease.session())).iterator();
      }
    }
  }

  @Override
  public void close() {
    network.destroy();
  }
}
