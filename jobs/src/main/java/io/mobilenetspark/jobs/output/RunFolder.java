package io.mobilenetspark.jobs.output;

import io.mobilenetspark.jobs.common.Stopping;
import io.mobilenetspark.jobs.table.OutputContent;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Where a run keeps what is not to be seen yet. Its name says whose it is, and while the run lives
 * a file in it is written again and again, so that others can tell a run at work from the leftovers
 * of a dead one.
 */
final class RunFolder {

  private static final String BEAT = "beat";
  private static final long BEAT_SECONDS = 10;

  /** Folders of runs in this JVM. */
  private static final Set<String> AT_WORK = ConcurrentHashMap.newKeySet();

  private final FileSystem fileSystem;
  private final Path path;
  private boolean isEnded;
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "mobilenet-run-folder");
            thread.setDaemon(true);
            return thread;
          });

  private RunFolder(FileSystem fileSystem, Path container, String name) {
    this.fileSystem = fileSystem;
    this.path = new Path(container, name);
  }

  /** The container in an output. */
  static Path inside(Path output) {
    return new Path(output, OutputContent.STAGING);
  }

  /** The container beside an output. */
  static Path beside(Path output) {
    return OutputContent.stagingBeside(output);
  }

  /**
   * Makes a run's folder.
   *
   * @throws IOException if nothing can be written there
   */
  static RunFolder make(FileSystem fileSystem, Path container) throws IOException {
    String name = RunOwner.ofThisRun(UUID.randomUUID().toString().substring(0, 8)).name();
    RunFolder folder = new RunFolder(fileSystem, container, name);
    AT_WORK.add(name);
    try {
      if (!fileSystem.mkdirs(folder.path)) {
        throw new IOException(
            String.format(Locale.ROOT, "the directory %s can't be made", folder.path));
      }
      folder.beat(); // what can't be written is known before hours of work
    } catch (IOException | RuntimeException e) {
      folder.end();
      try {
        remove(fileSystem, container, folder.path);
      } catch (IOException | RuntimeException again) {
        e.addSuppressed(again); // the next run does
      }
      throw e;
    }
    var unused =
        folder.clock.scheduleWithFixedDelay(
            folder::beatIfThere, BEAT_SECONDS, BEAT_SECONDS, TimeUnit.SECONDS);
    return folder;
  }

  /** The folders in a container; an empty one is removed. */
  static List<Path> list(FileSystem fileSystem, Path container) throws IOException {
    List<Path> folders = new ArrayList<>();
    try {
      FileStatus[] children = fileSystem.listStatus(container);
      if (children.length == 0) {
        DirectoryMoves.deleteIfEmpty(fileSystem, container);
      }
      for (FileStatus child : children) {
        if (child.isDirectory()) {
          folders.add(child.getPath());
        }
      }
    } catch (FileNotFoundException e) {
      // No run has been here.
    }
    return folders;
  }

  /**
   * Whether the run that a folder is of still works. Of one on another machine, and of one whose
   * process may have another's number, this may take three beats to tell.
   *
   * @param waiting called before that
   */
  static boolean isAtWork(FileSystem fileSystem, Path folder, Runnable waiting) throws IOException {
    RunOwner owner = RunOwner.of(folder.getName());
    return switch (owner.state(AT_WORK)) {
      case ALIVE -> true;
      case DEAD -> false;
      case UNKNOWN -> {
        waiting.run();
        yield isBeating(fileSystem, new Path(folder, BEAT));
      }
    };
  }

  private static boolean isBeating(FileSystem fileSystem, Path beat) throws IOException {
    long first = modified(fileSystem, beat);
    for (int i = 0; i < 3 * BEAT_SECONDS; i++) {
      try {
        Stopping.sleep(TimeUnit.SECONDS.toNanos(1));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw stopped();
      }
      if (Stopping.hasBegun()) {
        throw stopped();
      }
      if (modified(fileSystem, beat) != first) {
        return true;
      }
    }
    return false;
  }

  private static IOException stopped() {
    return new InterruptedIOException("stopped while waiting for another run");
  }

  private static long modified(FileSystem fileSystem, Path beat) throws IOException {
    try {
      return fileSystem.getFileStatus(beat).getModificationTime();
    } catch (FileNotFoundException e) {
      return -1;
    }
  }

  Path path() {
    return path;
  }

  /** Whether it is still there: whoever replaces an output takes what is in it away. */
  boolean isThere() throws IOException {
    return isThere(fileSystem, path);
  }

  /** The same of any run's folder. */
  static boolean isThere(FileSystem fileSystem, Path folder) throws IOException {
    return fileSystem.exists(new Path(folder, BEAT));
  }

  /** What a run ends with whose folder is not. */
  static IOException lost() {
    return new IOException(
        "something else has replaced it in the meantime, and the new table is lost");
  }

  private void beat() throws IOException {
    fileSystem.create(new Path(path, BEAT), true).close();
  }

  /** Once the run has ended, a beat would make a folder again that has been deleted. */
  private synchronized void beatIfThere() {
    try {
      if (!isEnded && isThere()) {
        beat();
      }
    } catch (IOException e) {
      // The next one may come through; if none does, the run's own work fails as well.
    }
  }

  /** Ends the run, for others too; the folder stays. */
  synchronized void end() { // waits for a beat
    isEnded = true;
    clock.shutdownNow();
    AT_WORK.remove(path.getName());
  }

  /** Deletes a folder, and its container if it was the last one. */
  static void remove(FileSystem fileSystem, Path container, Path folder) throws IOException {
    fileSystem.delete(folder, true);
    DirectoryMoves.deleteIfEmpty(fileSystem, container);
  }
}
