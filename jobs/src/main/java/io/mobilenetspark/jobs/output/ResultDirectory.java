package io.mobilenetspark.jobs.output;

import io.mobilenetspark.jobs.cli.OutputOptions.OutputMode;
import io.mobilenetspark.jobs.cli.Sessions;
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

  private final SparkSession spark;
  private final OutputPlace place;
  private final AtomicDirectory directory;

  /**
   * Makes it.
   *
   * @throws IOException if nothing can be written there
   */
  public ResultDirectory(SparkSession spark, OutputPlace place) throws IOException {
    this.spark = spark;
    this.place = place;
    this.directory = new AtomicDirectory(place.fileSystem(), place.real());
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
    directory.commit(
        place.mode() == OutputMode.OVERWRITE ? IfExists.OVERWRITE : IfExists.ERRORIFEXISTS);
  }

  @Override
  public void close() throws IOException {
    Sessions.awaitTasks(spark); // even of a job that succeeded: second attempts may go on
    directory.close();
  }
}
