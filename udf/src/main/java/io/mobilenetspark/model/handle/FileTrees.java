package io.mobilenetspark.model.handle;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Directories in which other processes create and delete files meanwhile. */
final class FileTrees {

  private static final int MAX_SMALL_BYTES = 4096;

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

  /** Makes a directory that nobody else may write into, whatever the umask says. */
  static void makeDirectory(Path directory) throws IOException {
    Files.createDirectory(directory, closed(directory, "rwxr-xr-x"));
  }

  /** The same with those above that are missing. */
  static void makeDirectories(Path directory) throws IOException {
    Files.createDirectories(directory, closed(directory, "rwxr-xr-x"));
  }

  /**
   * Makes a file that nobody else may write into; what is there already, be it a link, is left
   * alone.
   */
  static OutputStream make(Path file) throws IOException {
    return Channels.newOutputStream(
        Files.newByteChannel(
            file,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            closed(file, "rw-r--r--")));
  }

  private static FileAttribute<?>[] closed(Path file, String permissions) {
    return file.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }

  /** Writes a small file in one step, in the place of a file or a link that is there. */
  static void write(Path file, String text) throws IOException {
    Path temporary = file.resolveSibling(file.getFileName() + ".tmp" + UUID.randomUUID());
    try {
      try (OutputStream out = make(temporary)) {
        out.write(text.getBytes(StandardCharsets.UTF_8));
      }
      Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /**
   * A small file's bytes as characters; empty if it is a link, no file, or longer than the files
   * that the cache's users write.
   *
   * @throws NoSuchFileException if there is none
   */
  static String readSmall(Path file) throws IOException {
    BasicFileAttributes attributes =
        Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (!attributes.isRegularFile()) {
      return "";
    }
    try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      byte[] bytes = in.readNBytes(MAX_SMALL_BYTES + 1);
      return bytes.length > MAX_SMALL_BYTES ? "" : new String(bytes, StandardCharsets.ISO_8859_1);
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
