package io.mobilenetspark.spark.train;

import static java.util.Objects.requireNonNull;

import io.mobilenetspark.common.Quantity;
import io.mobilenetspark.image.ImageOptions;
import io.mobilenetspark.spark.DecodedImages;
import io.mobilenetspark.train.EpochOrder;
import io.mobilenetspark.train.TrainingRow;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntSupplier;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.unsafe.types.UTF8String;
import scala.Tuple2;

/**
 * The decoded images of a run, kept by the executors on their local disks. Rows are numbered by a
 * hash of what they hold, so the numbers, and with them the batches, don't depend on how the input
 * was split or in which order it came. Used on the driver, by one thread.
 */
final class TrainingSet implements AutoCloseable {

  private Dealt dealt;
  private EpochOrder order;
  private final long trainingRows;
  private final long validationRows;
  private final long unreadable;
  private final String example;
  private final long fingerprint;
  private final Map<Integer, Long> classCounts;

  private TrainingSet(Dealt dealt, EpochOrder order, Counts counts, long fingerprint) {
    this.classCounts = counts.byClass;
    this.dealt = dealt;
    this.order = order;
    this.trainingRows = counts.of(ClassImages.Use.TRAINING);
    this.validationRows = counts.of(ClassImages.Use.VALIDATION);
    this.unreadable = counts.of(ClassImages.Use.UNREADABLE);
    this.example = counts.example;
    this.fingerprint = fingerprint;
  }

  /** The columns that are read beside the image: label index, weight, use, and name. */
  static final List<String> CARRIED = List.of("label", "weight", "isValidation", "name");

  /**
   * How a set is made.
   *
   * @param images how images are read
   * @param workers tasks of a step; asked when the images are decoded
   * @param batchSize rows of a batch, over all workers
   * @param seed the run's
   * @param validationFraction share of the rows kept from training, beside those marked so; empty
   *     for a tenth of each class
   */
  record Plan(
      ImageOptions images,
      IntSupplier workers,
      int batchSize,
      long seed,
      Optional<Double> validationFraction) {}

  private record Counts(Map<Integer, Long> byClass, String example) {

    /** Rows of all classes. */
    long of(ClassImages.Use use) {
      return byClass.entrySet().stream()
          .filter(entry -> use.isOf(entry.getKey()))
          .mapToLong(Map.Entry::getValue)
          .sum();
    }
  }

