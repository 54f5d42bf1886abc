package io.mobilenetspark.spark.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobilenetspark.train.TrainingState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointsTest {

  private static final Map<String, String> RUN = Map.of("seed", "42", "rows", "600");

  @TempDir private Path directory;

  private Checkpoints checkpoints(Map<String, String> run) throws IOException {
    return new Checkpoints(new Configuration(), directory.resolve("run").toString(), run);
  }

  /** In the middle of an epoch, with the best one behind it. */
  private static RunState run(long step) {
    TrainingState state =
        new TrainingState(
            step,
            new float[] {1.5f, -0f, Float.MIN_VALUE},
            new float[] {7},
            new float[][] {{1, 2, 3}, {4, 5, 6}});
    TrainingState best =
        new TrainingState(18, new float[] {0.1f, 2, 3}, new float[] {8}, new float[0][]);
    EpochMetrics with = new EpochMetrics(1, 18, 0.3, 0.9, 0.4, 0.8, 1e-4, 2, 3, 4, 0.1);
    EpochMetrics without = new EpochMetrics(2, 36, 0.3, 0.9, null, null, 1e-4, 2, 3, 4, 0.1);
    return new RunState(
        state, best, 1, List.of(with, without), new RunState.Sums(4, 1.2, 3.6, 8, 1 / 3.0, 5e-5));
  }

  @Test
  void whatIsReadIsWhatWasWritten() throws IOException {
    assertThat(checkpoints(RUN).last()).isEmpty();
    RunState written = run(40);
    checkpoints(RUN).write(written);
    assertThat(checkpoints(RUN).last().orElseThrow()).usingRecursiveComparison().isEqualTo(written);
  }

  /**
   * A driver that died while it wrote leaves a folder without its last file, or a temporary one.
   */
  @Test
  void halfWrittenOnesAreNotTakenUp() throws IOException {
    checkpoints(RUN).write(run(40));
    checkpoints(RUN).write(run(60));
    try (var folders = Files.list(directory.resolve("run"))) {
      Path last =
          folders.filter(folder -> folder.toString().endsWith("60")).findFirst().orElseThrow();
      Files.delete(last.resolve("checkpoint.json"));
    }
    assertThat(checkpoints(RUN).last().orElseThrow().state().step()).isEqualTo(40);
    checkpoints(RUN).write(run(60));
    assertThat(checkpoints(RUN).last().orElseThrow().state().step()).isEqualTo(60);
  }

  @Test
  void anotherRunIsRefused() throws IOException {
    checkpoints(RUN).write(run(40));
    assertThatThrownBy(() -> checkpoints(Map.of("seed", "1", "rows", "600")).last())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(
            "is of another run: seed was 42 and is now 1. Restore that to resume");
  }
}
