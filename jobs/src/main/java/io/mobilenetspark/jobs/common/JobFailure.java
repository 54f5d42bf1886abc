package io.mobilenetspark.jobs.common;

import io.mobilenetspark.spark.MalformedImageException;
import io.mobilenetspark.train.TrainingDivergedException;
import java.util.Locale;
import org.apache.spark.SparkException;

/** What a failed Spark job means to a person. */
public final class JobFailure {

  /** Spark's word for the failure of a task whose executor has ended. */
  private static final String LOST_EXECUTOR = "ExecutorLostFailure";

  private static final String LOST_EXECUTORS =
      "An executor that ends is a failure of each task that it ran, whichever was the reason. If it"
          + " ended for its memory, give it more; if images that crash the decoder are in many"
          + " partitions, set spark.task.maxFailures higher, to 16, say. ";

  private JobFailure() {}

  /** The one cause that a person can act on, out of the many that Spark wraps around it. */
  public static UserException of(Exception e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof MalformedImageException
          || cause instanceof TrainingDivergedException
          || cause instanceof UnsupportedOperationException) {
        return UserException.job(String.valueOf(cause.getMessage()), e);
      }
    }
    Throwable root = e;
    while (root.getCause() != null && root instanceof SparkException) {
      root = root.getCause();
    }
    String first =
        root.getMessage() == null // that of an interrupted thread, for one
            ? root.toString()
            : root.getMessage()
                .lines()
                .filter(line -> !line.isBlank()) // with which Spark's parser begins
                .findFirst()
                .orElse(root.toString());
    return UserException.job(
        String.format(
            Locale.ROOT,
            "The job failed: %s. %sRun again with --verbose for the details.",
            first,
            first.contains(LOST_EXECUTOR) ? LOST_EXECUTORS : ""),
        e);
  }
}
