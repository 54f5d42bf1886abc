package io.mobilenetspark.jobs.input;

import io.mobilenetspark.jobs.common.Location;
import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Lists files of the local file system, following links. Spark's listing passes over a link that
 * leads nowhere without a word, and goes round in a loop of links as long as the system lets it.
 */
final class LocalImageFiles {

  private LocalImageFiles() {}

  /**
   * The files at or below a place, by name; a link that leads nowhere is one that can't be read.
   */
  static List<FileStatus> below(LocalFileSystem fileSystem, Path place) throws IOException {
    java.nio.file.Path root = fileSystem.pathToFile(place).toPath();
    List<FileStatus> found = new ArrayList<>();
    Files.walkFileTree(
        root,
        EnumSet.of(FileVisitOption.FOLLOW_LINKS),
        Integer.MAX_VALUE,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(
              java.nio.file.Path directory, BasicFileAttributes attributes) {
            return isHidden(directory) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(
              java.nio.file.Path file, BasicFileAttributes attributes) {
            if (!isHidden(file)) {
              found.add(
                  new FileStatus(
                      attributes.isSymbolicLink() ? 0 : attributes.size(),
                      false,
                      1,
                      0,
                      attributes.lastModifiedTime().toMillis(),
                      fileSystem.makeQualified(new Path(file.toString()))));
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(java.nio.file.Path file, IOException failure)
              throws IOException {
            if (failure instanceof FileSystemLoopException) {
              return FileVisitResult.CONTINUE; // what is there has been listed
            }
            throw failure;
          }

          private boolean isHidden(java.nio.file.Path file) {
            return !file.equals(root) && Location.isHidden(String.valueOf(file.getFileName()));
          }
        });
    found.sort(Comparator.comparing(FileStatus::getPath));
    return found;
  }
}
