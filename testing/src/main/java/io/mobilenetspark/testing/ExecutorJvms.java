package io.mobilenetspark.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.launcher.JavaModuleOptions;
import org.apache.spark.sql.SparkSession;

/**
 * Spark with executors in JVMs of their own. A JVM has one Spark context, so programs that use this
 * run in a JVM of their own, too: {@link #run}.
 */
public final class ExecutorJvms {

  private ExecutorJvms() {}

  /** Runs a main class that calls {@link #open}, to its end. */
  public static ForkedJvm.Outcome run(Class<?> main, String... arguments)
      throws IOException, InterruptedException {
    Tiers.startsCluster();
    Path home = Files.createTempDirectory("spark-home");
    Files.createDirectory(home.resolve("jars")); // Spark insists; the class path has them already
    List<String> flags = new ArrayList<>();
    flags.addAll(Arrays.asList(JavaModuleOptions.defaultModuleOptions().split(" ")));
    flags.addAll(ForkedJvm.SHORT_RUN);
    flags.add("-Xmx2g");
    flags.add("-Dproject.root=" + SharedData.projectRoot());
    flags.add("-Djava.io.tmpdir=" + home);
    try {
      return ForkedJvm.run(
          main,
          flags,
          Map.of("SPARK_HOME", home.toString(), "SPARK_SCALA_VERSION", "2.13"),
          arguments);
    } finally {
      TemporaryFolder.removeQuietly(home);
    }
  }

  /**
   * Starts executors.
   *
   * @param executors how many
   * @param cores of each
   * @param settings Spark's, beside those that are always made
   */
  public static SparkSession open(int executors, int cores, Map<String, String> settings) {
    SparkSession.Builder builder =
        SparkSession.builder()
            .master(String.format(Locale.ROOT, "local-cluster[%d,%d,2048]", executors, cores))
            .appName("executor JVMs")
            .config("spark.ui.enabled", "false")
            .config("spark.executor.memory", "2g")
            .config("spark.executor.defaultJavaOptions", String.join(" ", ForkedJvm.SHORT_RUN))
            .config("spark.executor.extraClassPath", System.getProperty("java.class.path"))
            .config("spark.executorEnv.TF_CPP_MIN_LOG_LEVEL", "2")
            .config("spark.sql.shuffle.partitions", "2");
    settings.forEach(builder::config);
    SparkSession spark = builder.getOrCreate();
    spark.sparkContext().setLogLevel("ERROR");
    return spark;
  }

  /** The executors' processes: this one's children that are JVMs. */
  public static List<ProcessHandle> processes() {
    return ProcessHandle.current()
        .children()
        .filter(process -> process.info().command().orElse("").endsWith("java"))
        .toList();
  }
}
