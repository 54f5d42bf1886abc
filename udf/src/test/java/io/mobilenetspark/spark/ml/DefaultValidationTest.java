package io.mobilenetspark.spark.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import io.mobilenetspark.spark.train.ClassImages;
import io.mobilenetspark.spark.train.EpochMetrics;
import io.mobilenetspark.spark.train.TrainingListener;
import io.mobilenetspark.spark.train.TrainingSummary;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** What is validated on if nobody says. */
class DefaultValidationTest {

  private final List<String> said = new ArrayList<>();

  private static MobileNetFineTuner tuner() {
    MobileNetFineTuner tuner = FineTunerFixture.tuner().setEpochs(1);
    tuner.clear(tuner.validationFraction());
    return tuner;
  }

  private TrainingSummary fit(MobileNetFineTuner tuner, Dataset<Row> table) {
    return tuner
        .fit(
            table,
            new TrainingListener() {
              @Override
              public void onPhase(String text) {
                said.add(text);
              }

              @Override
              public void onNotice(String text) {
                said.add(text);
              }
            })
        .summary()
        .orElseThrow();
  }

  /** Eleven, ten and nine images of three classes, in so many partitions. */
  private static Dataset<Row> uneven(int partitions) {
    return FineTunerFixture.table(33)
        .filter("NOT (number = 1 AND id >= 31) AND NOT (number = 2 AND id >= 27)")
        .repartition(partitions);
  }

  @Tag("slow")
  @Test
  void isATenthOfEachClassWhateverThePartitions() {
    for (MobileNetFineTuner tuner : List.of(tuner(), tuner().setTrainable("head"))) {
      said.clear();
      TrainingSummary summary = fit(tuner, uneven(1));
      assertThat(summary.classes())
          .extracting(ClassImages::training, ClassImages::validation)
          .containsExactly(tuple(10L, 1L), tuple(9L, 1L), tuple(9L, 0L));
      assertThat(said)
          .contains(
              "2 of 30 images are kept for validation, a tenth of each class; validationFraction 0"
                  + " keeps none.",
              "1 class without images for validation, which takes at least 10 different ones: red.");
      // The head's regression sums up in the partitions' order.
      assertThat(validationLoss(fit(tuner, uneven(5))))
          .isEqualTo(validationLoss(summary), within(1e-6));
    }
  }

  @EnabledIfSystemProperty(
      named = "cases",
      matches = "all",
      disabledReason = "of the exhaustive tier: four fits")
  @Tag("slow")
  @Test
  void otherSeedsKeepOtherImages() {
    MobileNetFineTuner tuner = tuner().setTrainable("head");
    double loss = validationLoss(fit(tuner, uneven(2)));
    assertThat(
            Stream.of(1L, 2L, 3L).map(seed -> validationLoss(fit(tuner.setSeed(seed), uneven(2)))))
        .anyMatch(other -> Math.abs(other - loss) > 1e-5);
  }

  /** Other bytes after a picture's end make another file, and the same features. */
  @Test
  void withTheHeadAloneEqualPicturesAreOnOneSide() {
    Dataset<Row> once = FineTunerFixture.table(45).filter("number = 0 OR id < 9");
    Dataset<Row> copies =
        once.withColumn("content", functions.expr("concat(content, X'00')")).union(once);
    assertThat(fit(tuner().setTrainable("head"), copies).classes())
        .extracting(ClassImages::validation)
        .as("of thirty images in pairs, three would be a pair and a half")
        .containsExactly(2L, 0L, 0L);
  }

  @Test
  void aBatchThatIsTooLargeForWhatIsLeft() {
    assertThatThrownBy(() -> fit(tuner().setBatchSize(32), FineTunerFixture.table(33)))
        .hasMessageContaining(
            "The batch size is 32, but the training set has 30 rows, besides 3 that are kept for"
                + " validation. Set the batch size to at most 30");
  }

  private static double validationLoss(TrainingSummary summary) {
    EpochMetrics last = summary.history().get(summary.history().size() - 1);
    assertThat(last.validationLoss()).isNotNull();
    return last.validationLoss();
  }

  @Tag("slow")
  @Test
  void givesWayToMarkedRowsAndToAnExplicitNone() {
    Dataset<Row> table = FineTunerFixture.table(33);
    MobileNetFineTuner head = tuner().setTrainable("head");
    assertThat(fit(head.setValidationIndicatorCol("held"), table).validationRows())
        .isEqualTo(table.filter("held").count());
    assertThat(fit(tuner().setTrainable("head").setValidationFraction(0), table).validationRows())
        .isZero();
    assertThat(said).noneMatch(text -> text.contains("a tenth"));
  }

  @Test
  void earlyStoppingNeedsNone() {
    Dataset<Row> table = FineTunerFixture.table(12);
    assertThat(tuner().getPatience()).isPositive();
    assertThat(tuner().setValidationFraction(0).transformSchema(table.schema())).isNotNull();
    assertThatThrownBy(
            () -> tuner().setValidationFraction(0).setPatience(3).transformSchema(table.schema()))
        .hasMessageContaining("patience is 3, but no rows are kept for validation");
  }
}
