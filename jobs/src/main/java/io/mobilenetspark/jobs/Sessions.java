package io.mobilenetspark.jobs;

import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/** The Spark session of a command. */
final class Sessions {

  private Sessions() {}

  /**
   * The running session, or one with spark-submit's settings. Without a master, all cores of this
   * machine.
   */
  static SparkSession open(String name) {
    SparkConf conf = new SparkConf();
    // Executors log to their own files; TensorFlow's banners are of no use there.
    conf.setIfMissing("spark.executorEnv.TF_CPP_MIN_LOG_LEVEL", "2");
    conf.setIfMissing("spark.app.name", name);
    conf.setIfMissing("spark.master", "local[*]");
    conf.setIfMissing("spark.ui.showConsoleProgress", "false");
    return SparkSession.builder().config(conf).getOrCreate();
  }
}
