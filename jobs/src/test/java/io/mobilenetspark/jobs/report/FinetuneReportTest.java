package io.mobilenetspark.jobs.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.spark.train.EpochMetrics;
import org.junit.jupiter.api.Test;

class FinetuneReportTest {

  @Test
  void tellsEpochsWithAndWithoutValidation() {
    assertThat(
            FinetuneReport.line(
                new EpochMetrics(2, 30, 0.60123, 0.8, 0.55, 0.75, 0.003, 1, 9, 118.24, 0.1, 2), 10))
        .isEqualTo(
            "Epoch 2 of 10: loss 0.6012, accuracy 0.8000; validation loss 0.5500, accuracy 0.7500;"
                + " 118.2 images/s");
    assertThat(
            FinetuneReport.line(
                new EpochMetrics(1, 30, 0.60123, 0.8, null, null, 0.003, 1, 9, 1_118.24, 0.1, 2),
                1))
        .isEqualTo("Epoch 1 of 1: loss 0.6012, accuracy 0.8000; 1,118.2 images/s");
    assertThat(
            FinetuneReport.line(
                new EpochMetrics(0, 0, 0.60123, 0.8, 0.55, 0.75, 0, 0, 9, 0, 0, 2), 10))
        .isEqualTo(
            "Epoch 0, the fitted head alone: loss 0.6012, accuracy 0.8000; validation loss 0.5500, accuracy 0.7500");
  }
}
