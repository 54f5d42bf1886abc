package io.mobilenetspark.jobs.cli;

import io.mobilenetspark.spark.EmbedCounters;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Rows of the tasks that run, by their last heartbeats; those of a task that ends count no more.
 */
final class RunningTasks extends SparkListener {

  private final Map<Long, Long> rowsOfTask = new ConcurrentHashMap<>();

  long rows() {
    return rowsOfTask.values().stream().mapToLong(Long::longValue).sum();
  }

  @Override
  public void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate update) {
    CollectionConverters.asJava(update.accumUpdates())
        .forEach(
            task -> {
              long rows = 0;
              for (AccumulableInfo info : CollectionConverters.asJava(task._4())) {
                boolean isRows =
                    info.name().isDefined() && info.name().get().startsWith(EmbedCounters.ROWS);
                if (isRows && info.update().isDefined() && info.update().get() instanceof Long n) {
                  rows += n;
                }
              }
              long sofar = rows;
              // Not of a task that has ended: it counts as what it said last.
              rowsOfTask.computeIfPresent((Long) task._1(), (id, before) -> sofar);
            });
  }

  @Override
  public void onTaskStart(SparkListenerTaskStart start) {
    rowsOfTask.put(start.taskInfo().taskId(), 0L);
  }

  @Override
  public void onTaskEnd(SparkListenerTaskEnd end) {
    rowsOfTask.remove(end.taskInfo().taskId());
  }
}
