package io.mobilenetspark.jobs.common;

import java.util.Arrays;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.apache.spark.sql.SparkSession;
import scala.jdk.javaapi.CollectionConverters;

/**
 * The Spark jobs of a piece of work that clears up after itself: those that this thread starts
 * while this is open. Others in the session are left alone. A JVM that is told to stop cancels
 * them, see {@link Stopping#clearingUp}. Closed by the thread that opened it.
 */
public final class OwnJobs implements AutoCloseable {

  /** Spark's local property, {@code SparkContext.SPARK_JOB_TAGS}. */
  private static final String TAGS = "spark.job.tags";

  private static final Set<OwnJobs> OPEN = ConcurrentHashMap.newKeySet();
  private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final long LOOK_MILLIS = 20;
  private static final int LOOKS = 2;

  private final SparkContext context;
  private final String tag = "mobilenet-" + UUID.randomUUID();
  private final Tasks tasks = new Tasks(tag);

  private OwnJobs(SparkContext context) {
    this.context = context;
  }

  /**
   * Begins the work.
   *
   * @throws UserException if the JVM has been told to stop
   */
  public static OwnJobs of(SparkSession spark) {
    OwnJobs jobs = new OwnJobs(spark.sparkContext());
    OPEN.add(jobs); // before the look: who stops the JVM looks in the opposite order
    if (Stopping.hasBegun()) {
      OPEN.remove(jobs);
      throw UserException.job("Stopped.");
    }
    jobs.context.addSparkListener(jobs.tasks);
    jobs.context.addJobTag(jobs.tag);
    return jobs;
  }

  /** Cancels those of all works in this JVM; tells whether there is such a work. */
  public static boolean cancelAll() {
    OPEN.forEach(OwnJobs::cancel);
    return !OPEN.isEmpty();
  }

  /** Cancels them, those too that a thread no longer waits for. */
  public void cancel() {
    if (!context.isStopped()) {
      context.cancelJobsWithTag(tag);
    }
  }

  /**
   * Waits, a few seconds at most, until none of their tasks runs. Those of a failed job go on for a
   * moment, and so do second attempts of one that succeeded; what they write would come up again
   * after it has been moved or deleted.
   */
  public void awaitTasks() {
    Uninterrupted.run(
        () -> {
          long start = System.nanoTime();
          int idle = 0; // one look is not enough: Spark tells listeners a little later
          while (idle < LOOKS
              && !context.isStopped()
              && System.nanoTime() - start < LONGEST_NANOS) {
            sleep();
            idle = tasks.areRunning() ? 0 : idle + 1;
          }
        });
  }

  private static void sleep() {
    try {
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e); // nobody knows the thread
    }
  }

  @Override
  public void close() {
    OPEN.remove(this);
    if (!context.isStopped()) {
      context.removeJobTag(tag);
      context.removeSparkListener(tasks);
    }
  }

  /** Which run, by what Spark tells. */
  private static final class Tasks extends SparkListener {

    private final String tag;
    private final Set<Integer> stages = ConcurrentHashMap.newKeySet();
    private final Set<Long> running = ConcurrentHashMap.newKeySet();

    Tasks(String tag) {
      this.tag = tag;
    }

    boolean areRunning() {
      return !running.isEmpty();
    }

    @Override
    public void onJobStart(SparkListenerJobStart start) {
      String tags = start.properties() == null ? "" : start.properties().getProperty(TAGS, "");
      if (Arrays.asList(tags.split(",", -1)).contains(tag)) {
        CollectionConverters.asJava(start.stageIds()).forEach(id -> stages.add((Integer) id));
      }
    }

    @Override
    public void onTaskStart(SparkListenerTaskStart start) {
      if (stages.contains(start.stageId())) {
        running.add(start.taskInfo().taskId());
      }
    }

    @Override
    public void onTaskEnd(SparkListenerTaskEnd end) {
      running.remove(end.taskInfo().taskId());
    }
  }
}
