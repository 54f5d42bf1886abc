package io.mobilenetspark.jobs.table;

import io.mobilenetspark.jobs.common.UserException;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Tells tables of vectors from what is none, or not yet. */
final class CompleteTables {

  private CompleteTables() {}

  /**
   * Fails unless there is one.
   *
   * @throws UserException if there is nothing, or a run has not finished it
   */
  static void require(FileSystem fileSystem, Path path, OutputContent content) throws IOException {
    Optional<Path> staging =
        content.kind() == OutputContent.Kind.COMPLETE
            ? Optional.empty()
            : OutputContent.staging(fileSystem, path);
    if (staging.isPresent()) {
      throw UserException.input(
          String.format(
              Locale.ROOT,
              "There is no complete table of vectors at %s: a run is at work on it, or has died before"
                  + " its table, or the one of before, was in its place; see %s. If it has died, run"
                  + " embed on that output again: with --output-mode ignore it puts the table back,"
                  + " and computes only if there is none.",
              path,
              staging.get()));
    }
    switch (content.kind()) {
      case ABSENT -> throw none(path, "there is nothing");
      case FILE -> throw none(path, "it is a file, not a directory");
      case EMPTY -> throw none(path, "it is empty");
      case UNFINISHED ->
          throw UserException.input(
              String.format(
                  Locale.ROOT,
                  "%s is incomplete: it has %d Parquet files but no %s; the run that wrote it did not finish. Run embed again with --output-mode overwrite.",
                  path,
                  content.parts().size(),
                  OutputContent.SUCCESS));
      case COMPLETE -> {}
    }
  }

  static UserException none(Path path, String why) {
    return none(path.toString(), why, "--output");
  }

  /**
   * There is no table of vectors.
   *
   * @param option that embed was told the place by
   */
  static UserException none(String place, String why, String option) {
    return UserException.input(
        String.format(
            Locale.ROOT,
            "There is no table of vectors at %s: %s. Pass embed's %s.",
            place,
            why,
            option));
  }
}
