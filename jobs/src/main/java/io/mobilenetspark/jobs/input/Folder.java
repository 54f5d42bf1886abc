package io.mobilenetspark.jobs.input;

import io.mobilenetspark.jobs.common.Location;
import java.io.Closeable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.jspecify.annotations.Nullable;

/**
 * What is in a directory, one after the other: however many files it has, few are held. Names that
 * Spark's tables don't have are passed over. A directory that is gone has nothing in it.
 */
final class Folder implements RemoteIterator<FileStatus>, Closeable {

  private final RemoteIterator<FileStatus> all;
  private final Closeable source;
  private @Nullable FileStatus next;

  private Folder(RemoteIterator<FileStatus> all, Closeable source) {
    this.all = all;
    this.source = source;
  }

  /** Opens a directory. */
  @SuppressWarnings("StreamResourceLeak") // whoever closes the folder closes it
  static Folder open(Listed directory, Configuration hadoop) throws IOException {
    Path path = new Path(directory.path());
    FileSystem fileSystem = path.getFileSystem(hadoop);
    try {
      if (fileSystem instanceof LocalFileSystem local) {
        java.nio.file.Path folder = local.pathToFile(path).toPath();
        java.nio.file.Path root = local.pathToFile(new Path(directory.root())).toPath();
        DirectoryStream<java.nio.file.Path> stream = Files.newDirectoryStream(folder);
        return new Folder(new LocalFiles(local, root, folder, stream.iterator()), stream);
      }
      return new Folder(fileSystem.listStatusIterator(path), () -> {});
    } catch (FileNotFoundException | NoSuchFileException e) {
      return new Folder(new Nothing(), () -> {});
    }
  }

  @Override
  public boolean hasNext() throws IOException {
    while (next == null && all.hasNext()) {
      FileStatus found = all.next();
      next = Location.isHidden(found.getPath().getName()) ? null : found;
    }
    return next != null;
  }

  @Override
  public FileStatus next() throws IOException {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    FileStatus found = java.util.Objects.requireNonNull(next);
    next = null;
    return found;
  }

  @Override
  public void close() throws IOException {
    source.close();
  }

  private static final class Nothing implements RemoteIterator<FileStatus> {
    @Override
    public boolean hasNext() {
      return false;
    }

    @Override
    public FileStatus next() {
      throw new NoSuchElementException();
    }
  }

  /**
   * Of the local file system, following links. Hadoop's listing passes over a link that leads
   * nowhere without a word, and Spark's goes round in a loop of links as long as the system lets
   * it; here the one is a file that can't be read, and the other is passed over.
   */
  private static final class LocalFiles implements RemoteIterator<FileStatus> {
    private final LocalFileSystem fileSystem;
    private final java.nio.file.Path root;
    private final java.nio.file.Path folder;
    private final Iterator<java.nio.file.Path> files;
    private @Nullable FileStatus next;

    LocalFiles(
        LocalFileSystem fileSystem,
        java.nio.file.Path root,
        java.nio.file.Path folder,
        Iterator<java.nio.file.Path> files) {
      this.fileSystem = fileSystem;
      this.root = root;
      this.folder = folder;
      this.files = files;
    }

    @Override
    public boolean hasNext() throws IOException {
      try {
        while (next == null && files.hasNext()) {
          next = status(files.next());
        }
        return next != null;
      } catch (DirectoryIteratorException e) {
        throw e.getCause();
      }
    }

    @Override
    public FileStatus next() {
      FileStatus found = java.util.Objects.requireNonNull(next);
      next = null;
      return found;
    }

    private @Nullable FileStatus status(java.nio.file.Path file) throws IOException {
      BasicFileAttributes attributes;
      try {
        attributes =
            Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      } catch (NoSuchFileException e) {
        return null; // it is gone
      }
      if (attributes.isSymbolicLink()) {
        try {
          BasicFileAttributes target = Files.readAttributes(file, BasicFileAttributes.class);
          return target.isDirectory() && isLoop(file) ? null : status(file, target);
        } catch (IOException e) { // it leads nowhere
          return status(file, attributes);
        }
      }
      return status(file, attributes);
    }

    private FileStatus status(java.nio.file.Path file, BasicFileAttributes attributes) {
      return new FileStatus(
          attributes.isSymbolicLink() || attributes.isDirectory() ? 0 : attributes.size(),
          attributes.isDirectory(),
          1,
          0,
          attributes.lastModifiedTime().toMillis(),
          fileSystem.makeQualified(new Path(file.toString())));
    }

    /** Whether a link leads to where it was come from: what is there has been listed. */
    private boolean isLoop(java.nio.file.Path link) throws IOException {
      java.nio.file.Path target = link.toRealPath();
      for (java.nio.file.Path above = folder; above != null; above = above.getParent()) {
        if (above.toRealPath().equals(target)) {
          return true;
        }
        if (above.equals(root)) {
          return false;
        }
      }
      return false;
    }
  }
}
