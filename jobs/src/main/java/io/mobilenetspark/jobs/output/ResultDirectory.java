package io.mobilenetspark.jobs.output;

import io.mobilenetspark.jobs.cli.OutputOptions.OutputMode;
import io.mobilenetspark.jobs.common.OwnJobs;
import io.mobilenetspark.model.export.AtomicDirectory;
import io.mobilenetspark.model.export.ModelExporter.IfExists;
import java.io.IOException;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/**
 * What Spark writes beside a place, and what takes that place when it is complete. Closed before
 * that, it is deleted, once no task is left that would write it again.
 */
public final class ResultDirectory implements AutoCloseable {

  private final OutputPlace place;
  private final OwnJobs jobs;
  private final AtomicDirectory directory;
  private boolean isCommitted;

  /**
   * Makes it. What this thread starts on Spark from now on is what writes there.
   *
   * @throws IOException if nothing can be written there
   */
  public ResultDirectory(SparkSession spark, OutputPlace place) throws IOException {
    this.place = place;
    this.jobs = OwnJobs.of(spark);
    try {
      this.directory = new AtomicDirectory(place.fileSystem(), place.real());
    } catch (IOException | RuntimeException e) {
      jobs.close();
      throw e;
    }
  }

  /** Waits for second attempts, which leave files that nobody asked for. */
  public void awaitTasks() {
    jobs.awaitTasks();
  }

  /** Where to write. */
  public Path path() {
    return directory.path();
  }

  /**
   * Takes the place.
   *
   * @throws IOException if that can't be done, or something has come there that is not to be
   *     replaced
   */
  public void commit() throws IOException {
    awaitTasks();
    directory.commit(
        place.mode() == OutputMode.OVERWRITE ? IfExists.OVERWRITE : IfExists.ERRORIFEXISTS);
    isCommitted = true;
  }

  @Override
  public void close() throws IOException {
    try (jobs;
        directory) {
      if (!isCommitted) {
        jobs.cancel();
        awaitTasks();
      }
    }
  }
}
