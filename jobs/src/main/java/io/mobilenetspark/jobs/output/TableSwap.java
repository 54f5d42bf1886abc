package io.mobilenetspark.jobs.output;

import java.io.IOException;
import java.util.List;
import org.apache.hadoop.fs.Path;

/** How a complete table takes its place. */
sealed interface TableSwap permits RenameSwap, FileSwap {

  /** The name of the new table in a run's folder. */
  String NEW = "new";

  /** Where the new table is written. */
  Path fresh();

  /**
   * Puts it in its place.
   *
   * @param written names of its Parquet files, as they were when all was written
   * @throws IOException if that fails, or one of them is gone; what was there is there again, or
   *     the next run sees to it
   */
  void commit(List<String> written) throws IOException;
}
