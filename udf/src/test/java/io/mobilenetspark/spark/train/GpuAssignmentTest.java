package io.mobilenetspark.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.testing.ExecutorJvms;
import io.mobilenetspark.testing.ForkedJvm;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Spark's assignment of GPUs, with executors in JVMs of their own, on a machine that has none. */
@EnabledIfSystemProperty(
    named = "cases",
    matches = "all",
    disabledReason = "of the exhaustive tier: executors of their own, for half a minute")
@Tag("cluster")
class GpuAssignmentTest {

  private static final String NOT_ON_CPU =
      ": .*Spark has assigned GPU [01] to this task, but TensorFlow is the one for CPUs. .*";

  @TempDir private Path directory;

  @Test
  void sessionsAreOnTheGpuThatSparkAssigned() throws Exception {
    ForkedJvm.Outcome outcome = ExecutorJvms.run(GpuAssignmentMain.class, directory.toString());
    assertThat(outcome.exitCode()).as(outcome.output()).isZero();
    List<String> lines = outcome.output().lines().toList();

    // Two executors with one GPU each: one session in each, on its GPU, for all its tasks.
    assertThat(lines).filteredOn(line -> line.startsWith("EACH: ")).hasSize(2);
    for (int gpu = 0; gpu < 2; gpu++) {
      String pinned =
          String.format(
              Locale.ROOT,
              "EACH: executor \\d, assigned \\[%1$d]: 768 values, visible_device_list='%1$d'"
                  + " allow_growth=true device_count=\\{}, sessions=1",
              gpu);
      assertThat(lines).filteredOn(line -> line.matches(pinned)).hasSize(1);
    }

    // A stage without GPUs in the same executors.
    assertThat(lines)
        .filteredOn(line -> line.startsWith("STAGE WITHOUT: "))
        .hasSize(2)
        .allSatisfy(
            line ->
                assertThat(line)
                    .contains("assigned none: 768 values, visible_device_list=''")
                    .endsWith("allow_growth=false device_count={GPU=0}, sessions=2"));

    // The stages themselves, which don't compute on the CPU instead.
    assertThat(lines).anyMatch(line -> line.matches("FEATURIZER" + NOT_ON_CPU));
    assertThat(lines).anyMatch(line -> line.matches("TRAINER" + NOT_ON_CPU));
    assertThat(lines).noneMatch(line -> line.contains(": computed "));

    // One executor with both, and two tasks at once: one GPU is used, by the tasks that have it.
    assertThat(lines)
        .filteredOn(line -> line.startsWith("BOTH: "))
        .hasSize(2)
        .anyMatch(
            line ->
                line.matches(
                    ".*assigned \\[(\\d)]: 768 values, visible_device_list='\\1' .*, sessions=1"))
        .anyMatch(
            line ->
                line.matches(".*assigned \\[(\\d)]: Spark has assigned GPU \\1 .* is bound to .*"));
  }
}
