package io.mobilenetspark.jobs.output;

import io.mobilenetspark.common.PathSyntax;
import io.mobilenetspark.jobs.cli.OutputOptions;
import io.mobilenetspark.jobs.cli.OutputOptions.OutputMode;
import io.mobilenetspark.jobs.common.Location;
import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.jobs.input.InputPlaces;
import io.mobilenetspark.model.export.AtomicDirectory;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** The directory that a command writes. */
public final class OutputPlace {

  private static final int NAMED = 3;

  private final OutputMode mode;
  private final Location location;
  private final Configuration hadoop;

  private OutputPlace(OutputMode mode, Location location, Configuration hadoop) {
    this.mode = mode;
    this.location = location;
    this.hadoop = hadoop;
  }

  /**
   * Checks that something can be there, apart from what is read.
   *
   * @param inputs paths and globs
   * @throws UserException if it can't
   */
  static OutputPlace of(OutputOptions options, List<String> inputs, Configuration hadoop) {
    try {
      OutputPlace place =
          new OutputPlace(options.mode(), Location.of(new Path(options.path()), hadoop), hadoop);
      place.requireApartFrom(inputs);
      place.requireDirectoryAbove();
      return place;
    } catch (IOException | IllegalArgumentException e) {
      throw unwritable(options, e);
    }
  }

  private void requireApartFrom(List<String> inputs) {
    InputPlaces places = new InputPlaces(hadoop);
    for (String input : inputs) {
      try {
        places.requireApart(location, input);
      } catch (IOException | IllegalArgumentException e) {
        throw UserException.input(
            String.format(Locale.ROOT, "Can't read %s: %s", input, InputPlaces.reason(input, e)),
            e);
      }
    }
  }

  /**
   * The same of a directory that is written whole, and has no rows to add to or to keep up to date;
   * first, a replacement that died is finished.
   *
   * @param why what a mode for tables is, the end of a sentence that begins with the mode
   * @throws UserException if the mode is one of those, or if it exists and is not to
   */
  public static OutputPlace whole(
      OutputOptions options, List<String> inputs, String why, Configuration hadoop) {
    if (options.mode() == OutputMode.APPEND || options.mode() == OutputMode.INCREMENTAL) {
      throw UserException.usage(
          String.format(
              Locale.ROOT,
              "--output-mode %s %s. Pass overwrite, errorifexists or ignore.",
              options.mode().optionName(),
              why));
    }
    try {
      Path path = new Path(options.path());
      AtomicDirectory.settle(path.getFileSystem(hadoop), path);
    } catch (IOException | IllegalArgumentException e) {
      throw unwritable(options, e);
    }
    OutputPlace place = of(options, inputs, hadoop);
    if (place.mode == OutputMode.ERRORIFEXISTS && place.exists()) {
      throw place.existsAlready("overwrite or ignore");
    }
    return place;
  }

  private static UserException unwritable(OutputOptions options, Exception e) {
    return UserException.input(
        String.format(
            Locale.ROOT,
            "Can't write to %s: %s",
            options.path(),
            PathSyntax.reason(options.path(), e)),
        e);
  }

  UserException existsAlready(String modes) {
    return UserException.input(
        String.format(
            Locale.ROOT,
            "The output %s exists. Pass --output-mode %s, or another --output.",
            path(),
            modes));
  }

  /**
   * Fails if something of others would be deleted with the directory.
   *
   * @param report the file that the command leaves in what it has written
   * @param isOurs whether the command writes a file or directory of this name there
   * @throws UserException if there is more, or no such report
   */
  public void requireOwn(String report, Predicate<String> isOurs) {
    try {
      if (!fileSystem().exists(real())) {
        return;
      }
      if (fileSystem().getFileStatus(real()).isFile()) {
        throw UserException.input(
            String.format(
                Locale.ROOT,
                "The output %s is a file, not a directory. Pass another --output.",
                path()));
      }
      List<String> others = AtomicDirectory.others(fileSystem(), real(), isOurs);
      if (others.isEmpty() && !fileSystem().exists(new Path(real(), report))) {
        others = AtomicDirectory.others(fileSystem(), real(), name -> false);
      }
      if (!others.isEmpty()) {
        throw hasOthers(others);
      }
    } catch (IOException e) {
      throw UserException.input(
          String.format(Locale.ROOT, "Can't read %s: %s", path(), e.getMessage()), e);
    }
  }

  /** For who finds names there that the command did not write. */
  UserException hasOthers(List<String> names) {
    String some = names.stream().sorted().limit(NAMED).collect(Collectors.joining(", "));
    return UserException.input(
        String.format(
            Locale.ROOT,
            "The output %s has files that this command did not write: %s%s. Pass another --output, or"
                + " remove it first.",
            path(),
            some,
            names.size() > NAMED
                ? String.format(Locale.ROOT, " and %,d more", names.size() - NAMED)
                : ""));
  }

  /**
   * Fails if what is written would mix with the files of a table that is read.
   *
   * @param tables the directories that they lie in
   * @throws UserException if one is, holds or lies in the output
   */
  public void requireApartFromTables(List<Path> tables) {
    try {
      for (Path table : tables) {
        new InputPlaces(hadoop).requireApartFromTable(location, table);
      }
    } catch (IOException e) {
      throw unusable(e);
    }
  }

  UserException unusable(IOException e) {
    return UserException.input(
        String.format(Locale.ROOT, "Can't write to %s: %s", path(), e.getMessage()), e);
  }

  /** Better told now than after hours of work. */
  private void requireDirectoryAbove() throws IOException {
    for (Path above = real().getParent(); above != null; above = above.getParent()) {
      if (fileSystem().exists(above)) {
        if (fileSystem().getFileStatus(above).isFile()) {
          throw new IOException(
              String.format(Locale.ROOT, "%s is not a directory. Pass another --output.", above));
        }
        return;
      }
    }
  }

  /** Whether there is nothing to do: the output exists and the mode is to leave it. */
  public boolean leavesWhatExists() {
    return mode == OutputMode.IGNORE && exists();
  }

  private boolean exists() {
    try {
      return fileSystem().exists(real());
    } catch (IOException e) {
      throw UserException.input(
          String.format(Locale.ROOT, "Can't access %s: %s", path(), e.getMessage()), e);
    }
  }

  public OutputMode mode() {
    return mode;
  }

  /** As it was named. */
  public Path path() {
    return location.path();
  }

  /** The same without links. */
  public Path real() {
    return location.real();
  }

  public FileSystem fileSystem() {
    return location.fileSystem();
  }

  public Configuration hadoop() {
    return hadoop;
  }
}
