package io.mobilenetspark.bench;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.element_at;
import static org.apache.spark.sql.functions.split;

import io.mobilenetspark.spark.ml.MobileNetFineTuner;
import io.mobilenetspark.spark.train.EpochMetrics;
import io.mobilenetspark.spark.train.TrainingListener;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Fine-tuning on one and on two executors of one core each, in JVMs of their own: images a second
 * and the share of the time that is not spent on gradients, with the gradients summed every step
 * and with the weights averaged every eighth.
 *
 * <pre>bench/run FineTuneBenchmark DIRECTORY_WITH_A_DIRECTORY_OF_JPEGS_PER_CLASS [EPOCHS]</pre>
 */
public final class FineTuneBenchmark {

  private record Setting(int executors, int syncEvery) {}

  private static final List<Setting> SETTINGS =
      List.of(new Setting(1, 1), new Setting(2, 1), new Setting(1, 8), new Setting(2, 8));

  private FineTuneBenchmark() {}

  /** Runs the benchmark; see the class. */
  public static void main(String[] args) throws IOException {
    if (args.length < 1) {
      System.err.println("Usage: bench/run FineTuneBenchmark DIRECTORY_OF_CLASSES [EPOCHS]");
      System.exit(2);
    }
    int epochs = args.length > 1 ? Integer.parseInt(args[1]) : 3;
    for (Setting setting : SETTINGS) {
      run(args[0], epochs, setting);
    }
  }

  private static void run(String directory, int epochs, Setting setting) throws IOException {
    try (SparkSession spark =
        SparkSession.builder()
            .master(String.format(Locale.ROOT, "local-cluster[%d,1,2048]", setting.executors))
            .config("spark.ui.enabled", "false")
            .config("spark.executor.memory", "2g")
            .config("spark.executor.extraClassPath", System.getProperty("java.class.path"))
            .getOrCreate()) {
      Dataset<Row> images =
          spark
              .read()
              .format("binaryFile")
              .option("recursiveFileLookup", "true")
              .option("pathGlobFilter", "*.jpg")
              .load(directory)
              .withColumn("label", element_at(split(col("path"), "/"), -2));
      new MobileNetFineTuner()
          .setModel("builtin")
          .setHeadInit("zero")
          .setInputCol("content")
          .setImageSize(224)
          .setEpochs(epochs)
          .setValidationFraction(0)
          .setNumWorkers(setting.executors)
          .setSyncEvery(setting.syncEvery)
          .setLearningRate(1e-5)
          .fit(
              images,
              new TrainingListener() {
                @Override
                public void onEpoch(EpochMetrics epoch) {
                  System.out.printf(
                      Locale.ROOT,
                      "%d executors, syncEvery %d, epoch %d: %.1f images/s, %.1f %% of the time not"
                          + " on gradients%n",
                      setting.executors,
                      setting.syncEvery,
                      epoch.epoch(),
                      epoch.imagesPerSecond(),
                      100 * epoch.overheadShare());
                }
              });
      spark.stop();
    }
  }
}
