package io.mobilenetspark.spark.train;

import static java.util.Objects.requireNonNull;

import io.mobilenetspark.common.Quantity;
import io.mobilenetspark.common.Sha256;
import io.mobilenetspark.image.ImageOptions;
import io.mobilenetspark.spark.DecodedImages;
import io.mobilenetspark.train.EpochOrder;
import io.mobilenetspark.train.RunSeed;
import io.mobilenetspark.train.TrainingRow;
import java.nio.ByteBuffer;
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
 * The decoded images of a run, kept by the executors in memory, or on their disks where memory is
 * short. Rows are numbered by a hash of what they hold, so the numbers, and with them the batches,
 * don't depend on how the input was split or in which order it came. Used on the driver, by one
 * thread.
 */
final class TrainingSet implements AutoCloseable {

  private JavaRDD<TrainingRow> training;
  private JavaRDD<TrainingRow> validation;
  private EpochOrder order;
  private final long trainingRows;
  private final long validationRows;
  private final long unreadable;
  private final String example;
  private final long fingerprint;
  private final Map<Integer, Long> classCounts;

  private TrainingSet(
      JavaRDD<TrainingRow> training,
      JavaRDD<TrainingRow> validation,
      EpochOrder order,
      Counts counts,
      long fingerprint) {
    this.classCounts = counts.byClass;
    this.training = training;
    this.validation = validation;
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
      JavaRDD<Keyed> keyed =
          decoded
              .filter(image -> image.pixels() != null)
              .map(image -> Keyed.of(image, seed, split));
      JavaRDD<Keyed> forTraining = keyed.filter(row -> !row.isValidation);
      JavaRDD<Keyed> forValidation = keyed.filter(row -> row.isValidation);
      requireBatch(plan.batchSize(), rows, counts.of(ClassImages.Use.VALIDATION));
      int workers = plan.workers().getAsInt(); // now: decoding has brought the executors
      EpochOrder order = new EpochOrder(rows, workers, plan.batchSize(), plan.seed());
      JavaRDD<TrainingRow> training = dealt(numbered(forTraining, workers), order);
      JavaRDD<TrainingRow> validation = dealt(numbered(forValidation, workers), workers);
      long fingerprint = keyed.map(Keyed::fingerprint).reduce(Long::sum);
      training.count(); // so that the decoded images of the first kind can go
      validation.count();
      return new TrainingSet(training, validation, order, counts, fingerprint);
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
                    Keyed.draw(seed, Keyed.hash(requireNonNull(image.pixels())))));
  }

  private static int use(DecodedImages.Image image, long seed, ValidationSplit split) {
    int label = (int) image.carried().getDouble(0);
    if (image.pixels() == null) {
      return ClassImages.Use.UNREADABLE.of(label);
    }
    return (Keyed.of(image, seed, split).isValidation
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

  /** A row and the hash of all that it holds. */
  private static final class Keyed implements java.io.Serializable {
    private static final long serialVersionUID = 1;

    private final long key;
    private final TrainingRow row;
    private final boolean isMarked;
    private final boolean isValidation;

    private Keyed(long key, TrainingRow row, boolean isMarked, boolean isValidation) {
      this.key = key;
      this.row = row;
      this.isMarked = isMarked;
      this.isValidation = isValidation;
    }

    /** A hash of image, label and weight. */
    private static long key(long hash, int label, float weight) {
      return RunSeed.mix(RunSeed.mix(hash, label), Float.floatToIntBits(weight));
    }

    static double draw(long seed, long hash) {
      return (RunSeed.mix(seed, hash) >>> 11) * 0x1p-53;
    }

    static Keyed of(DecodedImages.Image image, long seed, ValidationSplit split) {
      byte[] pixels = requireNonNull(image.pixels());
      int label = (int) image.carried().getDouble(0);
      float weight = (float) image.carried().getDouble(1);
      long hash = hash(pixels);
      long key = key(hash, label, weight);
      boolean isMarked = image.carried().getBoolean(2);
      return new Keyed(
          key,
          new TrainingRow(0, pixels, label, weight, image.carried().getUTF8String(3).toString()),
          isMarked,
          isMarked || split.keeps(label, draw(seed, split.drawnFrom(hash, key))));
    }

    /** Of what the table has of it; the split of the others follows from the settings. */
    long fingerprint() {
      return RunSeed.mix(RunSeed.mix(key, row.label()), isMarked ? 1 : 0);
    }

    static long hash(byte[] bytes) {
      return ByteBuffer.wrap(Sha256.digest().digest(bytes)).getLong();
    }
  }

  /** Numbers rows in the order of their hashes. */
  private static JavaRDD<TrainingRow> numbered(JavaRDD<Keyed> rows, int partitions) {
    return rows.mapToPair(row -> new Tuple2<>(row.key, row.row))
        .sortByKey(true, partitions)
        .values()
        .zipWithIndex()
        .map(pair -> pair._1().withIndex(pair._2()));
  }

  /** Puts each row on the worker whose batches it is in. */
  private static JavaRDD<TrainingRow> dealt(JavaRDD<TrainingRow> rows, EpochOrder order) {
    return dealt(rows, order.workers(), order::workerOf);
  }

  /** Gives each worker as many rows as another. */
  private static JavaRDD<TrainingRow> dealt(JavaRDD<TrainingRow> rows, int workers) {
    return dealt(rows, workers, index -> (int) (index % workers));
  }

  private static JavaRDD<TrainingRow> dealt(
      JavaRDD<TrainingRow> rows, int workers, IndexToWorker workerOf) {
    return rows.mapToPair(row -> new Tuple2<>(row.index(), row))
        .partitionBy(new WorkerPartitioner(workers, workerOf))
        .values()
        .persist(StorageLevel.MEMORY_AND_DISK());
  }

  /** Deals the rows out anew, without decoding an image again; nothing may be running on them. */
  void deal(int workers) {
    JavaRDD<TrainingRow> trainingBefore = training;
    JavaRDD<TrainingRow> validationBefore = validation;
    order = order.withWorkers(workers);
    training = dealt(trainingBefore, order);
    validation = dealt(validationBefore, workers);
    training.count(); // so that those before can go
    validation.count();
    trainingBefore.unpersist();
    validationBefore.unpersist();
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

  JavaRDD<TrainingRow> training() {
    return training;
  }

  JavaRDD<TrainingRow> validation() {
    return validation;
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
    training.unpersist();
    validation.unpersist();
  }
}
