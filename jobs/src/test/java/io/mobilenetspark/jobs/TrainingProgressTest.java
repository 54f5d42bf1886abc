package io.mobilenetspark.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.spark.train.EpochMetrics;
import io.mobilenetspark.spark.train.TrainingListener.StepProgress;
import org.junit.jupiter.api.Test;

class TrainingProgressTest {

  @Test
  void tellsWhereItIsHowFastAndHowLongStill() {
    assertThat(
            TrainingProgress.line(
                new StepProgress(2, 10, 1_030, 15_000, 0.70312, 0.71875, 0.003, 120.06, 3_725.4)))
        .isEqualTo(
            "Epoch 2 of 10, step 1,030 of 15,000: loss 0.7031, accuracy 0.7188, rate 0.00300,"
                + " 120.1 images/s, 1:02:05 left");
  }

  @Test
  void tellsEpochsWithAndWithoutValidation() {
    assertThat(
            TrainingProgress.line(
                new EpochMetrics(2, 30, 0.60123, 0.8, 0.55, 0.75, 0.003, 1, 9, 118.24, 0.1, 2), 10))
        .isEqualTo(
            "Epoch 2 of 10: loss 0.6012, accuracy 0.8000; validation loss 0.5500, accuracy 0.7500;"
                + " 118.2 images/s");
    assertThat(
            TrainingProgress.line(
                new EpochMetrics(1, 30, 0.60123, 0.8, null, null, 0.003, 1, 9, 1_118.24, 0.1, 2),
                1))
        .isEqualTo("Epoch 1 of 1: loss 0.6012, accuracy 0.8000; 1,118.2 images/s");
    assertThat(
            TrainingProgress.line(
                new EpochMetrics(0, 0, 0.60123, 0.8, 0.55, 0.75, 0, 0, 9, 0, 0, 2), 10))
        .isEqualTo(
            "Epoch 0, the fitted head alone: loss 0.6012, accuracy 0.8000; validation loss 0.5500, accuracy 0.7500");
  }
}
