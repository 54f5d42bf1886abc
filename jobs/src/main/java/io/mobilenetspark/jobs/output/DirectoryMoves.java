package io.mobilenetspark.jobs.output;

import io.mobilenetspark.jobs.common.Location;
import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.Set;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

/** Renaming, all or nothing. */
final class DirectoryMoves {

  /** File systems that rename a directory in one step. */
  private static final Set<String> IN_ONE_STEP =
      Set.of("file", "hdfs", "viewfs", "webhdfs", "swebhdfs", "ofs");

  private DirectoryMoves() {}

  /** Whether what lies at a path can be moved within the directory above, in one step. */
  static boolean arePossible(FileSystem fileSystem, Path path) throws IOException {
    Path parent = path.getParent();
    String scheme = String.valueOf(path.toUri().getScheme()).toLowerCase(Locale.ROOT);
    if (parent == null || !IN_ONE_STEP.contains(scheme)) {
      return false;
    }
    if (fileSystem instanceof LocalFileSystem local) {
      File file = local.pathToFile(path);
      return !file.exists()
          || Files.getFileStore(file.toPath())
              .equals(Files.getFileStore(local.pathToFile(parent).toPath())); // no mount point
    }
    return true;
  }

  /**
   * Moves a file or directory.
   *
   * @throws IOException if there is something at the target, or it can't be moved
   */
  static void move(FileSystem fileSystem, Path from, Path to) throws IOException {
    if (fileSystem.exists(to)) {
      throw new IOException(String.format(Locale.ROOT, "there is something at %s", to));
    }
    if (fileSystem instanceof LocalFileSystem local && local.pathToFile(from).isDirectory()) {
      // Hadoop would copy what it can't rename.
      Files.move(
          local.pathToFile(from).toPath(),
          local.pathToFile(to).toPath(),
          StandardCopyOption.ATOMIC_MOVE);
    } else if (!fileSystem.rename(from, to)) {
      throw new IOException(String.format(Locale.ROOT, "%s can't be renamed to %s", from, to));
    }
    requireNotWithin(fileSystem, from, to);
  }

  /** Renaming to a directory that somebody made just now may move into it. */
  private static void requireNotWithin(FileSystem fileSystem, Path from, Path to)
      throws IOException {
    Path within = Location.child(to, from.getName());
    if (!(fileSystem instanceof LocalFileSystem) && fileSystem.exists(within)) {
      fileSystem.rename(within, from);
      throw new IOException(
          String.format(Locale.ROOT, "something else has created %s in the meantime", to));
    }
  }

  /** Deletes a directory if there is nothing in it. */
  static void deleteIfEmpty(FileSystem fileSystem, Path directory) throws IOException {
    if (fileSystem instanceof LocalFileSystem local) {
      try { // Hadoop looks first and then deletes all that is there
        Files.delete(local.pathToFile(directory).toPath());
      } catch (NoSuchFileException | DirectoryNotEmptyException e) {
        // As it should be.
      }
      return;
    }
    FileStatus[] children;
    try {
      children = fileSystem.listStatus(directory);
    } catch (java.io.FileNotFoundException e) {
      return;
    }
    if (children.length == 0) {
      fileSystem.delete(directory, false);
    }
  }
}
