package io.mobilenetspark.jobs.page;

import java.io.IOException;
import java.io.InterruptedIOException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** A file that is removed, by its writer or as the JVM stops, but while it may be the only copy. */
final class TemporaryFile {

  private final FileSystem files;
  private final Path path;
  private boolean isKept;
  private boolean isRemoved;

  TemporaryFile(FileSystem files, Path path) {
    this.files = files;
    this.path = path;
  }

  Path path() {
    return path;
  }

  /**
   * From now on it is not removed.
   *
   * @throws InterruptedIOException if it was, for the JVM stops
   */
  synchronized void keep() throws InterruptedIOException {
    if (isRemoved) {
      throw new InterruptedIOException("the run was stopped");
    }
    isKept = true;
  }

  /** From now on it is removed again. */
  synchronized void release() {
    isKept = false;
  }

  /** Deletes it, unless it is kept. */
  synchronized void remove() {
    if (isKept) {
      return;
    }
    isRemoved = true;
    try {
      files.delete(path, false);
    } catch (IOException e) {
      // The failure before this one says more, and a file that begins with a dot bothers nobody.
    }
  }
}
