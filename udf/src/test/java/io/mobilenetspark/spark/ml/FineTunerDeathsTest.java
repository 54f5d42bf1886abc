package io.mobilenetspark.spark.ml;

import static io.mobilenetspark.spark.ml.FineTunerFixture.table;
import static io.mobilenetspark.spark.ml.FineTunerFixture.tuner;
import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.spark.train.EpochMetrics;
import io.mobilenetspark.spark.train.TrainingListener;
import io.mobilenetspark.testing.Cases;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs of each optimizer, with each kind of BatchNorm, in step or apart, whose driver dies after
 * steps drawn at random, again and again, until one comes through: it ends with the bits of an
 * undisturbed run.
 */
@Tag("slow")
class FineTunerDeathsTest {

  private static final int MOST_DEATHS = 3;

  private final Dataset<Row> table = table(60);
  @TempDir private Path directory;

  private record Kind(String optimizer, int syncEvery, String batchNorm) {}

  private static List<Kind> kinds() {
    List<Kind> kinds = new ArrayList<>();
    for (String optimizer : List.of("sgd", "adam", "adamw")) {
      for (int syncEvery : List.of(1, 3)) {
        for (String batchNorm : List.of("frozen", "training")) {
          kinds.add(new Kind(optimizer, syncEvery, batchNorm));
        }
      }
    }
    return kinds;
  }

  @Test
  void whateverItIsItEndsAsIfNothingHadHappened() {
    Random random = new Random(Cases.seed(getClass()));
    List<Kind> kinds = kinds();
    Collections.shuffle(kinds, random);
    int deaths = 0;
    for (Kind kind : kinds.subList(0, Cases.count(1, kinds.size()))) {
      deaths += dieAndCompare(kind, random);
    }
    assertThat(deaths).isPositive();
  }

  private int dieAndCompare(Kind kind, Random random) {
    MobileNetFineTuner undisturbed =
        tuner()
            .setOptimizer(kind.optimizer)
            .setSyncEvery(kind.syncEvery)
            .setBatchNorm(kind.batchNorm)
            .setNumWorkers(1 + random.nextInt(3))
            .setEpochs(3)
            .setLearningRate(1e-4)
            .setDropout(random.nextBoolean() ? 0.2 : 0)
            .setValidationFraction(random.nextBoolean() ? 0.25 : 0);
    Ending expected = ending(undisturbed.fit(table));

    int interval = random.nextInt(5); // 0: after epochs alone
    MobileNetFineTuner tuner =
        undisturbed
            .copy(ParamMap.empty())
            .setCheckpointDir(directory.resolve(kind.toString()).toString())
            .setCheckpointInterval(interval);
    StringBuilder story =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "%s, %d workers, a checkpoint every %d steps",
                kind,
                tuner.getNumWorkers(),
                interval));
    int deaths = 1 + random.nextInt(MOST_DEATHS);
    int died = 0;
    Ending end = null;
    for (int i = 0; i < deaths && end == null; i++) {
      int steps = 1 + random.nextInt(8);
      try {
        end = ending(tuner.fit(table, new DiesAfter(steps)));
      } catch (DiesAfter.Death e) {
        died++;
        story.append(", died after ").append(steps).append(" more");
      }
    }
    end = end == null ? ending(tuner.fit(table)) : end;
    System.out.println("COUNT " + story);
    assertThat(end).as(story.toString()).isEqualTo(expected);
    return died;
  }

  /**
   * All that comes of a run, but how long it took.
   *
   * @param network the weights, bit for bit
   * @param head its, likewise
   * @param epochs what was measured in each
   * @param best epoch
   */
  private record Ending(String network, String head, List<Epoch> epochs, int best) {}

  private record Epoch(
      long step,
      double loss,
      double accuracy,
      @Nullable Double validationLoss,
      @Nullable Double validationAccuracy,
      double gradientNorm,
      int workers) {

    static Epoch of(EpochMetrics epoch) {
      return new Epoch(
          epoch.step(),
          epoch.loss(),
          epoch.accuracy(),
          epoch.validationLoss(),
          epoch.validationAccuracy(),
          epoch.gradientNorm(),
          epoch.workers());
    }
  }

  private static Ending ending(MobileNetClassificationModel model) {
    return new Ending(
        model.weights().fingerprint(),
        model.weights().classifierFingerprint(),
        model.summary().orElseThrow().history().stream().map(Epoch::of).toList(),
        model.summary().orElseThrow().bestEpoch());
  }

  /** After so many calls, before the checkpoint that may be due. */
  private static final class DiesAfter implements TrainingListener {
    private int left;

    DiesAfter(int calls) {
      this.left = calls;
    }

    static final class Death extends RuntimeException {
      private static final long serialVersionUID = 1;
    }

    @Override
    public void onStep(StepProgress progress) {
      left--;
      if (left == 0) {
        throw new Death();
      }
    }
  }
}
