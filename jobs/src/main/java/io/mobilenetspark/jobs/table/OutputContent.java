package io.mobilenetspark.jobs.table;

import io.mobilenetspark.jobs.common.Location;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;

/**
 * What lies where a table of vectors is to go.
 *
 * @param kind in short
 * @param parts the Parquet files, those in directories of partitions among them
 * @param names of the parts, from here: {@code kind=cat/part-0.parquet}
 * @param foreign names of what a table of vectors does not have
 * @param leftovers names of what a run leaves that did not finish
 * @param hasReport whether a run of ours wrote it
 */
public record OutputContent(
    Kind kind,
    List<FileStatus> parts,
    List<String> names,
    List<String> foreign,
    List<String> leftovers,
    boolean hasReport) {

  /** In short. */
  public enum Kind {
    /** Nothing. */
    ABSENT,
    /** A file. */
    FILE,
    /** A directory without files, but for what a run leaves that did not finish. */
    EMPTY,
    /** Something, but not {@code _SUCCESS}: whoever wrote it did not finish. */
    UNFINISHED,
    /** A table, with {@code _SUCCESS}. */
    COMPLETE
  }

  /** What Spark leaves when all is written. */
  public static final String SUCCESS = "_SUCCESS";

  /** The directory that holds the folders of all runs, in a table; beside it, behind its name. */
  public static final String STAGING = ".mobilenet-staging";

  /** The directory that holds rows that are computed and not yet in the table, likewise. */
  public static final String PENDING = ".mobilenet-pending";

  /** The directory of the table's indexes: whether they fit its files is in themselves. */
  public static final String INDEX = ".mobilenet-index";

  private static final Pattern PART = Pattern.compile("part-.*\\.parquet");

  /** As Spark writes it: a column and a value. */
  private static final Pattern PARTITION = Pattern.compile("[^.=][^=]*=[^=]+");

  /** Of a table, besides its Parquet files. */
  private static final Set<String> COMPANIONS =
      Set.of(SUCCESS, RunReport.FILE, RunReport.FILE + ".tmp", "_metadata", "_common_metadata");

  /** Where Spark's jobs keep what their tasks have written, until they commit. */
  public static final String OTHER_JOB = "_temporary";

  private static final Set<String> LEFTOVERS = Set.of(OTHER_JOB, STAGING, PENDING);

  /** Looks. */
  public static OutputContent of(FileSystem fileSystem, Path path) throws IOException {
    List<FileStatus> parts = new ArrayList<>();
    List<String> names = new ArrayList<>();
    List<String> foreign = new ArrayList<>();
    List<String> leftovers = new ArrayList<>();
    Set<String> companions = new java.util.HashSet<>();
    FileStatus[] children;
    try {
      if (fileSystem.getFileStatus(path).isFile()) {
        return new OutputContent(Kind.FILE, parts, names, foreign, leftovers, false);
      }
      children = fileSystem.listStatus(path);
    } catch (FileNotFoundException e) {
      return new OutputContent(Kind.ABSENT, parts, names, foreign, leftovers, false);
    }
    for (FileStatus child : children) {
      String name = child.getPath().getName();
      if (child.isFile() && PART.matcher(name).matches()) {
        parts.add(child);
        names.add(name);
      } else if (child.isDirectory() && PARTITION.matcher(name).matches()) {
        partition(fileSystem, child.getPath(), parts, names, foreign);
      } else if (child.isFile() && COMPANIONS.contains(name)) {
        companions.add(name);
      } else if (child.isDirectory() && LEFTOVERS.contains(name)) {
        leftovers.add(name);
      } else if (!isIndex(child, name) && !isChecksum(child, name)) {
        foreign.add(name);
      }
    }
    Kind kind =
        companions.contains(SUCCESS)
            ? Kind.COMPLETE
            : parts.isEmpty() && foreign.isEmpty() ? Kind.EMPTY : Kind.UNFINISHED;
    return new OutputContent(
        kind, parts, names, foreign, leftovers, companions.contains(RunReport.FILE));
  }

  /** Where runs keep a table's files that are on their way there, or from there. */
  static Optional<Path> staging(FileSystem fileSystem, Path path) throws IOException {
    for (Path container : List.of(stagingBeside(path), new Path(path, STAGING))) {
      if (fileSystem.exists(container)) {
        return Optional.of(container);
      }
    }
    return Optional.empty();
  }

  /** The container of the folders of runs that replace an output. */
  public static Path stagingBeside(Path output) {
    Path parent = output.getParent();
    return Location.child(parent == null ? output : parent, "." + output.getName() + STAGING);
  }

  /** A directory of rows with one value, or of such directories; object stores list it at once. */
  private static void partition(
      FileSystem fileSystem,
      Path directory,
      List<FileStatus> parts,
      List<String> names,
      List<String> foreign)
      throws IOException {
    RemoteIterator<LocatedFileStatus> files = fileSystem.listFiles(directory, true);
    while (files.hasNext()) {
      FileStatus file = files.next();
      String below = "";
      boolean isOurs = true;
      for (Path above = file.getPath().getParent();
          above != null && above.depth() > directory.depth();
          above = above.getParent()) {
        isOurs &= PARTITION.matcher(above.getName()).matches();
        below = above.getName() + "/" + below;
      }
      String last = file.getPath().getName();
      String name = directory.getName() + "/" + below + last;
      if (isOurs && PART.matcher(last).matches()) {
        parts.add(file);
        names.add(name);
      } else if (!isOurs || !isChecksum(file, last)) {
        foreign.add(name);
      }
    }
  }

  private static boolean isIndex(FileStatus child, String name) {
    return child.isDirectory() && name.equals(INDEX);
  }

  /** Hadoop keeps one beside each file of some file systems. */
  private static boolean isChecksum(FileStatus child, String name) {
    if (!child.isFile() || !name.startsWith(".") || !name.endsWith(".crc")) {
      return false;
    }
    String of = name.substring(1, name.length() - ".crc".length());
    return PART.matcher(of).matches() || COMPANIONS.contains(of);
  }
}
