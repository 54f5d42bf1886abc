package io.mobilenetspark.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.mobilenetspark.testing.Clients;
import io.mobilenetspark.testing.EndlessFileSystem;
import io.mobilenetspark.testing.Installed;
import io.mobilenetspark.testing.Pictures;
import io.mobilenetspark.testing.Python;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** A real distribution of Spark: its scripts, its shell, its server, a cluster of real JVMs. */
@Tag("cluster")
class RealSparkIT {

  private static final int PICTURES = 1200;

  /** So many that tasks list them. */
  private static final int DIRECTORIES = 40;

  /** So many in all that the driver holds none of them. */
  private static final int FILES = 2_600;

  @TempDir private Path directory;

  private Path home = Path.of("");
  private SparkDistribution spark = SparkDistribution.in(home, home);

  @BeforeEach
  void requireDistribution() throws IOException {
    Optional<Path> found = SparkDistribution.home();
    if (found.isEmpty()) {
      String reason = "pass -Dspark.distribution=..., or install pyspark into udf/target/python";
      Clients.missing("a distribution of Spark", "cluster, shells and servers", reason, "pyspark");
    }
    home = found.orElseThrow();
    spark = SparkDistribution.in(home, Files.createDirectory(directory.resolve("at-work")));
  }

  /** Adds to the list of clients what has just passed. */
  private void passed(String client, String what) throws IOException {
    Clients.passed(client, SparkDistribution.version(home), what);
  }

  @AfterEach
  void stop() {
    spark.close();
  }

  /** Python's package has its scripts in one place and its jars in another. */
  @Test
  void theLauncherTakesTheSparkOfPythonsPackage() throws Exception {
    Path bin = home.resolve("../../../../bin").normalize();
    Assumptions.assumeTrue(
        Files.isExecutable(bin.resolve("find-spark-home")), "not Python's package");
    Path output = directory.resolve("vectors");
    Installed.Outcome outcome =
        Installed.launch(
            Map.of(
                "PATH",
                bin + ":" + System.getenv("PATH"),
                "SPARK_LOCAL_IP",
                "127.0.0.1",
                "SPARK_PRINT_LAUNCH_COMMAND",
                "1"),
            "embed",
            "--verbose",
            "--input=" + Installed.demoImages(),
            "--model=builtin",
            "--image-size=32",
            "--output=" + output);
    outcome.assertExitCode(0);
    assertThat(outcome.err()).doesNotContain("Passing over Spark");
    assertThat(outcome.err()).contains("Spark Command: ").contains(home + "/jars/");
    assertThat(Installed.report(output).at("/versions/spark").asText())
        .isEqualTo(SparkDistribution.version(home));
    passed("spark-submit", "the launcher on the Spark of Python's package");
  }

  /** Two of three executors are killed at work. */
  @Test
  void executorsThatAreKilledCostNoRow() throws Exception {
    Path photos = pictures(PICTURES);
    Path output = directory.resolve("vectors");
    String master = spark.cluster(2);
    Process job =
        spark.start(
            "spark-submit",
            SparkDistribution.submission(
                List.of(
                    "--master=" + master,
                    "--executor-memory=1g",
                    "--driver-memory=1g",
                    "--conf=spark.dynamicAllocation.enabled=true",
                    "--conf=spark.dynamicAllocation.shuffleTracking.enabled=true",
                    "--conf=spark.task.maxFailures=8"),
                "embed",
                "--input=" + photos,
                "--model=builtin",
                "--partitions=40",
                "--output=" + output));
    int killed = 0;
    for (int round = 0; round < 2; round++) {
      ProcessHandle victim = awaitExecutor(job);
      TimeUnit.SECONDS.sleep(4); // it has begun a task, or several
      killed += job.isAlive() && victim.destroyForcibly() ? 1 : 0;
      victim.onExit().get(5, TimeUnit.MINUTES);
    }
    assertThat(killed).as("executors killed at work").isEqualTo(2);
    assertThat(job.waitFor(20, TimeUnit.MINUTES)).isTrue();
    assertThat(job.exitValue()).isZero();

    var rows = Installed.session().read().parquet(output.toString());
    assertThat(rows.count()).isEqualTo(PICTURES);
    assertThat(rows.select("path").distinct().count()).isEqualTo(PICTURES);
    assertThat(rows.filter("status = 'OK' AND size(features) = 768").count()).isEqualTo(PICTURES);
    JsonNode report = Installed.report(output);
    assertThat(report.at("/images").asInt()).as("what was committed").isEqualTo(PICTURES);
    assertThat(report.at("/spark/master").asText()).isEqualTo(master);
    passed("standalone cluster", "embed with dynamic allocation and executors killed at work");
  }

