package io.mobilenetspark.jobs.output;

import java.io.IOException;
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
   * @throws IOException if that fails; what was there is there again, or the next run sees to it
   */
  void commit() throws IOException;
}
