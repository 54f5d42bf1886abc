package io.mobilenetspark.model.handle;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Directories in which other processes create and delete files meanwhile. */
final class FileTrees {

  private FileTrees() {}

  /**
   * A file, and all that is below it, directories before what is in them; empty if there is none.
   * What vanishes meanwhile may be among them or not. Links are not followed.
   */
  static List<Path> below(Path tree) throws IOException {
    List<Path> files = new ArrayList<>();
    walk(tree, (file, attributes) -> files.add(file));
    return files;
  }

  /** Bytes of all files below; 0 if there are none. */
  static long sizeOf(Path tree) throws IOException {
    long[] size = {0};
    walk(tree, (file, attributes) -> size[0] += attributes.isRegularFile() ? attributes.size() : 0);
    return size[0];
  }

  /** Deletes all of it, and what others put there meanwhile unless they are faster. */
  static void delete(Path tree) throws IOException {
    DirectoryNotEmptyException notEmpty = null;
    for (int attempt = 0; attempt < 3; attempt++) {
      List<Path> files = below(tree);
      Collections.reverse(files);
      notEmpty = null;
      for (Path file : files) {
        try {
          Files.deleteIfExists(file);
        } catch (DirectoryNotEmptyException e) {
          notEmpty = e;
        }
      }
      if (notEmpty == null) {
        return;
      }
    }
    if (notEmpty != null) {
      throw notEmpty;
    }
  }

  private interface Visit {
    void file(Path file, BasicFileAttributes attributes);
  }

  private static void walk(Path tree, Visit visit) throws IOException {
    Files.walkFileTree(
        tree,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            visit.file(directory, attributes);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            visit.file(file, attributes);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            return goOnIfGone(e);
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e)
              throws IOException {
            return e == null ? FileVisitResult.CONTINUE : goOnIfGone(e);
          }
        });
  }

  private static FileVisitResult goOnIfGone(IOException e) throws IOException {
    if (e instanceof NoSuchFileException) {
      return FileVisitResult.CONTINUE;
    }
    throw e;
  }
}
