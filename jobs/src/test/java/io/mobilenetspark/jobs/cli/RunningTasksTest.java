package io.mobilenetspark.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.spark.EmbedCounters;
import java.util.List;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.apache.spark.scheduler.TaskInfo;
import org.apache.spark.scheduler.TaskLocality;
import org.junit.jupiter.api.Test;
import scala.Option;
import scala.Tuple4;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

class RunningTasksTest {

  private final RunningTasks tasks = new RunningTasks();

  private static TaskInfo task(long id) {
    return new TaskInfo(id, 0, 0, 0, 0, "1", "host", TaskLocality.ANY(), false);
  }

  private void start(long id) {
    tasks.onTaskStart(new SparkListenerTaskStart(0, 0, task(id)));
  }

  private void end(long id) {
    tasks.onTaskEnd(new SparkListenerTaskEnd(0, 0, "", null, task(id), null, null));
  }

  private void heartbeat(long id, long ok, long corrupt) {
    Seq<AccumulableInfo> counters =
        seq(
            List.of(
                counter(EmbedCounters.ROWS + "OK", ok),
                counter(EmbedCounters.ROWS + "CORRUPT", corrupt),
                counter("internal.metrics.executorRunTime", 1_000)));
    Tuple4<Object, Object, Object, Seq<AccumulableInfo>> update = new Tuple4<>(id, 0, 0, counters);
    tasks.onExecutorMetricsUpdate(
        new SparkListenerExecutorMetricsUpdate(
            "1",
            seq(List.of(update)),
            scala.collection.immutable.Map$.MODULE$
                .<scala.Tuple2<Object, Object>, org.apache.spark.executor.ExecutorMetrics>empty()));
  }

  private static AccumulableInfo counter(String name, long update) {
    return new AccumulableInfo(
        1, Option.apply(name), Option.apply(update), Option.empty(), false, true, Option.empty());
  }

  private static <T> Seq<T> seq(List<T> list) {
    return CollectionConverters.asScala(list).toSeq();
  }

  @Test
  void rowsAreThoseOfTheLastHeartbeats() {
    start(1);
    start(2);
    heartbeat(1, 10, 2);
    heartbeat(2, 5, 0);
    heartbeat(1, 20, 3);
    assertThat(tasks.rows()).isEqualTo(28);
  }

  @Test
  void aHeartbeatBehindATasksEndCountsNothing() {
    start(1);
    heartbeat(1, 10, 0);
    end(1);
    assertThat(tasks.rows()).isZero();
    heartbeat(1, 12, 0);
    assertThat(tasks.rows()).isZero();
  }
}
