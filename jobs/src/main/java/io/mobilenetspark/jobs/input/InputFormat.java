package io.mobilenetspark.jobs.input;

import io.mobilenetspark.jobs.cli.InputOptions;
import io.mobilenetspark.jobs.common.Location;
import io.mobilenetspark.jobs.common.UserException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.security.AccessControlException;

/** Finds out which of Spark's data sources reads the input. */
final class InputFormat {

  /** Spark's source of whole files. */
  static final String BINARY_FILE = "binaryFile";

  private static final Map<String, String> FORMAT_OF_ENDING =
      Map.of(
          ".parquet", "parquet",
          ".orc", "orc",
          ".avro", "avro",
          ".csv", "csv",
          ".json", "json",
          ".jsonl", "json",
          ".txt", "text");

  /** So many names tell enough, and listing them takes no time. */
  private static final int SAMPLE = 1000;

  private InputFormat() {}

  /**
   * The format that was asked for, or the one that all files' names agree on; a directory of files
   * of several kinds, such as photographs with their CREDITS.txt, is one of image files.
   *
   * @throws UserException if a path matches nothing or there are no files
   */
  static String of(InputOptions options, Configuration hadoop) {
    List<String> names = sampleNames(options.paths(), hadoop);
    if (!options.format().equals(InputOptions.AUTO)) {
      return options.format();
    }
    Set<String> formats = names.stream().map(InputFormat::ofName).collect(Collectors.toSet());
    return formats.size() == 1 ? formats.iterator().next() : BINARY_FILE;
  }

  /** The options with that format, unless one was asked for or a table is read. */
  static InputOptions found(InputOptions options, Configuration hadoop) {
    return options.table() == null && options.format().equals(InputOptions.AUTO)
        ? options.withFormat(of(options, hadoop))
        : options;
  }

  private static String ofName(String fileName) {
    String name = fileName.toLowerCase(Locale.ROOT);
    int ending = name.lastIndexOf('.');
    return ending < 0
        ? BINARY_FILE
        : FORMAT_OF_ENDING.getOrDefault(name.substring(ending), BINARY_FILE);
  }

  /**
   * The paths below which there are no files.
   *
   * @throws UserException if a path matches nothing
   */
  static List<String> withoutFiles(List<String> paths, Configuration hadoop) {
    return paths.stream().filter(path -> names(List.of(path), 1, hadoop).isEmpty()).toList();
  }

  /** Names of some of the files below the paths; fails if there are none. */
  private static List<String> sampleNames(List<String> paths, Configuration hadoop) {
    List<String> names = names(paths, SAMPLE, hadoop);
    if (names.isEmpty()) {
      throw UserException.input(
          String.format(
              Locale.ROOT,
              "There are no files in %s (names that begin with '_' or '.' don't count)",
              String.join(", ", paths)));
    }
    return names;
  }

  private static List<String> names(List<String> paths, int most, Configuration hadoop) {
    List<String> names = new ArrayList<>();
    for (String path : paths) {
      try {
        Path pattern = new Path(path);
        FileSystem fileSystem = pattern.getFileSystem(hadoop);
        FileStatus[] matches = fileSystem.globStatus(pattern);
        if (matches == null || matches.length == 0) {
          throw UserException.input(
              String.format(
                  Locale.ROOT,
                  "There is no input %s. Check the path; a path without a scheme is on %s.",
                  path,
                  fileSystem.getUri()));
        }
        for (FileStatus match : matches) {
          String name = match.getPath().getName();
          // As files are listed: what is named counts, and Hadoop's * matches hidden names, too.
          if (name.equals(pattern.getName()) || !Location.isHidden(name)) {
            addNames(fileSystem, match, most, names);
          }
        }
      } catch (FileNotFoundException | IllegalArgumentException e) {
        throw UserException.input(
            String.format(
                Locale.ROOT, "There is no input %s: %s", path, InputPlaces.reason(path, e)),
            e);
      } catch (IOException e) {
        throw UserException.input(
            String.format(Locale.ROOT, "Can't read %s: %s", path, e.getMessage()), e);
      }
    }
    return names;
  }

  /** Whether there is a file below a directory. */
  static boolean hasFile(FileSystem fileSystem, FileStatus directory) throws IOException {
    List<String> names = new ArrayList<>();
    try {
      addNames(fileSystem, directory, 1, names);
    } catch (AccessControlException | AccessDeniedException e) {
      return true; // nobody can tell that it is empty
    }
    return !names.isEmpty();
  }

  private static void addNames(
      FileSystem fileSystem, FileStatus status, int most, List<String> names) throws IOException {
    if (status.isFile()) {
      names.add(status.getPath().getName());
      return;
    }
    // Not listFiles(): of local files it asks for the permissions, by a process each.
    RemoteIterator<FileStatus> children = fileSystem.listStatusIterator(status.getPath());
    while (names.size() < most && children.hasNext()) {
      FileStatus child = children.next();
      String name = child.getPath().getName();
      if (!Location.isHidden(name)) {
        addNamesIfThere(fileSystem, child, most, names);
      }
    }
  }

  /** What has gone since its directory was listed has no names. */
  private static void addNamesIfThere(
      FileSystem fileSystem, FileStatus child, int most, List<String> names) throws IOException {
    try {
      addNames(fileSystem, child, most, names);
    } catch (FileNotFoundException e) {
      // The input is what is there.
    }
  }
}
