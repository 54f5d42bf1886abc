package io.mobilenetspark.jobs.input;

import io.mobilenetspark.spark.FeatureTable;
import io.mobilenetspark.spark.ImageColumn;
import java.util.List;
import org.apache.spark.network.util.JavaUtils;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;

/**
 * How many image files one task gets. Spark's defaults are for files that are read, not computed
 * on: packed by their bytes, tasks of small images would take several times as long as others, and
 * small jobs would wait for the last one.
 */
public final class FileTasks {

  private static final String OPEN_COST = "spark.sql.files.openCostInBytes";
  private static final String MIN_PARTITIONS = "spark.sql.files.minPartitionNum";
  private static final String MAX_PARTITION_BYTES = "spark.sql.files.maxPartitionBytes";

  /** The network takes most of an image's time, whatever its bytes: tasks get equal numbers. */
  private static final String COST_OF_AN_IMAGE = "1m";

  /** About 1,000 photographs, some 10 seconds of one core: more tasks ask for more executors. */
  private static final String TASK_BYTES = "1g";

  /** The same in rows that name files. */
  private static final long TASK_ROWS = 1000;

  /**
   * Tasks of equal cost need no spares; each costs some 40 ms, most of it for creating its file.
   */
  private static final int TASKS_PER_CORE = 2;

  /** Names that a task goes through in a second or so. */
  private static final long TASK_NAMES = 50_000;

  private FileTasks() {}

  /** Sets what the user has not set. */
  static void tune(SparkSession spark) {
    unlessSet(spark, OPEN_COST, COST_OF_AN_IMAGE);
    unlessSet(spark, MAX_PARTITION_BYTES, TASK_BYTES);
    unlessSet(
        spark,
        MIN_PARTITIONS,
        Integer.toString(TASKS_PER_CORE * spark.sparkContext().defaultParallelism()));
  }

  /** How many tasks files are dealt out to, by the same rule as Spark's, but equal in number. */
  static int number(SparkSession spark, List<Listed> files) {
    return number(spark, files.size(), files.stream().mapToLong(Listed::length).sum());
  }

  /** The same, for so many files of so many bytes in all. */
  static int number(SparkSession spark, long files, long bytes) {
    long work = files * bytes(spark, OPEN_COST) + bytes;
    long byWork = ceilDiv(work, bytes(spark, MAX_PARTITION_BYTES));
    long least = Math.min(files, Long.parseLong(spark.conf().get(MIN_PARTITIONS)));
    return Math.toIntExact(Math.max(1, Math.max(byWork, least)));
  }

  /** How many tasks rows are dealt out to, each of which names a file. */
  static int number(SparkSession spark, long rows) {
    long least = Math.min(rows, (long) TASKS_PER_CORE * spark.sparkContext().defaultParallelism());
    return Math.toIntExact(Math.max(1, Math.max(ceilDiv(rows, TASK_ROWS), least)));
  }

  /**
   * How many tasks rows are dealt out to that are to be computed: rows that name files weigh
   * little.
   *
   * @param asked for by the user; 0 if not
   * @return 0 to leave them as they are
   */
  public static int number(ImageTable images, long rows, int asked) {
    StructType schema = images.rows().schema();
    DataType image =
        schema.apply(FeatureTable.columnIndex(schema, images.imageColumn())).dataType();
    if (asked > 0) {
      return asked;
    }
    return ImageColumn.of(image) instanceof ImageColumn.Location
        ? number(images.rows().sparkSession(), rows)
        : 0;
  }

  /** How many tasks rows are dealt out to that open no file. */
  static int numberOfNames(SparkSession spark, long rows) {
    long least = (long) TASKS_PER_CORE * spark.sparkContext().defaultParallelism();
    return Math.toIntExact(Math.max(least, ceilDiv(rows, TASK_NAMES)));
  }

  private static long ceilDiv(long number, long by) {
    return (number + by - 1) / by;
  }

  private static long bytes(SparkSession spark, String key) {
    return JavaUtils.byteStringAsBytes(spark.conf().get(key));
  }

  private static void unlessSet(SparkSession spark, String key, String value) {
    if (!spark.sparkContext().getConf().contains(key)) {
      spark.conf().set(key, value);
    }
  }
}