  /**
   * One executor is killed while it lists files, one while it opens the first of those that were
   * found, whose share of the listing goes with it, and one while it computes; then a worker.
   */
  @EnabledIfSystemProperty(
      named = "cases",
      matches = "all",
      disabledReason = "of the exhaustive tier: minutes")
  @Test
  void executorsAndAWorkerThatAreKilledCostNoRow() throws Exception {
    Path photos = pictures(PICTURES);
    Path content = Files.write(directory.resolve("content.png"), Pictures.png(0));
    Path deaths = Files.createDirectory(directory.resolve("deaths"));
    Path output = directory.resolve("vectors");
    String master = spark.cluster(2);
    Process job =
        spark.start(
            "spark-submit",
            SparkDistribution.submission(
                List.of(
                    "--master=" + master,
                    "--executor-memory=1g",
                    "--driver-memory=1g",
                    "--conf=spark.dynamicAllocation.enabled=true",
                    "--conf=spark.dynamicAllocation.shuffleTracking.enabled=true",
                    "--conf=spark.task.maxFailures=8",
                    "--driver-class-path=" + testing(),
                    "--conf=spark.executor.extraClassPath=" + testing(),
                    "--conf=spark.hadoop.fs.many.impl=" + EndlessFileSystem.class.getName(),
                    "--conf=spark.hadoop." + EndlessFileSystem.CONTENT + "=" + content,
                    "--conf=spark.hadoop." + EndlessFileSystem.DEATHS + "=" + deaths),
                "embed",
                "--input=" + photos,
                String.format(Locale.ROOT, "--input=many://%d-%d/", DIRECTORIES, FILES),
                "--model=builtin",
                "--image-size=32",
                "--partitions=40",
                "--output=" + output));
    for (String mark : EndlessFileSystem.MARKS) {
      await(job, "no executor has died " + mark, () -> Files.exists(deaths.resolve(mark)));
    }
    ProcessHandle victim = awaitExecutor(job);
    TimeUnit.SECONDS.sleep(4); // it has begun a task, or several
    assertThat(job.isAlive() && victim.destroyForcibly()).as("killed at work").isTrue();
    awaitExecutor(job);
    assertThat(job.isAlive() && spark.killWorker()).as("worker killed at work").isTrue();
    assertThat(job.waitFor(20, TimeUnit.MINUTES)).isTrue();
    assertThat(job.exitValue()).isZero();

    int all = PICTURES + DIRECTORIES * FILES;
    var rows = Installed.session().read().parquet(output.toString());
    assertThat(rows.count()).isEqualTo(all);
    assertThat(rows.select("path").distinct().count()).isEqualTo(all);
    assertThat(rows.filter("status = 'OK' AND size(features) = 768").count()).isEqualTo(all);
    JsonNode report = Installed.report(output);
    assertThat(report.at("/images").asInt()).as("what was committed").isEqualTo(all);
    assertThat(report.at("/spark/master").asText()).isEqualTo(master);
    passed(
        "standalone cluster",
        "embed with dynamic allocation, executors killed while they list, open and compute, and a"
            + " worker killed");
  }

  /** How much longer a run takes whose executors are killed twice. */
  @EnabledIfSystemProperty(
      named = "cases",
      matches = "all",
      disabledReason = "of the exhaustive tier: ten minutes")
  @Test
  void fiftyThousandRows() throws Exception {
    Path content = Files.write(directory.resolve("content.png"), Pictures.png(0));
    String master = spark.cluster(2);
    for (int kills : new int[] {0, 2}) {
      Path output = directory.resolve("vectors-" + kills);
      long start = System.nanoTime();
      Process job =
          spark.start(
              "spark-submit",
              SparkDistribution.submission(
                  List.of(
                      "--master=" + master,
                      "--executor-memory=1g",
                      "--driver-memory=1g",
                      "--conf=spark.dynamicAllocation.enabled=true",
                      "--conf=spark.dynamicAllocation.shuffleTracking.enabled=true",
                      "--driver-class-path=" + testing(),
                      "--conf=spark.executor.extraClassPath=" + testing(),
                      "--conf=spark.hadoop.fs.many.impl=" + EndlessFileSystem.class.getName(),
                      "--conf=spark.hadoop." + EndlessFileSystem.CONTENT + "=" + content),
                  "embed",
                  "--input=many://50-1000/",
                  "--model=builtin",
                  "--output=" + output));
      await(job, "there is work for two executors", () -> spark.executors().size() == 2);
      for (int killed = 0; killed < kills; killed++) {
        TimeUnit.SECONDS.sleep(60);
        assertThat(job.isAlive() && awaitExecutor(job).destroyForcibly()).as("at work").isTrue();
      }
      assertThat(job.waitFor(30, TimeUnit.MINUTES)).isTrue();
      long seconds = (System.nanoTime() - start) / 1_000_000_000;
      assertThat(job.exitValue()).isZero();
      var rows = Installed.session().read().parquet(output.toString());
      assertThat(rows.count()).isEqualTo(50_000);
      assertThat(rows.select("path").distinct().count()).isEqualTo(50_000);
      assertThat(rows.filter("status = 'OK' AND size(features) = 768").count()).isEqualTo(50_000);
      System.out.printf(
          Locale.ROOT, "COUNT 50,000 rows, %d executors killed: %d s%n", kills, seconds);
    }
  }

