package io.mobilenetspark.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.runtime.RecordingSessions;
import io.mobilenetspark.spark.TaskGpu;
import io.mobilenetspark.spark.ml.MobileNetFeaturizer;
import io.mobilenetspark.testing.ExecutorJvms;
import io.mobilenetspark.testing.SharedData;
import io.mobilenetspark.train.Augmentation;
import io.mobilenetspark.train.BatchNorm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.resource.ResourceInformation;
import org.apache.spark.resource.ResourceProfileBuilder;
import org.apache.spark.resource.TaskResourceRequests;
import org.apache.spark.sql.SparkSession;

/** What {@link GpuAssignmentTest} runs: a worker whose discovery script tells of two GPUs. */
final class GpuAssignmentMain {

  private static final int TASKS = 6;

  private GpuAssignmentMain() {}

  public static void main(String[] arguments) throws IOException {
    String script = script(Path.of(arguments[0]));
    twoExecutorsWithOneEach(script);
    oneExecutorWithBoth(script);
  }

  private static void twoExecutorsWithOneEach(String script) throws IOException {
    try (SparkSession spark = open(script, 1)) {
      JavaRDD<Integer> tasks = tasks(spark);
      tell("EACH", tasks);
      tell(
          "STAGE WITHOUT",
          tasks.withResources(
              new ResourceProfileBuilder().require(new TaskResourceRequests().cpus(1)).build()));
      tellFailure(
          "FEATURIZER",
          () ->
              new MobileNetFeaturizer()
                  .setModel("builtin")
                  .setInputCol("image")
                  .setOutputCol("features")
                  .transform(TrainingFixture.pictures(spark, 4))
                  .collectAsList());
      tellFailure("TRAINER", () -> train(spark));
    }
  }

  private static void oneExecutorWithBoth(String script) throws IOException {
    try (SparkSession spark = open(script, 2)) {
      tell("BOTH", tasks(spark));
    }
  }

  /**
   * @param each how many GPUs and cores an executor has
   */
  private static SparkSession open(String script, int each) {
    Map<String, String> settings = new HashMap<>();
    settings.put("spark.worker.resource.gpu.amount", "2");
    settings.put("spark.worker.resource.gpu.discoveryScript", script);
    settings.put("spark.executor.resource.gpu.amount", Integer.toString(each));
    settings.put("spark.task.resource.gpu.amount", "1");
    settings.put("spark.executor.cores", Integer.toString(each));
    settings.put("spark.executor.memory", "1g");
    settings.put("spark.cores.max", "2");
    settings.put("spark.scheduler.minRegisteredResourcesRatio", "1.0");
    settings.put("spark.task.maxFailures", "1");
    settings.put("spark.locality.wait", "0");
    settings.put("spark.executor.extraJavaOptions", "-XX:TieredStopAtLevel=1"); // starts sooner
    return ExecutorJvms.open(1, 2, settings);
  }

  private static JavaRDD<Integer> tasks(SparkSession spark) {
    List<Integer> numbers = IntStream.range(0, TASKS).boxed().toList();
    return new JavaSparkContext(spark.sparkContext()).parallelize(numbers, TASKS);
  }

  /** Where each task ran, what Spark assigned it, and the session that it got. */
  private static void tell(String name, JavaRDD<Integer> tasks) {
    tasks
        .map(
            ignored -> {
              Thread.sleep(300); // both executors get some
              TaskContext task = TaskContext.get();
              ResourceInformation gpu = task.resourcesJMap().get("gpu");
              return String.format(
                  Locale.ROOT,
                  "%s: executor %s, assigned %s: %s",
                  name,
                  SparkEnv.get().executorId(),
                  gpu == null ? "none" : Arrays.toString(gpu.addresses()),
                  RecordingSessions.embed(TaskGpu.of(task)));
            })
        .distinct()
        .collect()
        .forEach(System.out::println);
  }

  private static Object train(SparkSession spark) {
    var network = TrainingFixture.network(new BatchNorm.Frozen(), Augmentation.NONE);
    try (TrainingSet set = TrainingFixture.set(TrainingFixture.pictures(spark, 8), 2, 4, 0);
        DataParallel trainer =
            new DataParallel(set.training(), set.order(), network, TrainingFixture.rule())) {
      return trainer.advance(TrainingFixture.initialState(network), 1);
    }
  }

  private static void tellFailure(String name, Supplier<?> work) {
    try {
      System.out.println(name + ": computed " + work.get());
    } catch (Exception e) {
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        String.valueOf(cause.getMessage())
            .lines()
            .filter(line -> line.contains("Spark has assigned"))
            .forEach(line -> System.out.println(name + ": " + line));
      }
    }
  }

  /** The docs' discovery script, on a machine of two GPUs. */
  private static String script(Path folder) throws IOException {
    String docs = Files.readString(SharedData.projectRoot().resolve("docs/cluster.md"));
    Matcher block = Pattern.compile("```text\n(#!/bin/sh\n.*?)```", Pattern.DOTALL).matcher(docs);
    assertThat(block.find()).isTrue();
    String nvidia =
        executable(
            folder.resolve("smi"),
            """
            #!/bin/sh
            [ "$*" = "--query-gpu=index --format=csv,noheader" ] && printf '0\\n1\\n'
            """);
    return executable(folder.resolve("gpus.sh"), block.group(1).replace("nvidia-smi", nvidia));
  }

  private static String executable(Path file, String text) throws IOException {
    Files.writeString(file, text, StandardCharsets.US_ASCII);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    return file.toString();
  }
}
