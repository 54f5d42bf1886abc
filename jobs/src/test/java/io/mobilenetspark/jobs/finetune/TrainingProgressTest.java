package io.mobilenetspark.jobs.finetune;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.spark.train.TrainingListener.StepProgress;
import org.junit.jupiter.api.Test;

class TrainingProgressTest {

  private static final StepProgress PROGRESS =
      new StepProgress(2, 10, 1_030, 15_000, 0.70312, 0.71875, 0.003, 120.06, 3_725.4);

  @Test
  void tellsWhereItIsHowFastAndHowLongStill() {
    assertThat(TrainingProgress.line(PROGRESS))
        .isEqualTo(
            "Epoch 2 of 10, step 1,030 of 15,000: loss 0.7031, accuracy 0.7188, rate 0.00300,"
                + " 120.1 images/s, 1:02:05 left");
  }

  @Test
  void aTerminalHasABarAndFewerWordsWhereItIsNarrow() {
    assertThat(TrainingProgress.fitted(PROGRESS, 130))
        .isEqualTo("[            ]   6% " + TrainingProgress.line(PROGRESS));
    assertThat(TrainingProgress.fitted(PROGRESS, 80))
        .isEqualTo(
            "[              ]   6% Epoch 2 of 10: loss 0.7031, accuracy 0.7188, 1:02:05 left");
    assertThat(TrainingProgress.fitted(PROGRESS, 60))
        .isEqualTo("[>                       ]   6% Epoch 2 of 10, 1:02:05 left");
  }
}
