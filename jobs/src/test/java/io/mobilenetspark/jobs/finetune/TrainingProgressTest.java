package io.mobilenetspark.jobs.finetune;

import static org.assertj.core.api.Assertions.assertThat;

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
}