  /** The driver is killed at work; what was committed is not computed again. */
  @EnabledIfSystemProperty(
      named = "cases",
      matches = "all",
      disabledReason = "of the exhaustive tier: a cluster and two runs")
  @Test
  void aDriverThatIsKilledIsGoneOnWith() throws Exception {
    Path output = directory.resolve("vectors");
    List<String> submission =
        SparkDistribution.submission(
            List.of("--master=" + spark.cluster(2), "--executor-memory=1g", "--driver-memory=1g"),
            "embed",
            "--input=" + pictures(PICTURES),
            "--model=builtin",
            "--partitions=40",
            "--rows-per-commit=20",
            "--output-mode=incremental",
            "--output=" + output);
    Process job = spark.start("spark-submit", submission);
    await(job, "nothing was committed", () -> committed(output) >= 5);
    List<ProcessHandle> processes = new ArrayList<>(job.descendants().toList());
    processes.add(job.toHandle());
    processes.forEach(ProcessHandle::destroyForcibly); // the shell's child is the driver
    job.waitFor(1, TimeUnit.MINUTES);
    assertThat(output.resolve("_SUCCESS")).doesNotExist();

    Process again = spark.start("spark-submit", submission);
    assertThat(again.waitFor(20, TimeUnit.MINUTES)).isTrue();
    assertThat(again.exitValue()).isZero();

    var rows = Installed.session().read().parquet(output.toString());
    assertThat(rows.count()).isEqualTo(PICTURES);
    assertThat(rows.select("path").distinct().count()).isEqualTo(PICTURES);
    assertThat(rows.filter("status = 'OK' AND size(features) = 768").count()).isEqualTo(PICTURES);
    assertThat(Installed.report(output).at("/incremental/computed").asInt())
        .as("computed by the second run")
        .isBetween(1, PICTURES - 100);
    passed("standalone cluster", "an incremental run whose driver was killed, and the next");
  }

  /** Files of rows that a run which has not ended has committed. */
  private static long committed(Path output) {
    try (Stream<Path> files = Files.walk(output.getParent())) {
      return files
          .filter(file -> file.toString().matches(".*mobilenet-pending(/[^_./][^/]*)+\\.parquet"))
          .count();
    } catch (IOException | UncheckedIOException e) {
      return 0; // one is just being moved
    }
  }

