package io.mobilenetspark.spark.ml;

import io.mobilenetspark.common.Quantity;
import io.mobilenetspark.image.ImageOptions;
import io.mobilenetspark.spark.DecodedImages;
import io.mobilenetspark.train.EpochOrder;
import io.mobilenetspark.train.RunSeed;
import io.mobilenetspark.train.TrainingRow;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Locale;
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
 * don't depend on how the input was split or in which order it came.
 */
final class TrainingSet implements AutoCloseable {

  private final JavaRDD<TrainingRow> training;
  private final JavaRDD<TrainingRow> validation;
  private final EpochOrder order;
  private final long trainingRows;
  private final long validationRows;
  private final long unreadable;
  private final String example;
  private final long fingerprint;

  private TrainingSet(
      JavaRDD<TrainingRow> training,
      JavaRDD<TrainingRow> validation,
      EpochOrder order,
      Counts counts,
      long fingerprint) {
    this.training = training;
    this.validation = validation;
    this.order = order;
    this.trainingRows = counts.training;
    this.validationRows = counts.validation;
    this.unreadable = counts.unreadable;
    this.example = counts.example;
    this.fingerprint = fingerprint;
  }

  /** The columns that are read beside the image: label index, weight, use, and name. */
  static final List<String> CARRIED = List.of("label", "weight", "isValidation", "name");

  /**
   * How a set is made.
   *
   * @param images how images are read
   * @param workers tasks of a step
   * @param batchSize rows of a batch, over all workers
   * @param seed the run's
   * @param validationFraction share of the rows kept from training, beside those marked so
   */
  record Plan(
      ImageOptions images, int workers, int batchSize, long seed, double validationFraction) {}

  private record Counts(long training, long validation, long unreadable, String example) {}

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
      JavaRDD<String> problems =
          decoded.filter(image -> image.pixels() == null).map(TrainingSet::problem);
      List<String> examples = problems.take(1);
      long unreadable = examples.isEmpty() ? 0 : problems.count();
      long seed = plan.seed();
      double fraction = plan.validationFraction();
      JavaRDD<Keyed> keyed =
          decoded
              .filter(image -> image.pixels() != null)
              .map(image -> Keyed.of(image, seed, fraction));
      JavaRDD<Keyed> forTraining = keyed.filter(row -> !row.isValidation);
      JavaRDD<Keyed> forValidation = keyed.filter(row -> row.isValidation);
      Counts counts =
          new Counts(
              forTraining.count(),
              forValidation.count(),
              unreadable,
              examples.isEmpty() ? "" : examples.get(0));
      if (counts.training == 0) {
        throw nothingToTrainOn(counts.unreadable, counts.example, counts.validation);
      }
      EpochOrder order =
          new EpochOrder(counts.training, plan.workers(), plan.batchSize(), plan.seed());
      JavaRDD<TrainingRow> training = deal(forTraining, plan.workers(), order::workerOf);
      int workers = plan.workers();
      JavaRDD<TrainingRow> validation =
          deal(forValidation, workers, index -> (int) (index % workers));
      long fingerprint = keyed.map(row -> RunSeed.mix(row.key, row.row.label())).reduce(Long::sum);
      training.count(); // so that the decoded images of the first kind can go
      validation.count();
      return new TrainingSet(training, validation, order, counts, fingerprint);
    } finally {
      decoded.unpersist();
    }
  }

  private static String problem(DecodedImages.Image image) {
    UTF8String name = image.carried().getUTF8String(3);
    return name.numBytes() == 0 ? image.problem() : name + ": " + image.problem();
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
    private final boolean isValidation;

    private Keyed(long key, TrainingRow row, boolean isValidation) {
      this.key = key;
      this.row = row;
      this.isValidation = isValidation;
    }

    static Keyed of(DecodedImages.Image image, long seed, double validationFraction) {
      byte[] pixels = java.util.Objects.requireNonNull(image.pixels());
      int label = (int) image.carried().getDouble(0);
      float weight = (float) image.carried().getDouble(1);
      long key = RunSeed.mix(RunSeed.mix(hash(pixels), label), Float.floatToIntBits(weight));
      double draw = (RunSeed.mix(seed, key) >>> 11) * 0x1p-53;
      boolean isValidation = image.carried().getBoolean(2) || draw < validationFraction;
      return new Keyed(key, new TrainingRow(0, pixels, label, weight), isValidation);
    }

    private static long hash(byte[] bytes) {
      try {
        return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(bytes)).getLong();
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every JVM has SHA-256", e);
      }
    }
  }

  /** Numbers rows in the order of their hashes and puts each on its worker. */
  private static JavaRDD<TrainingRow> deal(
      JavaRDD<Keyed> rows, int workers, IndexToWorker workerOf) {
    JavaPairRDD<Long, TrainingRow> numbered =
        rows.mapToPair(row -> new Tuple2<>(row.key, row.row))
            .sortByKey(true, workers)
            .values()
            .zipWithIndex()
            .mapToPair(pair -> new Tuple2<>(pair._2(), pair._1().withIndex(pair._2())));
    return numbered
        .partitionBy(new WorkerPartitioner(workers, workerOf))
        .values()
        .persist(StorageLevel.MEMORY_AND_DISK());
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

  /** Rows whose image can't be read. */
  long unreadable() {
    return unreadable;
  }

  /** Why the first of them can't be; empty if there is none. */
  String example() {
    return example;
  }

  /** Of all rows and labels, in whatever order. */
  long fingerprint() {
    return fingerprint;
  }

  @Override
  public void close() {
    training.unpersist();
    validation.unpersist();
  }
}
