package io.mobilenetspark.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.mobilenetspark.testing.Clients;
import io.mobilenetspark.testing.Installed;
import io.mobilenetspark.testing.Pictures;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.commons.io.FileUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.server.MiniYARNCluster;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * YARN: its resource manager and a node in this process, the application's master and executors in
 * JVMs of their own, which the node starts in containers.
 */
@EnabledIfSystemProperty(
    named = "cases",
    matches = "all",
    disabledReason = "of the exhaustive tier: two minutes")
@Tag("cluster")
class YarnIT {

  private static final int PICTURES = 1200;

  @TempDir private Path directory;

  private Path home = Path.of("");
  private MiniYARNCluster yarn = new MiniYARNCluster("yarn", 1, 1, 1);
  private Path settings = home;

  @BeforeEach
  void start() throws Exception {
    Optional<Path> found = SparkDistribution.home();
    if (found.isEmpty()) {
      String reason = "pass -Dspark.distribution=..., or install pyspark into udf/target/python";
      Clients.missing("a distribution of Spark", "YARN", reason, "pyspark");
    }
    home = found.orElseThrow();
    YarnConfiguration configuration = new YarnConfiguration();
    configuration.set("fs.defaultFS", "file:///");
    configuration.set(YarnConfiguration.YARN_MINICLUSTER_NM_PMEM_MB, "8192");
    configuration.set(YarnConfiguration.RM_SCHEDULER_MINIMUM_ALLOCATION_MB, "256");
    configuration.set("yarn.scheduler.capacity.root.queues", "default");
    configuration.set("yarn.scheduler.capacity.root.default.capacity", "100");
    configuration.set("yarn.scheduler.capacity.maximum-am-resource-percent", "1.0");
    configuration.set(
        YarnConfiguration.NM_MAX_PER_DISK_UTILIZATION_PERCENTAGE, "100"); // a full disk is no fault
    // A JVM reserves far more addresses than it uses.
    configuration.setBoolean(YarnConfiguration.NM_VMEM_CHECK_ENABLED, false);
    yarn.init(configuration);
    yarn.start();
    assertThat(yarn.waitForNodeManagersToConnect(60_000)).isTrue();
    settings = Files.createDirectory(directory.resolve("settings"));
    try (OutputStream file = Files.newOutputStream(settings.resolve("yarn-site.xml"))) {
      yarn.getConfig().writeXml(file);
    }
    Configuration core = new Configuration(false);
    core.set("fs.defaultFS", "file:///");
    try (OutputStream file = Files.newOutputStream(settings.resolve("core-site.xml"))) {
      core.writeXml(file);
    }
  }

  @AfterEach
  void stop() throws IOException {
    yarn.stop();
    File work = yarn.getTestWorkDir();
    FileUtils.deleteDirectory(work);
  }

  /** One of the executors is killed at work; where the driver is changes nothing. */
  @ParameterizedTest
  @ValueSource(strings = {"client", "cluster"})
  void executorsThatAreKilledCostNoRow(String deployMode) throws Exception {
    Path photos = Pictures.write(directory.resolve("photos"), PICTURES);
    Path output = directory.resolve("vectors");
    String java = System.getProperty("java.home");
    try (SparkDistribution spark =
        SparkDistribution.in(
            home,
            Files.createDirectory(directory.resolve("at-work")),
            Map.of("HADOOP_CONF_DIR", settings.toString(), "JAVA_HOME", java))) {
      Process job =
          spark.start(
              "spark-submit",
              SparkDistribution.submission(
                  List.of(
                      "--master=yarn",
                      "--deploy-mode=" + deployMode,
                      "--num-executors=2",
                      "--executor-memory=1g",
                      "--driver-memory=1g",
                      "--conf=spark.yarn.jars=local:" + home.resolve("jars") + "/*",
                      "--conf=spark.yarn.stagingDir=" + directory.resolve("staging"),
                      "--conf=spark.yarn.appMasterEnv.JAVA_HOME=" + java,
                      "--conf=spark.executorEnv.JAVA_HOME=" + java),
                  "embed",
                  "--input=" + photos,
                  "--model=builtin",
                  "--partitions=40",
                  "--output=" + output));
      ProcessHandle victim = executor(job);
      TimeUnit.SECONDS.sleep(6); // it has begun a task, or several
      assertThat(job.isAlive() && victim.destroyForcibly()).as("killed at work").isTrue();
      assertThat(job.waitFor(20, TimeUnit.MINUTES)).isTrue();
      assertThat(job.exitValue()).isZero();
    }

    var rows = Installed.session().read().parquet(output.toString());
    assertThat(rows.count()).isEqualTo(PICTURES);
    assertThat(rows.select("path").distinct().count()).isEqualTo(PICTURES);
    assertThat(rows.filter("status = 'OK' AND size(features) = 768").count()).isEqualTo(PICTURES);
    JsonNode report = Installed.report(output);
    assertThat(report.at("/images").asInt()).as("what was committed").isEqualTo(PICTURES);
    assertThat(report.at("/spark/master").asText()).isEqualTo("yarn");
    Clients.passed(
        "YARN",
        SparkDistribution.version(home),
        "embed with the driver in " + deployMode + " mode and an executor killed at work");
  }

  /** The first executor that the node has started. */
  private static ProcessHandle executor(Process job) throws InterruptedException {
    for (int i = 0; i < 1200 && job.isAlive(); i++) {
      Optional<ProcessHandle> executor =
          ProcessHandle.current().descendants().filter(SparkDistribution::isExecutor).findFirst();
      if (executor.isPresent()) {
        return executor.get();
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
    throw new AssertionError("no executor is at work");
  }
}
