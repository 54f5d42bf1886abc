package io.mobilenetspark.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.testing.SparkTestSession;
import io.mobilenetspark.train.Augmentation;
import io.mobilenetspark.train.BatchNorm;
import io.mobilenetspark.train.TrainingNetwork;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.util.LongAccumulator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Workers that come and go with the cluster. */
class TrainingLoopTest {

  private static final int BATCH = 12;
  private static final int ROWS = 36;

  private final SparkSession spark = SparkTestSession.get();
  private final TrainingNetwork network =
      TrainingFixture.network(new BatchNorm.Frozen(), Augmentation.NONE);

  private RunState run(List<Integer> workers, List<String> notices) {
    Iterator<Integer> turns = workers.iterator();
    try (TrainingSet set =
            TrainingFixture.set(TrainingFixture.pictures(spark, ROWS), workers.get(0), BATCH, 0);
        DataParallel trainer =
            new DataParallel(set.training(), set.order(), network, TrainingFixture.rule())) {
      return new TrainingLoop(
              trainer,
              set,
              new TrainingLoop.Plan(workers.size(), 0, 1, 0, turns::next),
              Optional.empty(),
              new TrainingListener() {
                @Override
                public void onNotice(String text) {
                  notices.add(text);
                }
              })
          .run(RunState.before(TrainingFixture.initialState(network), workers.get(0)));
    }
  }

  @Tag("slow")
  @Test
  void theyAreAskedForAtEachEpochAndTheHistorySaysHowManyThereWere() {
    List<String> notices = new ArrayList<>();
    RunState followed = run(List.of(1, 3, 3, 2), notices);
    assertThat(followed.history()).extracting(EpochMetrics::workers).containsExactly(1, 3, 3, 2);
    assertThat(notices)
        .containsExactly(
            "From epoch 2 on, 3 workers share each step; before, 1 did.",
            "From epoch 4 on, 2 workers share each step; before, 3 did.");
    assertThat(run(List.of(1, 3, 3, 2), notices).state().parameters())
        .isEqualTo(followed.state().parameters());
    RunState alone = run(List.of(1, 1, 1, 1), notices);
    assertThat(TrainingFixture.distance(alone.state().parameters(), followed.state().parameters()))
        .isLessThan(1e-5);
  }

  /** Before, the executors may not have come yet. */
  @Test
  void theyAreFirstAskedForWhenTheImagesAreDecoded() {
    LongAccumulator read = spark.sparkContext().longAccumulator();
    Dataset<Row> table =
        TrainingFixture.pictures(spark, ROWS)
            .withColumn(
                "name",
                functions
                    .udf(
                        (UDF1<String, String>)
                            name -> {
                              read.add(1);
                              return name;
                            },
                        DataTypes.StringType)
                    .asNondeterministic()
                    .apply(functions.col("name")));
    List<Long> readWhenAsked = new ArrayList<>();
    TrainingFixture.set(
            table,
            () -> {
              readWhenAsked.add(read.value());
              return 2;
            },
            BATCH,
            0)
        .close();
    assertThat(readWhenAsked).containsExactly((long) ROWS);
  }
}
