package io.mobilenetspark.jobs;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
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

  /** Where a session runs, for reports. */
  static Map<String, Object> describe(SparkSession spark) {
    SparkContext context = spark.sparkContext();
    boolean isLocal = context.isLocal();
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("app_id", context.applicationId());
    facts.put("app_name", context.appName());
    facts.put("master", context.master());
    facts.put("driver_memory", context.getConf().get("spark.driver.memory", "1g"));
    // The driver is listed among them; locally it is the executor.
    facts.put("executors", context.statusTracker().getExecutorInfos().length - (isLocal ? 0 : 1));
    facts.put("cores", context.defaultParallelism());
    return facts;
  }
}
