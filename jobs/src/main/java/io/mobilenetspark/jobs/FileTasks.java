package io.mobilenetspark.jobs;

import org.apache.spark.sql.SparkSession;

/**
 * How many image files one task gets. Spark's defaults are for files that are read, not computed
 * on: packed by their bytes, tasks of small images would take several times as long as others, and
 * small jobs would wait for the last one.
 */
final class FileTasks {

  private static final String OPEN_COST = "spark.sql.files.openCostInBytes";
  private static final String MIN_PARTITIONS = "spark.sql.files.minPartitionNum";
  private static final String MAX_PARTITION_BYTES = "spark.sql.files.maxPartitionBytes";

  /** The network takes most of an image's time, whatever its bytes: tasks get equal numbers. */
  private static final String COST_OF_AN_IMAGE = "1m";

  /** About 4,000 photographs, some 20 seconds of one core. */
  private static final String TASK_BYTES = "4g";

  /**
   * Tasks of equal cost need no spares; each costs some 40 ms, most of it for creating its file.
   */
  private static final int TASKS_PER_CORE = 2;

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

  private static void unlessSet(SparkSession spark, String key, String value) {
    if (!spark.sparkContext().getConf().contains(key)) {
      spark.conf().set(key, value);
    }
  }
}
