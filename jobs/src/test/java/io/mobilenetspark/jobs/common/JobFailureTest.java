package io.mobilenetspark.jobs.common;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.spark.SparkException;
import org.junit.jupiter.api.Test;

class JobFailureTest {

  @Test
  void lostExecutorsAreExplained() {
    assertThat(
            JobFailure.of(
                new SparkException(
                    "Job aborted due to stage failure: Task 3 in stage 5.0 failed 4 times, most recent"
                        + " failure: Lost task 3.3 in stage 5.0 (TID 12) (host executor 4):"
                        + " ExecutorLostFailure (executor 4 exited caused by one of the running tasks)"
                        + " Reason: Command exited with code 134\nDriver stacktrace:")))
        .hasMessageContaining("code 134. An executor that ends is a failure of each task")
        .hasMessageContaining("spark.task.maxFailures")
        .hasMessageNotContaining("Driver stacktrace");
  }

  @Test
  void othersAreNot() {
    assertThat(JobFailure.of(new IllegalStateException("no such file")))
        .hasMessage("The job failed: no such file. Run again with --verbose for the details.");
  }
}
