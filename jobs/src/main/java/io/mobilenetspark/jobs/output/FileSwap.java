package io.mobilenetspark.jobs.output;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mobilenetspark.jobs.common.JsonFile;
import io.mobilenetspark.jobs.table.OutputContent;
import io.mobilenetspark.jobs.table.RunReport;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Moves the files of a new table to those of the old one, then deletes those that it replaces. For
 * appending, and for object stores, where renaming a directory is copying its files one by one. A
 * plan is written first: from a run that dies before all files are there, {@link #settle} takes
 * them back; what dies later it finishes. Which of both is decided once, by renaming the plan, and
 * nothing is deleted before.
 */
final class FileSwap implements TableSwap {

  private static final String PLAN = "plan.json";

  /** The plan's name once all new files are in their place. */
  private static final String DONE = "done.json";

  /** The plan's name once they are to be taken back. */
  private static final String TAKEN_BACK = "taken-back.json";

  /** Object stores answer late, but many at once. */
  private static final int THREADS = 16;

  private final FileSystem fileSystem;
  private final Path output;
  private final Path folder;
  private final List<String> replaced;

  /**
   * @param folder of the run, in the output; the new table is in {@link TableSwap#NEW}
   * @param replaced names of files that the new table stands for
   */
  FileSwap(FileSystem fileSystem, Path output, Path folder, List<String> replaced) {
    this.fileSystem = fileSystem;
    this.output = output;
    this.folder = folder;
    this.replaced = List.copyOf(replaced);
  }

  @Override
  public Path fresh() {
    return new Path(folder, NEW);
  }

  @Override
  public void commit(List<String> written) throws IOException {
    Path success = new Path(output, OutputContent.SUCCESS);
    boolean wasComplete = fileSystem.exists(success);
    JsonFile.write(
        fileSystem,
        folder,
        PLAN,
        Map.of("added", written, "replaced", replaced, "wasComplete", wasComplete));
    try {
      fileSystem.delete(success, false); // a reader who looks for it waits
      for (String partition : partitions(written)) {
        fileSystem.mkdirs(new Path(output, partition));
      }
      forEach(written, name -> rename(fileSystem, new Path(fresh(), name), new Path(output, name)));
      if (!RunFolder.isThere(fileSystem, folder)) {
        throw RunFolder.lost();
      }
    } catch (IOException | RuntimeException e) {
      takeBack(written, wasComplete, e);
      throw e;
    }
    boolean isDecided;
    try {
      isDecided = decide(fileSystem, folder, DONE);
    } catch (IOException | RuntimeException e) {
      if (hasComeThrough(e)) {
        return;
      }
      throw e;
    }
    if (!isDecided) {
      IOException lost = RunFolder.lost();
      try {
        delete(fileSystem, output, written); // what was moved after the other run had looked
      } catch (IOException | RuntimeException e) {
        lost.addSuppressed(e);
      }
      throw lost;
    }
    if (fileSystem.exists(new Path(folder, TAKEN_BACK)) || !RunFolder.isThere(fileSystem, folder)) {
      throw RunFolder.lost(); // a store that copies what it renames may let both decide
    }
    try {
      finish(fileSystem, output, folder, replaced);
    } catch (IOException | RuntimeException e) {
      if (!replaced.isEmpty()) {
        throw e;
      }
      // All rows are there, and who is told of a failure appends them again. The next run finishes.
    }
  }

  /** Another run may have done so, before all files were there. */
  private void takeBack(List<String> written, boolean wasComplete, Exception failure) {
    try {
      var unused = settle(fileSystem, output, folder);
      delete(fileSystem, output, written);
      if (wasComplete) {
        fileSystem.create(new Path(output, OutputContent.SUCCESS), true).close();
      }
    } catch (IOException | RuntimeException e) {
      failure.addSuppressed(e); // the next run does
    }
  }

  private boolean hasComeThrough(Exception failure) {
    try {
      return settle(fileSystem, output, folder);
    } catch (IOException | RuntimeException e) {
      failure.addSuppressed(e); // the next run does
      return false;
    }
  }

  /**
   * Decides what becomes of a plan, unless it is decided: it can be renamed once. A run that was
   * thought dead, since its machine slept, and the one that takes its files back may both be at it.
   *
   * @return whether it is decided so
   */
  private static boolean decide(FileSystem fileSystem, Path folder, String decision)
      throws IOException {
    Path decided = new Path(folder, decision);
    try {
      if (fileSystem.rename(new Path(folder, PLAN), decided)) {
        return true;
      }
    } catch (FileNotFoundException e) {
      // There is none, or no more.
    }
    return fileSystem.exists(decided);
  }

  /** Finishes what a run began, or takes it back; tells whether the new table is in its place. */
  static boolean settle(FileSystem fileSystem, Path output, Path folder) throws IOException {
    Path done = new Path(folder, DONE);
    boolean isTaken = !fileSystem.exists(done) && decide(fileSystem, folder, TAKEN_BACK);
    if (fileSystem.exists(done)) { // maybe in between: stores that copy what they rename can't tell
      finish(fileSystem, output, folder, texts(read(fileSystem, done).path("replaced")));
      return true;
    }
    if (isTaken) {
      Path taken = new Path(folder, TAKEN_BACK);
      JsonNode plan = read(fileSystem, taken);
      delete(fileSystem, output, texts(plan.path("added")));
      if (plan.path("wasComplete").asBoolean()) {
        fileSystem.create(new Path(output, OutputContent.SUCCESS), true).close();
      }
      fileSystem.delete(taken, false);
    }
    return false;
  }

  private static JsonNode read(FileSystem fileSystem, Path json) throws IOException {
    try (InputStream in = fileSystem.open(json)) {
      return new ObjectMapper().readTree(in);
    }
  }

  /** Each step may be done already. */
  private static void finish(FileSystem fileSystem, Path output, Path folder, List<String> replaced)
      throws IOException {
    delete(fileSystem, output, replaced);
    Path report = new Path(new Path(folder, NEW), RunReport.FILE);
    if (fileSystem.exists(report)) {
      fileSystem.delete(new Path(output, RunReport.FILE), false);
      rename(fileSystem, report, new Path(output, RunReport.FILE));
    }
    fileSystem.create(new Path(output, OutputContent.SUCCESS), true).close();
  }

  /** With the partitions that are empty then. */
  private static void delete(FileSystem fileSystem, Path output, List<String> names)
      throws IOException {
    forEach(names, name -> fileSystem.delete(new Path(output, name), false));
    for (String partition : partitions(names)) {
      DirectoryMoves.deleteIfEmpty(fileSystem, new Path(output, partition));
    }
  }

  /** The directories that files are in, each before those that it is in. */
  private static List<String> partitions(List<String> names) {
    TreeSet<String> partitions = new TreeSet<>();
    for (String name : names) {
      for (int end = name.lastIndexOf('/'); end > 0; end = name.lastIndexOf('/', end - 1)) {
        partitions.add(name.substring(0, end));
      }
    }
    return List.copyOf(partitions.descendingSet());
  }

  private static void rename(FileSystem fileSystem, Path from, Path to) throws IOException {
    if (!fileSystem.rename(from, to)) {
      throw new IOException(String.format(Locale.ROOT, "%s can't be renamed to %s", from, to));
    }
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(text -> texts.add(text.asText()));
    return texts;
  }

  private interface Action {
    void on(String name) throws IOException;
  }

  private static void forEach(List<String> names, Action action) throws IOException {
    if (names.size() <= THREADS) {
      for (String name : names) {
        action.on(name);
      }
      return;
    }
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<?>> running = new ArrayList<>();
      for (String name : names) {
        running.add(
            threads.submit(
                () -> {
                  action.on(name);
                  return name;
                }));
      }
      for (Future<?> one : running) {
        one.get();
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof FileNotFoundException missing) {
        throw missing;
      }
      throw new IOException(String.valueOf(e.getCause()), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new java.io.InterruptedIOException("stopped while moving files");
    } finally {
      threads.shutdownNow();
      awaitEnd(threads);
    }
  }

  /** Taking files back must not overtake a thread that still moves one. */
  private static void awaitEnd(ExecutorService threads) {
    try {
      threads.awaitTermination(1, java.util.concurrent.TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
