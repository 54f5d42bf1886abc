package io.mobilenetspark.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.testing.ExecutorJvms;
import io.mobilenetspark.train.Augmentation;
import io.mobilenetspark.train.BatchNorm;
import io.mobilenetspark.train.TrainingNetwork;
import io.mobilenetspark.train.TrainingRow;
import io.mobilenetspark.train.TrainingState;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.serializer.JavaSerializer;
import org.apache.spark.serializer.SerializerInstance;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/** What {@link WorkersTest} runs: training on two executor JVMs. */
final class WorkersMain {

  private static final int STEPS = 20;
  private static final int BATCH = 12;
  private static final int ROWS = 60;

  private WorkersMain() {}

  public static void main(String[] arguments) {
    TrainingNetwork frozen =
        TrainingFixture.network(new BatchNorm.Frozen(), new Augmentation(0.5, 0.6, 0.1));
    float[] parameters = plainly(frozen);
    SparkSession spark = ExecutorJvms.open(2, 1, Map.of("spark.io.encryption.enabled", "true"));
    try {
      assertThat(
              JavaSparkContext.fromSparkContext(spark.sparkContext())
                  .parallelize(List.of(1, 2, 3), 3)
                  .map(WorkersMain::isReadableOnDisk)
                  .collect())
          .containsOnly(false);
      TrainingState encrypted = train(spark, frozen, 2, 1, Kill.AT_STEP_3);
      assertThat(Arrays.equals(parameters, encrypted.parameters())).as("encrypted").isTrue();
    } finally {
      spark.stop();
    }
  }

  /** In a task, whose process alone reads what it writes. */
  private static boolean isReadableOnDisk(int seed) throws IOException, ClassNotFoundException {
    byte[] pixels = new byte[1000];
    new Random(seed).nextBytes(pixels);
    TrainingRow row = new TrainingRow(1, pixels, 0, 1);
    try (Shard shard = Shard.write(List.of(row, row.withIndex(0)).iterator())) {
      assertThat(shard.rows(1, 2).get(0).pixels()).isEqualTo(pixels);
      assertThat(shard.rows(0, 2).get(0).pixels()).isEqualTo(pixels);
      SerializerInstance java = new JavaSerializer(new SparkConf()).newInstance();
      ClassTag<Shard> type = ClassTag$.MODULE$.apply(Shard.class);
      Shard copy = java.deserialize(java.serialize(shard, type), type);
      assertThat(copy.isHere()).isFalse();
      String searched = new String(pixels, StandardCharsets.ISO_8859_1).substring(100, 116);
      boolean isFound = false;
      int files = 0;
      for (File file :
          CollectionConverters.asJava(
              SparkEnv.get().blockManager().diskBlockManager().getAllFiles())) {
        if (file.getName().startsWith("temp_local_")) {
          files++;
          isFound |=
              Files.readString(file.toPath(), StandardCharsets.ISO_8859_1).contains(searched);
        }
      }
      assertThat(files).isPositive();
      return isFound;
    }
  }

  private static float[] plainly(TrainingNetwork frozen) {
    SparkSession spark =
        ExecutorJvms.open(
            2,
            1,
            Map.of(
                "spark.serializer",
                "org.apache.spark.serializer.KryoSerializer",
                "spark.task.maxFailures",
                "8"));
    try {
      TrainingState one = train(spark, frozen, 1, 1, Kill.NEVER);
      TrainingState two = train(spark, frozen, 2, 1, Kill.NEVER);
      double distance = TrainingFixture.distance(one.parameters(), two.parameters());
      System.out.println("RESULT one worker to two workers " + distance);
      assertThat(distance).isLessThan(1e-5);
      double moved =
          TrainingFixture.distance(
              TrainingFixture.initialState(frozen).parameters(), one.parameters());
      System.out.println("RESULT moved in all " + moved);
      assertThat(moved).isGreaterThan(10 * distance);

      TrainingState disturbed = train(spark, frozen, 2, 1, Kill.AT_STEP_3);
      assertThat(Arrays.equals(two.parameters(), disturbed.parameters()))
          .as("a killed executor changes no bit")
          .isTrue();

      TrainingNetwork training =
          TrainingFixture.network(new BatchNorm.Training(0.99), Augmentation.NONE);
      TrainingState local = train(spark, training, 2, 5, Kill.NEVER);
      TrainingState alone = train(spark, training, 2, 1, Kill.NEVER);
      System.out.println(
          "RESULT averaged every 5 steps to every step "
              + TrainingFixture.distance(alone.parameters(), local.parameters())
              + ", statistics "
              + TrainingFixture.distance(alone.statistics(), local.statistics()));
      assertThat(local.step()).isEqualTo(STEPS);
      assertThat(TrainingFixture.distance(alone.parameters(), local.parameters()))
          .isBetween(1e-6, 0.2);
      assertThat(TrainingFixture.distance(alone.statistics(), local.statistics())).isLessThan(0.2);
      assertThat(local.statistics())
          .isNotEqualTo(TrainingFixture.initialState(training).statistics());
      return two.parameters();
    } finally {
      spark.stop();
    }
  }

  private enum Kill {
    NEVER,
    AT_STEP_3
  }

  private static TrainingState train(
      SparkSession spark, TrainingNetwork network, int workers, int syncEvery, Kill kill) {
    Dataset<Row> pictures = TrainingFixture.pictures(spark, ROWS);
    TrainingState state = TrainingFixture.initialState(network);
    try (TrainingSet set = TrainingFixture.set(pictures, workers, BATCH, 0);
        DataParallel trainer =
            new DataParallel(set.training(), set.order(), network, TrainingFixture.rule())) {
      while (state.step() < STEPS) {
        if (kill == Kill.AT_STEP_3 && state.step() == 3) {
          List<ProcessHandle> executors = ExecutorJvms.processes();
          assertThat(executors).hasSize(2);
          executors.get(0).destroyForcibly();
        }
        state = trainer.advance(state, syncEvery).state();
      }
    }
    return state;
  }
}
