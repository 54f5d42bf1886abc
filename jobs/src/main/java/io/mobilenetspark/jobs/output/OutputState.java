package io.mobilenetspark.jobs.output;

import io.mobilenetspark.jobs.cli.Console;
import io.mobilenetspark.jobs.cli.OutputOptions.OutputMode;
import io.mobilenetspark.jobs.common.Stopping;
import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.jobs.table.OutputContent;
import io.mobilenetspark.jobs.table.VectorFiles;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Whether a table of vectors may go where it is to go; first, what dead runs left is settled. */
final class OutputState {

  private static final long OTHER_JOB_NANOS = TimeUnit.MINUTES.toNanos(1);

  private static final int LOOKS = 5;
  private static final int MOST_LOOKS = 20;
  private static final long LOOK_MILLIS = 100;

  private final OutputPlace place;
  private final Console console;
  private boolean followsDeadRun;

  OutputState(OutputPlace place, Console console) {
    this.place = place;
    this.console = console;
  }

  /**
   * Finishes or removes what dead runs left.
   *
   * @param own the run's own folder, once it has one
   * @throws UserException if another run is at work on the output
   */
  void settle(List<Path> own) throws IOException {
    Path output = place.real();
    Path beside = RunFolder.beside(output);
    List<Path> found = new ArrayList<>(RunFolder.list(place.fileSystem(), beside));
    found.addAll(RunFolder.list(place.fileSystem(), RunFolder.inside(output)));
    found.removeAll(own);
    for (Path folder : found) {
      requireDead(folder);
      clear(folder);
    }
  }

  /** Finishes or takes back what a run began that has ended, and deletes its folder. */
  void clear(Path folder) throws IOException {
    FileSystem fileSystem = place.fileSystem();
    Path beside = RunFolder.beside(place.real());
    if (folder.getParent().equals(fileSystem.makeQualified(beside))) {
      RenameSwap.settle(fileSystem, place.real(), beside, folder);
    } else {
      FileSwap.settle(fileSystem, place.real(), folder);
      RunFolder.remove(fileSystem, RunFolder.inside(place.real()), folder);
    }
  }

  /**
   * The same of a run's own folder; what can't be cleared is left to the next run.
   *
   * @param mayBeMade whether tasks of a write that failed or is stopped may go on a moment, and
   *     make the folder again
   */
  void clear(Path ended, boolean mayBeMade) {
    int gone = 0;
    for (int looks = 0; looks < MOST_LOOKS && gone < LOOKS; looks++) {
      try {
        clear(ended);
        if (!mayBeMade) {
          return;
        }
        TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        gone = place.fileSystem().exists(ended) ? 0 : gone + 1;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (IOException | RuntimeException e) {
        // The next look, or the next run, does.
      }
    }
  }

  private void requireDead(Path folder) throws IOException {
    String owner = RunOwner.of(folder.getName()).describe();
    Runnable waiting =
        () ->
            console.note(
                String.format(
                    Locale.ROOT,
                    "%s was written to by %s. Waiting half a minute for a sign of it ...",
                    place.path(),
                    owner));
    if (RunFolder.isAtWork(place.fileSystem(), folder, waiting)) {
      throw UserException.input(
          String.format(
              Locale.ROOT,
              "Another run is writing the output %s: %s. Wait until it has ended, or pass another"
                  + " --output.",
              place.path(),
              owner));
    }
    followsDeadRun = true;
    console.note(
        String.format(
            Locale.ROOT, "Cleaning up %s after an unfinished run: %s", place.path(), owner));
  }

  /** Whether a run has died here that was settled since. */
  boolean followsDeadRun() {
    return followsDeadRun;
  }

  /**
   * Looks at the output.
   *
   * @throws UserException if the mode does not go with what is there, or it is not ours to touch
   */
  OutputContent look() throws IOException {
    OutputContent content = OutputContent.of(place.fileSystem(), place.real());
    switch (content.kind()) {
      case ABSENT -> {}
      case FILE ->
          throw UserException.input(
              String.format(
                  Locale.ROOT,
                  "The output %s is a file, not a directory. Pass another --output.",
                  place.path()));
      case EMPTY -> requireNoOtherJob(content);
      case UNFINISHED -> requireReplaceable(content);
      case COMPLETE -> {
        if (place.mode() == OutputMode.ERRORIFEXISTS) {
          throw place.existsAlready("append, incremental, overwrite or ignore");
        } else if (place.mode() != OutputMode.IGNORE) {
          if (place.mode() != OutputMode.APPEND) { // what is only added to takes nothing away
            requireNoOtherJob(content);
          }
          requireOurs(content);
        }
      }
    }
    return content;
  }

  /** Runs of ours write elsewhere; what tasks of another job have written would go with it. */
  private void requireNoOtherJob(OutputContent content) {
    if (content.leftovers().contains(OutputContent.OTHER_JOB)) {
      throw UserException.input(
          String.format(
              Locale.ROOT,
              "Another job is writing to the output %s, or has died there: there is %s, which this"
                  + " command never makes. If it has died, delete %s; else wait, or pass another"
                  + " --output.",
              place.path(),
              OutputContent.OTHER_JOB,
              new Path(place.path(), OutputContent.OTHER_JOB)));
    }
  }

  /** A job of seconds that adds files there must not cost the work of hours. */
  void awaitOtherJob() throws IOException {
    Path others = new Path(place.real(), OutputContent.OTHER_JOB);
    long end = System.nanoTime() + OTHER_JOB_NANOS;
    try {
      while (place.fileSystem().exists(others)
          && System.nanoTime() - end < 0
          && !Stopping.hasBegun()) {
        Thread.sleep(500);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // whoever looks next refuses
    }
  }

  private void requireReplaceable(OutputContent content) throws IOException {
    if (place.mode() == OutputMode.OVERWRITE) {
      requireNoOtherJob(content);
      requireOurs(content);
      return;
    }
    if (!content.foreign().isEmpty()) {
      if (place.mode() == OutputMode.ERRORIFEXISTS) {
        throw place.existsAlready("append, incremental, overwrite or ignore");
      }
      throw place.hasOthers(content.foreign());
    }
    throw UserException.input(
        String.format(
            Locale.ROOT,
            "The output %s is incomplete: it has %d Parquet files but no %s; the run that wrote it"
                + " did not finish. Pass --output-mode overwrite to replace it, or another"
                + " --output.",
            place.path(),
            content.parts().size(),
            OutputContent.SUCCESS));
  }

  /** Nothing is deleted that was not written by an embedding. */
  private void requireOurs(OutputContent content) throws IOException {
    if (!content.foreign().isEmpty()) {
      throw place.hasOthers(content.foreign());
    }
    // A report does not speak for each file: others may have written beside ours.
    List<Optional<VectorFiles.Footer>> footers = VectorFiles.read(content.parts(), place.hadoop());
    List<String> others = new ArrayList<>();
    for (int i = 0; i < footers.size(); i++) {
      if (!footers.get(i).map(VectorFiles.Footer::isOurs).orElse(true)) {
        others.add(content.names().get(i));
      }
    }
    boolean areDamaged = !footers.isEmpty() && footers.stream().allMatch(Optional::isEmpty);
    if (!others.isEmpty()) {
      throw place.hasOthers(others);
    } else if (areDamaged && !content.hasReport()) { // whose are they?
      throw place.hasOthers(content.names());
    }
  }
}
