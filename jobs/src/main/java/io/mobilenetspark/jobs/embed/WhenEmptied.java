package io.mobilenetspark.jobs.embed;

import io.mobilenetspark.jobs.cli.IncrementalOptions;
import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.jobs.embed.Comparison.Cause;
import java.util.Locale;
import org.apache.hadoop.fs.Path;

/** What is done when no row of the input is there, so that all rows of the table would go. */
enum WhenEmptied {
  /** An error. */
  FAIL,
  /** The table stays as it is: its input may just be being written. */
  LEAVE;

  /**
   * Whether the table is to stay as it is for that reason.
   *
   * @throws UserException if that is an error
   */
  boolean leaves(Comparison comparison, IncrementalOptions.Deleted deletion, Path table) {
    long deleted = comparison.count(Cause.DELETED);
    if (deletion == IncrementalOptions.Deleted.KEEP
        || deleted == 0
        || comparison.count(Cause.UNCHANGED, Cause.NEW, Cause.CHANGED, Cause.RETRIED) > 0) {
      return false;
    } else if (this == LEAVE) {
      return true;
    }
    throw UserException.input(
        String.format(
            Locale.ROOT,
            "The input has no rows, and --deleted remove would remove all %,d of %s. If it is not"
                + " mounted, is just being written, or a filter matches nothing, mend that and run"
                + " again. To empty the table, pass --output-mode overwrite without --deleted.",
            deleted,
            table));
  }
}
