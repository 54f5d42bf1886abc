package io.mobilenetspark.spark.ml;

import static io.mobilenetspark.spark.ml.FineTunerFixture.features;
import static io.mobilenetspark.spark.ml.FineTunerFixture.noticesTo;
import static io.mobilenetspark.spark.ml.FineTunerFixture.table;
import static io.mobilenetspark.spark.ml.FineTunerFixture.tuner;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.mobilenetspark.spark.train.EpochMetrics;
import io.mobilenetspark.spark.train.TrainingListener;
import io.mobilenetspark.spark.train.TrainingSummary;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which epochs a run has: those after a death, with other workers, until none is better. */
class FineTunerEpochsTest {

  @TempDir private Path directory;

  @Tag("slow")
  @Test
  void resumesBitForBitAndTellsOfAnotherRun() throws Exception {
    Dataset<Row> table = table(48);
    MobileNetFineTuner tuner =
        tuner()
            .setEpochs(4)
            .setValidationFraction(0.25)
            .setSyncEvery(2)
            .setOptimizer("adam")
            .setLearningRate(1e-4)
            .setBatchNorm("training")
            .setDropout(0.1);
    double[] whole = features(tuner.fit(table), table);

    String checkpoints = directory.resolve("run").toString();
    MobileNetFineTuner kept =
        tuner
            .copy(org.apache.spark.ml.param.ParamMap.empty())
            .setCheckpointDir(checkpoints)
            .setCheckpointInterval(2);
    assertThatThrownBy(() -> kept.fit(table, new StopsAfter(5))).hasMessage("the driver dies here");
    List<String> notices = new ArrayList<>();
    TrainingListener listener = noticesTo(notices);
    MobileNetClassificationModel resumed = kept.fit(table.repartition(4), listener);
    assertThat(notices).singleElement().asString().contains("Resuming after step 3 (epoch 1)");
    assertThat(features(resumed, table)).isEqualTo(whole);
    assertThat(resumed.summary().orElseThrow().history()).hasSize(4);

    notices.clear();
    kept.fit(table, listener);
    assertThat(notices)
        .singleElement()
        .asString()
        .contains("The run is done already", "after step 12 (epoch 4)");

    notices.clear();
    kept.setLearningRate(2e-4).setSeed(7).fit(table, listener);
    assertThat(notices)
        .singleElement()
        .asString()
        .contains(
            "Training starts from the beginning: of 1 run in ",
            ": learningRate was 1.0e-4, is 2.0e-4; seed was 42, is 7. With that restored");
    kept.setLearningRate(1e-4).setSeed(42);
    notices.clear();
    Dataset<Row> renamed =
        table.withColumn(
            "species",
            functions
                .when(functions.col("species").equalTo("red"), "crimson")
                .otherwise(functions.col("species")));
    kept.fit(renamed, listener);
    assertThat(notices)
        .singleElement()
        .asString()
        .contains("labels was blue, green, red, is blue, crimson, green");
  }

  /** The rest of the epoch is that of the workers that began it. */
  @Tag("slow")
  @Test
  void aRunGoesOnWithOtherWorkersFromTheNextEpochOn() {
    Dataset<Row> table = table(48);
    MobileNetFineTuner tuner =
        tuner()
            .setNumWorkers(3)
            .setLearningRate(1e-6) // a larger one makes much of how floats are summed
            .setCheckpointDir(directory.resolve("run").toString())
            .setCheckpointInterval(1);
    assertThatThrownBy(() -> tuner.fit(table, new StopsAfter(3)))
        .hasMessage("the driver dies here");
    List<String> notices = new ArrayList<>();
    TrainingSummary summary =
        tuner.setNumWorkers(1).fit(table, noticesTo(notices)).summary().orElseThrow();
    assertThat(notices).hasSize(2);
    assertThat(notices.get(0)).contains("Resuming after step 2 (epoch 0)");
    assertThat(notices.get(1))
        .isEqualTo("From epoch 2 on, 1 worker shares each step; before, 3 did.");
    double[] losses =
        tuner()
            .setNumWorkers(3)
            .setLearningRate(1e-6)
            .fit(table)
            .summary()
            .orElseThrow()
            .history()
            .stream()
            .mapToDouble(EpochMetrics::loss)
            .toArray();
    assertThat(summary.history().get(0).loss()).isEqualTo(losses[0]);
    assertThat(summary.history().get(1).loss()).isCloseTo(losses[1], within(1e-4));
    assertThat(summary.history()).extracting(EpochMetrics::workers).containsExactly(3, 1);
  }

  private static final class StopsAfter implements TrainingListener {
    private final long step;

    StopsAfter(long step) {
      this.step = step;
    }

    @Override
    public void onStep(StepProgress progress) {
      if (progress.step() >= step) {
        throw new IllegalStateException("the driver dies here");
      }
    }
  }

  @Tag("slow")
  @Test
  void stopsEarlyAndKeepsTheBestEpoch() {
    // The rows for validation are labelled wrongly: the better the fit, the worse their loss.
    Dataset<Row> table =
        table(48)
            .withColumn(
                "species",
                functions
                    .when(functions.expr("held AND species = 'red'"), "green")
                    .when(functions.expr("held AND species = 'green'"), "blue")
                    .when(functions.expr("held AND species = 'blue'"), "red")
                    .otherwise(functions.col("species")));
    MobileNetClassificationModel model =
        tuner()
            .setEpochs(12)
            .setValidationIndicatorCol("held")
            .setLearningRate(0.01)
            .setPatience(2)
            .fit(table);
    TrainingSummary summary = model.summary().orElseThrow();
    int best = summary.bestEpoch();
    assertThat(summary.history().size()).isEqualTo(best + 2).isLessThan(12);
    double least = requireNonNull(summary.history().get(best - 1).validationLoss());
    summary.history().forEach(e -> assertThat(e.validationLoss()).isGreaterThanOrEqualTo(least));
  }

  /** What one gets when fine-tuning makes it worse: the module as it came, and the fitted head. */
  @Tag("slow")
  @Test
  void theFittedHeadAloneIsEpoch0AndMayBeTheBest() {
    Dataset<Row> table = table(48);
    MobileNetFineTuner tuner =
        tuner()
            .setHeadInit("fitted")
            .setHeadRegParam(1e-3)
            .setValidationIndicatorCol("held")
            .setFlipProbability(0)
            .setEpochs(3);
    MobileNetClassificationModel head = tuner.setTrainable("head").fit(table);
    EpochMetrics alone = head.summary().orElseThrow().best();
    MobileNetClassificationModel worse =
        tuner.setTrainable("all").setLearningRate(0.3).setPatience(1).fit(table);
    TrainingSummary summary = worse.summary().orElseThrow();
    assertThat(summary.bestEpoch()).isZero();
    assertThat(summary.epochs()).isEqualTo(1); // patience counts from the head
    assertThat(features(worse, table)).isEqualTo(features(head, table));
    EpochMetrics first = summary.best();
    assertThat(first.step()).isZero();
    assertThat(requireNonNull(first.validationLoss()))
        .isCloseTo(requireNonNull(alone.validationLoss()), within(0.01));
    assertThat(first.validationAccuracy()).isEqualTo(alone.validationAccuracy());
    assertThat(first.accuracy()).isEqualTo(alone.accuracy());
    assertThat(first.loss()).isGreaterThan(alone.loss()); // by the L2 terms

    TrainingSummary unfitted =
        tuner.setHeadInit("zero").setLearningRate(1e-4).fit(table).summary().orElseThrow();
    assertThat(unfitted.history().get(0).epoch()).isEqualTo(1);
  }
}