  /** Where the classes are that executors are to have. */
  private static Path testing() throws Exception {
    return Path.of(
        EndlessFileSystem.class.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  private ProcessHandle awaitExecutor(Process job) throws InterruptedException {
    List<ProcessHandle> executors = new ArrayList<>();
    await(job, "no executor is at work", () -> executors.addAll(spark.executors()));
    return executors.get(0);
  }

  private static void await(Process job, String otherwise, BooleanSupplier event)
      throws InterruptedException {
    for (int i = 0; i < 1200 && job.isAlive(); i++) {
      if (event.getAsBoolean()) {
        return;
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
    throw new AssertionError(otherwise);
  }

  @Test
  void theSqlShell() throws Exception {
    Path photos = pictures(3);
    Path queries =
        Files.writeString(
            directory.resolve("queries.sql"),
            String.format(
                Locale.ROOT,
                "CREATE TABLE vectors USING parquet AS SELECT path, e.* FROM (SELECT path,"
                    + " mobilenet_embed(content) AS e FROM binaryFile.`%s`);%n"
                    + "SELECT status, count(*), min(size(features)) FROM vectors GROUP BY status;",
                photos));
    List<String> arguments = new ArrayList<>(functions());
    arguments.addAll(List.of("-f", queries.toString()));

    Installed.Outcome outcome = spark.run("spark-sql", arguments);

    outcome.assertExitCode(0);
    assertThat(outcome.out()).contains("OK\t3\t768");
    passed("spark-sql", "SQL functions, CREATE TABLE AS SELECT");
  }

  /** Scala's own names for what Java has: getters, setters, a Dataset of a case class. */
  @Test
  void theScalaShell() throws Exception {
    Path photos = pictures(3);
    Path script =
        Files.writeString(
            directory.resolve("session.scala"),
            String.format(
                Locale.ROOT,
                """
                import io.mobilenetspark.spark.ml.MobileNetFeaturizer
                import org.apache.spark.ml.linalg.Vector
                import org.apache.spark.sql.functions.expr
                case class Photo(path: String, content: Array[Byte])
                val photos = spark.read.format("binaryFile").load("%s").select("path", "content").as[Photo].cache()
                val sql = photos.select(expr("mobilenet_features(content)")).as[Array[Float]].collect()
                val stage = new MobileNetFeaturizer().setModel("builtin").setImageSize(32)
                stage.setInputCol("content").setOutputCol("features").setOutputMode("vector")
                val vectors = stage.transform(photos).select("features").collect().map(_.getAs[Vector](0))
                println("SHELL " + sql.length + " " + vectors.head.size)
                println("SAME " + sql.map(_.map(_.toDouble).toSeq).toSet.equals(vectors.map(_.toArray.toSeq).toSet))
                System.exit(0)
                """,
                photos));
    List<String> arguments = new ArrayList<>(functions());
    arguments.addAll(List.of("-i", script.toString()));

    Installed.Outcome outcome = spark.run("spark-shell", arguments);

    assertThat(outcome.out()).as(outcome.err()).contains("SHELL 3 768", "SAME true");
    outcome.assertExitCode(0);
    passed("spark-shell", "SQL functions, featurizer, typed Datasets in Scala");
  }

  @Test
  void theThriftServer() throws Exception {
    Path photos = pictures(3);
    int port = SparkDistribution.freePort();
    List<String> arguments = new ArrayList<>(functions());
    arguments.addAll(
        List.of(
            "--class=org.apache.spark.sql.hive.thriftserver.HiveThriftServer2",
            "spark-internal",
            "--hiveconf",
            "hive.server2.thrift.bind.host=127.0.0.1",
            "--hiveconf",
            "hive.server2.thrift.port=" + port));
    spark.serve(port, "spark-submit", arguments);

    Installed.Outcome outcome =
        spark.run(
            "beeline",
            List.of(
                "-u",
                "jdbc:hive2://127.0.0.1:" + port,
                "--silent=true",
                "--outputformat=tsv2",
                "-e",
                String.format(
                    Locale.ROOT,
                    "SELECT count(*), min(size(mobilenet_features(content))) FROM binaryFile.`%s`",
                    photos)));

    outcome.assertExitCode(0);
    assertThat(outcome.out()).contains("3\t768");
    passed("Thrift server", "SQL functions by JDBC, with beeline");
  }

  /** Python's thin client, which has no JVM of its own. */
  @Tag("python")
  @Test
  void theConnectServer() throws Exception {
    String python =
        Python.having("Spark Connect", "SQL functions", "pyspark, grpc, grpc_status, pandas");
    Path photos = pictures(3);
    int port = SparkDistribution.freePort();
    List<String> arguments = new ArrayList<>(functions());
    arguments.addAll(
        List.of(
            "--conf=spark.connect.grpc.binding.address=127.0.0.1",
            "--conf=spark.connect.grpc.binding.port=" + port,
            "--class=org.apache.spark.sql.connect.service.SparkConnectServer",
            "spark-internal"));
    spark.serve(port, "spark-submit", arguments);

    String printed =
        Python.script(
            python, Map.of(), "connect_client.py", "sc://127.0.0.1:" + port, photos.toString());

    assertThat(printed.lines()).contains("status OK 3", "pandas 3 {768}", "cosine 1.0");
    passed("Spark Connect", "SQL functions from Python's client, toPandas");
  }

  /** The jars and settings of docs/sql.md. */
  private List<String> functions() throws IOException {
    return List.of(
        "--master=local[2]",
        "--jars=" + Installed.jar() + "," + Installed.nativeJar(),
        "--conf=spark.sql.extensions=io.mobilenetspark.spark.sql.MobileNetExtensions",
        "--conf=spark.mobilenet.model=builtin",
        "--conf=spark.mobilenet.imageSize=32",
        "--conf=spark.ui.enabled=false",
        "--conf=spark.hadoop.javax.jdo.option.ConnectionURL=jdbc:derby:memory:m;create=true",
        "--conf=spark.sql.warehouse.dir=" + directory.resolve("warehouse"));
  }

  private Path pictures(int count) throws IOException {
    return Pictures.write(directory.resolve("photos"), count);
  }
}
