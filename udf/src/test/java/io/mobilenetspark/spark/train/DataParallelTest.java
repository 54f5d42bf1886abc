package io.mobilenetspark.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.testing.SparkTestSession;
import io.mobilenetspark.train.Augmentation;
import io.mobilenetspark.train.BatchNorm;
import io.mobilenetspark.train.TrainingNetwork;
import io.mobilenetspark.train.TrainingState;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Steps of any number of workers; {@link WorkersTest} has them in JVMs of their own. */
class DataParallelTest {

  private static final int STEPS = 3;
  private static final int BATCH = 24;

  private static TrainingState train(TrainingNetwork network, int workers, int syncEvery) {
    Dataset<Row> pictures = TrainingFixture.pictures(SparkTestSession.get(), STEPS * BATCH);
    TrainingState state = TrainingFixture.initialState(network);
    try (TrainingSet set = TrainingFixture.set(pictures, workers, BATCH, 0);
        DataParallel trainer =
            new DataParallel(set.training(), set.order(), network, TrainingFixture.rule())) {
      while (state.step() < STEPS) {
        state = trainer.advance(state, syncEvery).state();
      }
    }
    return state;
  }

  /** So many that groups of them are summed on the executors first. */
  @Tag("slow")
  @Test
  void manyWorkersTrainAsOneDoesAndAlwaysAlike() {
    TrainingNetwork network =
        TrainingFixture.network(new BatchNorm.Frozen(), new Augmentation(0.5, 0.6, 0.1));
    TrainingState one = train(network, 1, 1);
    TrainingState many = train(network, 12, 1);
    double distance = TrainingFixture.distance(one.parameters(), many.parameters());
    double moved =
        TrainingFixture.distance(
            TrainingFixture.initialState(network).parameters(), one.parameters());
    assertThat(distance).isLessThan(1e-5);
    assertThat(moved).isGreaterThan(10 * distance);
    assertThat(train(network, 12, 1).parameters()).isEqualTo(many.parameters());
  }

  @Tag("slow")
  @Test
  void rowsDealtOutAnewMakeTheSameBatches() {
    TrainingNetwork network =
        TrainingFixture.network(new BatchNorm.Frozen(), new Augmentation(0.5, 0.6, 0.1));
    Dataset<Row> pictures = TrainingFixture.pictures(SparkTestSession.get(), STEPS * BATCH);
    TrainingState state = TrainingFixture.initialState(network);
    try (TrainingSet set = TrainingFixture.set(pictures, 3, BATCH, 0);
        DataParallel trainer =
            new DataParallel(set.training(), set.order(), network, TrainingFixture.rule())) {
      for (int workers : new int[] {3, 1, 4}) {
        set.deal(workers);
        trainer.take(set);
        assertThat(set.training().workers()).isEqualTo(workers);
        state = trainer.advance(state, 1).state();
      }
    }
    assertThat(TrainingFixture.distance(train(network, 1, 1).parameters(), state.parameters()))
        .isLessThan(1e-5);
  }

  @Test
  void oneWorkerTakesTheSameStepsOnItsOwn() {
    TrainingNetwork network =
        TrainingFixture.network(new BatchNorm.Training(0.9), Augmentation.NONE);
    TrainingState told = train(network, 1, 1);
    TrainingState alone = train(network, 1, STEPS);
    assertThat(alone.parameters()).isEqualTo(told.parameters());
    assertThat(alone.statistics()).isEqualTo(told.statistics());
    assertThat(alone.slots()).isDeepEqualTo(told.slots());
    assertThat(alone.step()).isEqualTo(told.step());
  }
}
