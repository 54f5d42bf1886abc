package io.mobilenetspark.jobs;

import org.apache.spark.sql.SparkSession;

/**
 * How many image files one task gets. Spark's defaults are for large files: it counts opening one
 * as 4 MiB of reading, which makes each photograph a task, with a Parquet file of its own.
 */
final class FileTasks {

  private static final String OPEN_COST = "spark.sql.files.openCostInBytes";
  private static final String MIN_PARTITIONS = "spark.sql.files.minPartitionNum";

  /** Enough for the slowest task not to be waited for long. */
  private static final int TASKS_PER_CORE = 3;

  private FileTasks() {}

  /** Sets what the user has not set. */
  static void tune(SparkSession spark) {
    unlessSet(spark, OPEN_COST, "16384");
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
