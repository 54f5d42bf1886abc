package io.mobilenetspark.testing;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerApplicationEnd;
import org.apache.spark.scheduler.SparkListenerStageCompleted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.StageInfo;

/**
 * What an application has cost, printed at its end in a line that begins with {@value #LINE}: how
 * many tasks it ran, and the heap of its driver: the most that was in use when a task ended,
 * garbage included, and the most that a collection left. For {@code spark.extraListeners}; stages
 * of some seconds are told as they end.
 */
public final class RunMeter extends SparkListener {

  /** What each line begins with. */
  public static final String LINE = "METER";

  private static final long TOLD_SECONDS = 5;

  private final AtomicLong tasks = new AtomicLong();
  private final AtomicLong used = new AtomicLong();
  private final AtomicLong left = new AtomicLong();
  private final List<MemoryPoolMXBean> heap =
      ManagementFactory.getMemoryPoolMXBeans().stream()
          .filter(pool -> pool.getType() == MemoryType.HEAP)
          .toList();

  @Override
  public void onTaskEnd(SparkListenerTaskEnd event) {
    tasks.incrementAndGet();
    used.accumulateAndGet(
        ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(), Math::max);
    left.accumulateAndGet(
        heap.stream()
            .map(MemoryPoolMXBean::getCollectionUsage)
            .filter(Objects::nonNull)
            .mapToLong(MemoryUsage::getUsed)
            .sum(),
        Math::max);
  }

  @Override
  public void onStageCompleted(SparkListenerStageCompleted event) {
    StageInfo stage = event.stageInfo();
    if (stage.submissionTime().isDefined() && stage.completionTime().isDefined()) {
      long seconds =
          ((Long) stage.completionTime().get() - (Long) stage.submissionTime().get()) / 1000;
      if (seconds >= TOLD_SECONDS) {
        System.out.printf(
            Locale.ROOT,
            "%s %s: %,d tasks, %,d s%n",
            LINE,
            stage.name(),
            stage.numTasks(),
            seconds);
      }
    }
  }

  @Override
  public void onApplicationEnd(SparkListenerApplicationEnd event) {
    System.out.printf(
        Locale.ROOT,
        "%s %,d tasks, heap at most %,d MB, %,d MB after a collection%n",
        LINE,
        tasks.get(),
        used.get() >> 20,
        left.get() >> 20);
  }
}