  /**
   * Decodes and deals out a table.
   *
   * @param table with columns {@code image} and {@link #CARRIED}
   * @throws IllegalArgumentException if there are too few rows, see {@link EpochOrder}
   */
  static TrainingSet of(Dataset<Row> table, Plan plan) {
    JavaRDD<DecodedImages.Image> decoded =
        DecodedImages.of(table, "image", CARRIED, plan.images())
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      long seed = plan.seed();
      ValidationSplit split =
          ValidationSplit.of(plan.validationFraction(), () -> draws(decoded, seed));
      Counts counts = count(decoded, seed, split);
      long rows = counts.of(ClassImages.Use.TRAINING);
      if (rows == 0) {
        throw nothingToTrainOn(
            counts.of(ClassImages.Use.UNREADABLE),
            counts.example,
            counts.of(ClassImages.Use.VALIDATION));
      }
      JavaRDD<KeyedRow> keyed =
          decoded
              .filter(image -> image.pixels() != null)
              .map(image -> KeyedRow.of(image, seed, split));
      JavaRDD<KeyedRow> forTraining = keyed.filter(row -> !row.isValidation());
      JavaRDD<KeyedRow> forValidation = keyed.filter(row -> row.isValidation());
      requireBatch(plan.batchSize(), rows, counts.of(ClassImages.Use.VALIDATION));
      int workers = plan.workers().getAsInt(); // now: decoding has brought the executors
      EpochOrder order = new EpochOrder(rows, workers, plan.batchSize(), plan.seed());
      long fingerprint = keyed.map(KeyedRow::fingerprint).reduce(Long::sum);
      Dealt dealt =
          Dealt.of(
              RowNumbers.of(forTraining, workers), RowNumbers.of(forValidation, workers), order);
      return new TrainingSet(dealt, order, counts, fingerprint);
    } finally {
      decoded.unpersist();
    }
  }

  private static Counts count(
      JavaRDD<DecodedImages.Image> decoded, long seed, ValidationSplit split) {
    Map<Integer, Long> counts =
        decoded
            .mapToPair(image -> new Tuple2<>(use(image, seed, split), 1L))
            .reduceByKey(Long::sum)
            .collectAsMap();
    List<String> examples =
        counts.keySet().stream().noneMatch(ClassImages.Use.UNREADABLE::isOf)
            ? List.of()
            : decoded.filter(image -> image.pixels() == null).map(TrainingSet::problem).take(1);
    return new Counts(Map.copyOf(counts), examples.isEmpty() ? "" : examples.get(0));
  }

  /** Of the images that a tenth is to be kept of: each follows from the image alone. */
  private static JavaPairRDD<Integer, Double> draws(
      JavaRDD<DecodedImages.Image> decoded, long seed) {
    return decoded
        .filter(image -> image.pixels() != null && !image.carried().getBoolean(2))
        .mapToPair(
            image ->
                new Tuple2<>(
                    (int) image.carried().getDouble(0),
                    KeyedRow.draw(seed, KeyedRow.hash(requireNonNull(image.pixels())))));
  }

  private static int use(DecodedImages.Image image, long seed, ValidationSplit split) {
    int label = (int) image.carried().getDouble(0);
    if (image.pixels() == null) {
      return ClassImages.Use.UNREADABLE.of(label);
    }
    return (KeyedRow.of(image, seed, split).isValidation()
            ? ClassImages.Use.VALIDATION
            : ClassImages.Use.TRAINING)
        .of(label);
  }

  private static String problem(DecodedImages.Image image) {
    UTF8String name = image.carried().getUTF8String(3);
    return name.numBytes() == 0 ? image.problem() : name + ": " + image.problem();
  }

  /** What {@link EpochOrder} asks for, to whom it may be news that rows were kept. */
  private static void requireBatch(int batchSize, long rows, long kept) {
    if (batchSize > rows && kept > 0) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "The batch size is %d, but the training set has %s, besides %d that %s kept for"
                  + " validation. Set the batch size to at most %d, keep fewer, or add images.",
              batchSize,
              Quantity.of(rows, "row"),
              kept,
              kept == 1 ? "is" : "are",
              rows));
    }
  }

  /** What is thrown when no row is left for training. */
  static IllegalArgumentException nothingToTrainOn(
      long unreadable, String example, long validation) {
    String why =
        unreadable > 0
            ? String.format(
                Locale.ROOT,
                "%s can't be read, the first because of %s",
                Quantity.of(unreadable, "image"),
                example)
            : "the table has no rows";
    return new IllegalArgumentException(
        String.format(
            Locale.ROOT,
            "There is nothing to train on: %s; kept for validation: %s.",
            why,
            Quantity.of(validation, "row")));
  }

  /** The rows on their workers. */
  private record Dealt(Shards training, Shards validation) implements AutoCloseable {

    /**
     * Puts each row for training on the worker whose batches it is in, and gives each worker as
     * many for validation as another.
     */
    static Dealt of(
        JavaRDD<TrainingRow> training, JavaRDD<TrainingRow> validation, EpochOrder order) {
      int workers = order.workers();
      Shards trained = shards(training, workers, order::workerOf);
      try {
        return new Dealt(trained, shards(validation, workers, index -> (int) (index % workers)));
      } catch (Throwable e) {
        trained.close();
        throw e;
      }
    }

    private static Shards shards(JavaRDD<TrainingRow> rows, int workers, IndexToWorker workerOf) {
      return Shards.keep(
          rows.mapToPair(row -> new Tuple2<>(row.index(), row))
              .partitionBy(new WorkerPartitioner(workers, workerOf))
              .values());
    }

    @Override
    public void close() {
      training.close();
      validation.close();
    }
  }

  /** Deals the rows out anew, without decoding an image again; nothing may be running on them. */
  void deal(int workers) {
    EpochOrder fresh = order.withWorkers(workers);
    try (Dealt before = dealt) {
      dealt = Dealt.of(before.training.rows(), before.validation.rows(), fresh);
      order = fresh;
    }
  }

  /** Which worker holds the row of a number. */
  private interface IndexToWorker extends java.io.Serializable {
    int workerOf(long index);
  }

  private static final class WorkerPartitioner extends Partitioner {
    private static final long serialVersionUID = 1;

    private final int workers;
    private final IndexToWorker workerOf;

    WorkerPartitioner(int workers, IndexToWorker workerOf) {
      this.workers = workers;
      this.workerOf = workerOf;
    }

    @Override
    public int numPartitions() {
      return workers;
    }

    @Override
    public int getPartition(Object key) {
      return workerOf.workerOf((Long) key);
    }
  }

  Shards training() {
    return dealt.training;
  }

  Shards validation() {
    return dealt.validation;
  }

  EpochOrder order() {
    return order;
  }

  long trainingRows() {
    return trainingRows;
  }

  long validationRows() {
    return validationRows;
  }

  /** Rows by class and use, see {@link ClassImages#of}. */
  Map<Integer, Long> classCounts() {
    return classCounts;
  }

  /** Rows whose image can't be read. */
  long unreadable() {
    return unreadable;
  }

  /** Why the first of them can't be; empty if there is none. */
  String example() {
    return example;
  }

  /** Of all rows, labels and uses, in whatever order. */
  long fingerprint() {
    return fingerprint;
  }

  @Override
  public void close() {
    dealt.close();
  }
}
