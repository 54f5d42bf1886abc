package io.mobilenetspark.spark;

import io.mobilenetspark.image.MemoryBudget;
import java.util.Locale;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.network.util.JavaUtils;

/**
 * Tells the images' memory budget of this JVM what Spark grants an executor beside its heap. YARN
 * kills a process that holds more, and nothing in the process knows the limit but Spark's settings.
 */
final class ExecutorMemory {

  private static final String OVERHEAD = "spark.executor.memoryOverhead";
  private static final String FACTOR = "spark.executor.memoryOverheadFactor";
  private static final String HEAP = "spark.executor.memory";
  private static final String LEAST = "spark.executor.minMemoryOverhead";
  private static final long NONE = -1;
  private static final long MEBIBYTE = 1 << 20;

  private static boolean isApplied;

  private ExecutorMemory() {}

  /** Does nothing in a driver, whose memory is bounded by its container or machine alone. */
  static synchronized void apply() {
    SparkEnv env = SparkEnv.get();
    if (isApplied || env == null || env.executorId().equals("driver")) {
      return;
    }
    isApplied = true;
    long bytes = overheadBytes(env.conf());
    if (bytes != NONE) {
      MemoryBudget.limitNativeBytes(bytes);
    }
  }

  /** By the setting; without it what YARN and Kubernetes grant; {@link #NONE} elsewhere. */
  static long overheadBytes(SparkConf conf) {
    if (conf.contains(OVERHEAD)) {
      return JavaUtils.byteStringAsMb(conf.get(OVERHEAD)) * MEBIBYTE;
    }
    String master = conf.get("spark.master", "").toLowerCase(Locale.ROOT);
    if (!master.startsWith("yarn") && !master.startsWith("k8s")) {
      return NONE;
    }
    long heap = JavaUtils.byteStringAsMb(conf.get(HEAP, "1g"));
    long least = JavaUtils.byteStringAsMb(conf.get(LEAST, "384m"));
    long overhead = Math.max(least, (long) (heap * conf.getDouble(FACTOR, 0.1)));
    return overhead * MEBIBYTE;
  }
}
