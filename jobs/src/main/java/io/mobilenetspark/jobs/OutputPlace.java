package io.mobilenetspark.jobs;

import io.mobilenetspark.jobs.OutputOptions.OutputMode;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** The directory that a command writes. */
final class OutputPlace {
  private final OutputMode mode;
  private final Path path;
  private final FileSystem fileSystem;

  private OutputPlace(OutputMode mode, Path path, FileSystem fileSystem) {
    this.mode = mode;
    this.path = path;
    this.fileSystem = fileSystem;
  }

  /**
   * Checks the place.
   *
   * @param inputs what is read; the output must not be among or above it
   * @param modes the modes that the command has for an output that exists
   * @throws UserException if it can't be written to
   */
  static OutputPlace at(
      OutputOptions options, List<String> inputs, String modes, Configuration hadoop) {
    try {
      Path path = new Path(options.path());
      FileSystem fileSystem = path.getFileSystem(hadoop);
      OutputPlace place =
          new OutputPlace(options.mode(), fileSystem.makeQualified(path), fileSystem);
      for (String input : inputs) {
        place.requireApartFrom(new Path(input), hadoop);
      }
      if (options.mode() == OutputMode.ERRORIFEXISTS && place.exists()) {
        throw UserException.input(
            String.format(
                Locale.ROOT,
                "The output %s exists. Pass --output-mode %s, or another --output.",
                options.path(),
                modes));
      }
      place.requireDirectoryAbove();
      return place;
    } catch (IOException | IllegalArgumentException e) {
      throw UserException.input(
          String.format(Locale.ROOT, "Can't write to %s: %s", options.path(), e.getMessage()), e);
    }
  }

  /** Better told now than after hours of work. */
  private void requireDirectoryAbove() throws IOException {
    for (Path above = path.getParent(); above != null; above = above.getParent()) {
      if (fileSystem.exists(above)) {
        if (fileSystem.getFileStatus(above).isFile()) {
          throw new IOException(
              String.format(Locale.ROOT, "%s is no directory. Pass another --output.", above));
        }
        return;
      }
    }
  }

  /** Overwriting a directory that is being read destroys the input first. */
  private void requireApartFrom(Path input, Configuration hadoop) throws IOException {
    Path qualified = input.getFileSystem(hadoop).makeQualified(input);
    for (Path above = qualified; above != null; above = above.getParent()) {
      if (above.equals(path) && mode == OutputMode.OVERWRITE) {
        throw UserException.input(
            String.format(
                Locale.ROOT,
                "The output %s holds the input %s, and --output-mode overwrite would delete it. Pass another --output.",
                path,
                input));
      }
    }
  }

  /** Whether there is nothing to do: the output exists and the mode is to leave it. */
  boolean isToBeLeft() {
    return mode == OutputMode.IGNORE && exists();
  }

  private boolean exists() {
    try {
      return fileSystem.exists(path);
    } catch (IOException e) {
      throw UserException.input(
          String.format(Locale.ROOT, "Can't look at %s: %s", path, e.getMessage()), e);
    }
  }

  OutputMode mode() {
    return mode;
  }

  Path path() {
    return path;
  }

  FileSystem fileSystem() {
    return fileSystem;
  }
}
