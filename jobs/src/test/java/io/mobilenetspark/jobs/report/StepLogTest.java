package io.mobilenetspark.jobs.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.spark.train.TrainingListener.StepProgress;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StepLogTest {

  @ParameterizedTest
  @CsvSource({"0, 1", "1, 1", "10000, 1", "10001, 2", "20001, 4", "100000, 16"})
  void longRunsAreThinnedEvenly(int steps, int distance) {
    StepLog log = new StepLog();
    for (int step = 1; step <= steps; step++) {
      log.add(new StepProgress(1, 1, step, steps, step / 4.0, 0.5, 0.1, 9, 0));
    }
    List<StepLog.Step> kept = log.steps();
    assertThat(kept)
        .hasSize((steps + distance - 1) / distance)
        .hasSizeLessThanOrEqualTo(StepLog.MOST);
    for (int i = 0; i < kept.size(); i++) {
      assertThat(kept.get(i).step()).isEqualTo(1 + (long) i * distance);
      assertThat(kept.get(i).loss()).isEqualTo(kept.get(i).step() / 4.0);
    }
  }
}
