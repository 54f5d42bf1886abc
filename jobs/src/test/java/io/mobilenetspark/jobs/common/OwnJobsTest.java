package io.mobilenetspark.jobs.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobilenetspark.testing.SparkTestSession;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which jobs of a session that others use are waited for, and cancelled. */
class OwnJobsTest {

  // Tasks find them in this JVM.
  private static final AtomicInteger RUNNING = new AtomicInteger();
  private static final AtomicBoolean MAY_END = new AtomicBoolean();
  private static volatile CountDownLatch begun = new CountDownLatch(1);

  private final SparkSession session = SparkTestSession.get();
  private final JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());

  @BeforeEach
  void reset() {
    RUNNING.set(0);
    MAY_END.set(false);
    begun = new CountDownLatch(1);
  }

  /** As Spark lets them. */
  @Test
  void tasksOfAFailedJobAreAwaited() {
    try (OwnJobs jobs = OwnJobs.of(session)) {
      assertThatThrownBy(
              () ->
                  spark.parallelize(List.of(0, 1), 2).foreach(OwnJobsTest::failOrGoOnFor600Millis))
          .hasMessageContaining("on purpose");
      assertThat(RUNNING.get()).isEqualTo(1);
      jobs.awaitTasks();
      assertThat(RUNNING.get()).isZero();
    }
  }

  private static void failOrGoOnFor600Millis(int row) throws Exception {
    if (row == 0) {
      begun.await();
      throw new IllegalStateException("on purpose");
    }
    RUNNING.incrementAndGet();
    begun.countDown();
    goOnFor600Millis();
    RUNNING.decrementAndGet();
  }

  private static void goOnFor600Millis() {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(600);
    while (System.nanoTime() < end) {
      Thread.onSpinWait(); // not to be interrupted
    }
  }

  @Test
  void jobsOfOthersAreLeftAlone() throws Exception {
    JavaFutureAction<Void> other =
        spark.parallelize(List.of(1), 1).foreachAsync(row -> waitUntilItMayEnd());
    begun.await();
    try (OwnJobs jobs = OwnJobs.of(session)) {
      assertThat(spark.parallelize(List.of(1, 2), 1).count()).isEqualTo(2);
      long start = System.nanoTime();
      jobs.cancel();
      jobs.awaitTasks();
      assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)).isLessThan(2000);
      assertThat(OwnJobs.cancelAll()).isTrue();
      assertThat(RUNNING.get()).as("the other's task").isEqualTo(1);
    }
    assertThat(OwnJobs.cancelAll()).isFalse();
    MAY_END.set(true);
    other.get(); // neither failed nor cancelled
  }

  private static void waitUntilItMayEnd() throws InterruptedException {
    RUNNING.incrementAndGet();
    begun.countDown();
    while (!MAY_END.get()) {
      Thread.sleep(10);
    }
    RUNNING.decrementAndGet();
  }

  /** Of a thread that was interrupted, Spark lets a job go on. */
  @Test
  void aJobThatNobodyWaitsForIsCancelled() throws Exception {
    JavaFutureAction<Void> own;
    try (OwnJobs jobs = OwnJobs.of(session)) {
      own = spark.parallelize(List.of(1), 1).foreachAsync(row -> waitUntilItMayEnd());
      begun.await();
      OwnJobs.cancelAll();
      Thread.currentThread().interrupt();
      MAY_END.set(true);
      jobs.awaitTasks();
      assertThat(RUNNING.get()).isZero();
      assertThat(Thread.interrupted()).as("still").isTrue();
    }
    assertThatThrownBy(own::get).hasStackTraceContaining("cancel");
    assertThat(spark.parallelize(List.of(1, 2, 3), 1).count()).as("of no tag").isEqualTo(3);
  }
}
