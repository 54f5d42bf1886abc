package io.mobilenetspark.bench;

import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.xxhash64;

import io.mobilenetspark.spark.ml.MobileNetFineTuner;
import io.mobilenetspark.spark.train.EpochMetrics;
import io.mobilenetspark.spark.train.TrainingListener;
import java.io.IOException;
import java.util.Locale;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * A training set that is larger than the memory of its executors: one epoch of the last layer, on
 * two executors of one core and 2 GB, by the number of images. A step must not take longer for
 * them.
 *
 * <pre>bench/run TrainingStoreBenchmark PARQUET_TABLE_OF_IMAGES ROWS...</pre>
 */
public final class TrainingStoreBenchmark {

  private static final int CLASSES = 5;

  private TrainingStoreBenchmark() {}

  /** Runs the benchmark; see the class. */
  public static void main(String[] args) throws IOException {
    if (args.length < 2) {
      System.err.println("Usage: bench/run TrainingStoreBenchmark TABLE ROWS...");
      System.exit(2);
    }
    for (int i = 1; i < args.length; i++) {
      run(args[0], Integer.parseInt(args[i]));
    }
  }

  private static void run(String table, int rows) throws IOException {
    try (SparkSession spark =
        SparkSession.builder()
            .master("local-cluster[2,1,2048]")
            .config("spark.ui.enabled", "false")
            .config("spark.executor.memory", "2g")
            .config("spark.executor.extraClassPath", System.getProperty("java.class.path"))
            .getOrCreate()) {
      Dataset<Row> images =
          spark
              .read()
              .parquet(table)
              .limit(rows)
              .repartition(8)
              .withColumn("label", pmod(abs(xxhash64(col("id"))), lit(CLASSES)).cast("string"));
      long start = System.nanoTime();
      new MobileNetFineTuner()
          .setModel("builtin")
          .setHeadInit("zero")
          .setTrainable("Conv2d_13_pointwise")
          .setInputCol("image")
          .setImageSize(224)
          .setEpochs(1)
          .setBatchSize(64)
          .setValidationFraction(0)
          .setNumWorkers(2)
          .setLearningRate(1e-5)
          .fit(
              images,
              new TrainingListener() {
                @Override
                public void onEpoch(EpochMetrics epoch) {
                  System.out.printf(
                      Locale.ROOT,
                      "%d images: ready to train after %.0f s; %.1f images/s, %.1f %% of the time"
                          + " not on gradients%n",
                      rows,
                      (System.nanoTime() - start) / 1e9 - epoch.seconds(),
                      epoch.imagesPerSecond(),
                      100 * epoch.overheadShare());
                }
              });
      spark
          .sparkContext()
          .statusStore()
          .executorList(true)
          .foreach(
              executor -> {
                executor
                    .peakMemoryMetrics()
                    .foreach(
                        peak -> {
                          System.out.printf(
                              Locale.ROOT,
                              "executor %s: at most %.2f GB of heap%n",
                              executor.id(),
                              peak.getMetricValue("JVMHeapMemory") / 1e9);
                          return null;
                        });
                return null;
              });
      spark.stop();
    }
  }
}
