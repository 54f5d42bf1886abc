package io.mobilenetspark.spark.train;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The checkpoints of one run. They are in a folder of their own, {@code run-<digest>}, below one
 * that any number of runs share, on any Hadoop file system; each is a {@link CheckpointFolder}
 * {@code step-<number>-<random>}, so that two drivers of one run don't meet in it. The last two
 * intact ones are kept. Used on the driver, by one thread.
 */
final class Checkpoints {

  private static final String PREFIX = "step-";
  private static final int KEPT = 2;

  /** An unfinished folder may be one that is being written; one this old is not. */
  private static final long ABANDONED_MILLIS = 3_600_000;

  private final Configuration configuration;
  private final FileSystem fileSystem;
  private final RunFolders runs;
  private final Path directory;
  private final TrainingListener listener;
  private final Set<Path> verified = new HashSet<>();

  /**
   * @param directory of all runs; made when the first checkpoint is written
   * @param identity what makes the run this one
   * @param listener is told what of a checkpoint was not to be used, and why
   * @throws IOException if the file system can't be reached
   */
  Checkpoints(
      Configuration configuration,
      String directory,
      RunIdentity identity,
      TrainingListener listener)
      throws IOException {
    Path root = new Path(directory);
    this.configuration = configuration;
    this.fileSystem = root.getFileSystem(configuration);
    this.runs = new RunFolders(fileSystem, root, identity);
    this.directory = runs.own();
    this.listener = listener;
  }

  /** The run's own folder. */
  Path directory() {
    return directory;
  }

  /** Writes a checkpoint, and removes those that are too old. A crash leaves the ones before. */
  void write(RunState run) throws IOException {
    runs.describeOwn();
    String name =
        String.format(Locale.ROOT, "%s%012d-%s", PREFIX, run.state().step(), UUID.randomUUID());
    CheckpointFolder folder = folder(new Path(directory, name));
    try {
      folder.write(run);
    } catch (IOException e) {
      if (!isOvertaken(folder.path())) {
        throw e;
      }
      return; // another driver of the run took it for an old one as soon as its marker was there
    }
    try {
      prune();
    } catch (IOException e) {
      listener.onNotice(
          String.format(
              Locale.ROOT,
              "Old checkpoints in %s can't be removed: %s. The run goes on.",
              directory,
              e.getMessage()));
    }
  }

  /** Whether a checkpoint is gone, and a later one is there. */
  private boolean isOvertaken(Path written) {
    try {
      if (fileSystem.exists(written)) {
        return false;
      }
      for (Path path : newestFirst()) {
        if (step(path) > step(written) && folder(path).isFinished()) {
          return true;
        }
      }
    } catch (IOException e) {
      return false; // nobody can tell: the file system is why it was not written
    }
    return false;
  }

  private CheckpointFolder folder(Path path) {
    return new CheckpointFolder(fileSystem, path);
  }

  /** Removes what is older than the last intact ones, of which none goes unread. */
  private void prune() throws IOException {
    int intact = 0;
    for (Path path : newestFirst()) {
      CheckpointFolder folder = folder(path);
      if (intact < KEPT) {
        intact += isIntact(folder) ? 1 : 0;
      } else if (folder.isClosed() || isAbandoned(path)) {
        folder.remove();
      }
    }
  }

  private boolean isIntact(CheckpointFolder folder) throws IOException {
    if (verified.contains(folder.path())) {
      return true;
    }
    try {
      folder.verify();
      verified.add(folder.path());
      return true;
    } catch (CheckpointFolder.DamagedException e) {
      return false;
    }
  }

  private boolean isAbandoned(Path path) throws IOException {
    try {
      long last = fileSystem.getFileStatus(path).getModificationTime();
      for (FileStatus file : fileSystem.listStatus(path)) {
        last = Math.max(last, file.getModificationTime());
      }
      return last < System.currentTimeMillis() - ABANDONED_MILLIS;
    } catch (FileNotFoundException e) {
      return false; // another driver has removed it meanwhile
    }
  }

  /**
   * The last intact checkpoint; empty if the run has finished none.
   *
   * @throws IOException if the file system can't be read, if a later release has gone on with the
   *     run, or if checkpoints are there and all are damaged: to start from the beginning is for
   *     the user to decide
   */
  Optional<RunState> last() throws IOException {
    List<String> problems = new ArrayList<>();
    for (Path path : newestFirst()) {
      CheckpointFolder folder = folder(path);
      if (!folder.isFinished()) {
        continue;
      }
      try {
        RunState state = folder.read(configuration);
        problems.forEach(
            problem ->
                listener.onNotice(
                    String.format(
                        Locale.ROOT, "%s. The one of step %d is used.", problem, step(path))));
        return Optional.of(state);
      } catch (CheckpointFolder.DamagedException e) {
        if (!folder.isFinished()) {
          return last(); // another driver has removed it meanwhile, since it has a later one
        }
        problems.add(
            String.format(Locale.ROOT, "The checkpoint %s is damaged: %s", path, e.getMessage()));
      }
    }
    if (!problems.isEmpty()) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "%s, and there is no older one that is intact; delete %s to start the run from its beginning",
              problems.get(0),
              directory));
    }
    return Optional.empty();
  }

  /** For a run that has no checkpoint: what is in the folder instead, in a sentence. */
  Optional<String> others() throws IOException {
    return runs.others();
  }

  private static long step(Path path) {
    return Long.parseLong(path.getName().split("-", -1)[1]);
  }

  private List<Path> newestFirst() throws IOException {
    List<Path> paths = new ArrayList<>();
    try {
      for (FileStatus status : fileSystem.listStatus(directory)) {
        if (status.getPath().getName().matches(PREFIX + "\\d{12}-[0-9a-f-]+")) {
          paths.add(status.getPath());
        }
      }
    } catch (FileNotFoundException e) {
      return List.of(); // the first time
    }
    paths.sort(Comparator.comparing(Path::getName).reversed());
    return paths;
  }
}
