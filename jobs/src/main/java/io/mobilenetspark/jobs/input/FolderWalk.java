package io.mobilenetspark.jobs.input;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.jspecify.annotations.Nullable;

/** What is in directories, one directory after the other, in a task. */
final class FolderWalk implements Iterator<Listed> {

  /** How far a task goes. */
  enum Depth {
    /** The directories that it got; those in them are found. */
    ONE_LEVEL,
    /** All that is below; no directory is found. */
    ALL_LEVELS
  }

  private final Deque<Listed> directories = new ArrayDeque<>();
  private final Depth depth;
  private final FileFilter filter;
  private final Configuration hadoop;
  private @Nullable Folder folder;
  private @Nullable Listed inside;
  private @Nullable Listed next;

  FolderWalk(Iterator<Listed> from, Depth depth, FileFilter filter, Configuration hadoop) {
    from.forEachRemaining(directories::add);
    this.depth = depth;
    this.filter = filter;
    this.hadoop = hadoop;
  }

  @Override
  public boolean hasNext() {
    try {
      while (next == null && (folder != null || !directories.isEmpty())) {
        advance();
      }
      return next != null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void advance() throws IOException {
    if (folder == null) {
      inside = directories.pop();
      folder = Folder.open(inside, hadoop);
    }
    if (!folder.hasNext()) {
      folder.close();
      folder = null;
      return;
    }
    FileStatus status = folder.next();
    Listed found = Listed.of(java.util.Objects.requireNonNull(inside).root(), status);
    if (!status.isDirectory()) {
      next = filter.accepts(status) ? found : null;
    } else if (depth == Depth.ALL_LEVELS) {
      directories.push(found);
    } else {
      next = found;
    }
  }

  @Override
  public Listed next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    Listed found = java.util.Objects.requireNonNull(next);
    next = null;
    return found;
  }
}
