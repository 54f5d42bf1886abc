package io.mobilenetspark.jobs.input;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;
import org.apache.spark.util.TaskCompletionListener;
import org.jspecify.annotations.Nullable;

/**
 * What is in directories, one directory after the other, in a task: files, and directories that are
 * left to others.
 */
final class FolderWalk implements Iterator<Listed>, Closeable {

  private final Iterator<Listed> given;
  private final Deque<Listed> below = new ArrayDeque<>();
  private final FileFilter filter;
  private final Configuration hadoop;
  private final @Nullable TaskContext task = TaskContext.get();
  private int budget;
  private @Nullable Folder folder;
  private @Nullable Listed inside;
  private @Nullable Listed next;

  /**
   * @param given the directories that are listed
   * @param budget of directories in them, so many are listed, too; others are found
   */
  FolderWalk(Iterator<Listed> given, int budget, FileFilter filter, Configuration hadoop) {
    this.given = given;
    this.budget = budget;
    this.filter = filter;
    this.hadoop = hadoop;
    if (task != null) {
      task.addTaskCompletionListener(
          (TaskCompletionListener) ended -> closeQuietly()); // also of one that is killed
    }
  }

  @Override
  public boolean hasNext() {
    try {
      while (next == null && (folder != null || !below.isEmpty() || given.hasNext())) {
        advance();
      }
      return next != null;
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  private void advance() throws IOException {
    if (task != null && task.isInterrupted()) {
      throw new TaskKilledException();
    }
    if (folder == null) {
      inside = below.isEmpty() ? given.next() : below.pop();
      folder = Folder.open(inside, filter, hadoop);
    }
    if (!folder.hasNext()) {
      close();
      return;
    }
    FileStatus status = folder.next();
    Listed found = Listed.of(Objects.requireNonNull(inside).root(), status);
    if (!status.isDirectory()) {
      next = filter.accepts(status) ? found : null;
    } else if (budget > 0) {
      budget--;
      below.push(found);
    } else {
      next = found;
    }
  }

  @Override
  public Listed next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    Listed found = Objects.requireNonNull(next);
    next = null;
    return found;
  }

  @Override
  public void close() throws IOException {
    Folder open = folder;
    folder = null;
    if (open != null) {
      open.close();
    }
  }

  private void closeQuietly() {
    try {
      close();
    } catch (IOException e) {
      // nothing was written
    }
  }
}
