package io.mobilenetspark.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.testing.ExecutorJvms;
import io.mobilenetspark.testing.ForkedJvm;
import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("cluster")
class WorkersTest {

  /**
   * Two executors with half a batch each end up where one with the whole batch does; killing one
   * mid-epoch changes nothing; all with Kryo, which can't write everything that Java can.
   */
  @Test
  void manyWorkersTrainAsOneDoes() throws IOException, InterruptedException {
    ForkedJvm.Outcome outcome = ExecutorJvms.run(WorkersMain.class);
    assertThat(outcome.exitCode()).as(outcome.output()).isZero();
    outcome.output().lines().filter(line -> line.contains("RESULT")).forEach(System.out::println);
  }
}
