package io.mobilenetspark.jobs.cli;

import io.mobilenetspark.jobs.cli.CommonOptions.Verbosity;
import io.mobilenetspark.runtime.OneDnn;
import io.mobilenetspark.spark.ClassicSpark;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.SparkSession;

/** The Spark session of a command. */
public final class Sessions {

  private Sessions() {}

  /**
   * The running session, or one with spark-submit's settings. Without a master, all cores of this
   * machine.
   */
  public static SparkSession open(String name, Verbosity verbosity) {
    return ClassicSpark.sessionWithoutMllib(settings(name, verbosity));
  }

  /** The same, for a command that uses MLlib. */
  public static SparkSession openWithMllib(String name, Verbosity verbosity) {
    return ClassicSpark.session(settings(name, verbosity));
  }

  private static SparkConf settings(String name, Verbosity verbosity) {
    SparkConf conf = new SparkConf();
    if (verbosity != Verbosity.VERBOSE) {
      // Executors log to files of their own, Spark a line for each image file that a task lists,
      // TensorFlow one for each JPEG that ends too early: the table of vectors says it better.
      conf.setIfMissing("spark.executorEnv.TF_CPP_MIN_LOG_LEVEL", "3");
      conf.setIfMissing("spark.executor.syncLogLevel.enabled", "true");
      conf.setIfMissing("spark.log.level", "ERROR");
    }
    // On a CPU for which TensorFlow has no oneDNN it means nothing.
    conf.setIfMissing(
        "spark.executorEnv." + OneDnn.SWITCH, System.getenv().getOrDefault(OneDnn.SWITCH, "1"));
    conf.setIfMissing("spark.app.name", name);
    conf.setIfMissing("spark.master", "local[*]");
    conf.setIfMissing("spark.ui.showConsoleProgress", "false");
    if (conf.get("spark.master").startsWith("local") && !asksForUi(conf)) {
      conf.set("spark.ui.enabled", "false"); // its server takes a while to start
    }
    return conf;
  }

  private static boolean asksForUi(SparkConf conf) {
    return conf.getAllWithPrefix("spark.ui.").length > 1 // showConsoleProgress is ours
        || conf.contains("spark.metrics.conf")
        || conf.getAllWithPrefix("spark.metrics.conf.").length > 0;
  }

  /** What would make a session faster whose driver computes: see {@link OneDnn#advice}. */
  public static Optional<String> advice(SparkSession spark) {
    return spark.sparkContext().isLocal() ? OneDnn.advice() : Optional.empty();
  }

  /** Where a session runs, for reports. */
  public static Map<String, Object> describe(SparkSession spark) {
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
