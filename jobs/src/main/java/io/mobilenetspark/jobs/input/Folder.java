package io.mobilenetspark.jobs.input;

import io.mobilenetspark.jobs.common.Location;
import java.io.Closeable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Iterator;
import java.util.Locale;
import java.util.NoSuchElementException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.jspecify.annotations.Nullable;

/**
 * What is in a directory, one after the other: as far as the store gives them so, few are held.
 * Names that Spark's tables don't have are passed over.
 */
final class Folder implements RemoteIterator<FileStatus>, Closeable {

  private final RemoteIterator<FileStatus> all;
  private final Closeable source;
  private @Nullable FileStatus next;

  private Folder(RemoteIterator<FileStatus> all, Closeable source) {
    this.all = all;
    this.source = source;
  }

  /**
   * Opens a directory.
   *
   * @throws IOException if it can't be listed, or is not there and that is not to be ignored
   */
  static Folder open(Listed directory, FileFilter filter, Configuration hadoop) throws IOException {
    try {
      return opened(directory, hadoop);
    } catch (FileNotFoundException | NoSuchFileException e) {
      if (filter.isMissingIgnored()) {
        return new Folder(new Nothing(), () -> {});
      }
      throw failure(
          directory,
          "is not there. If it has been removed since the listing began, run again, or pass"
              + " --input-option ignoreMissingFiles=true to go on without such; if executors don't"
              + " see it, put the input where they do");
    } catch (AccessDeniedException e) {
      throw failure(directory, "can't be listed: permission denied");
    } catch (InvalidPathException e) {
      throw failure(
          directory,
          "has a name that this JVM can't read. Set LC_ALL=C.UTF-8 where executors start");
    }
  }

  /** Without a cause: of a task's failure, the innermost one is shown. */
  private static IOException failure(Listed directory, String why) {
    return new IOException(String.format(Locale.ROOT, "%s %s", directory.path(), why));
  }

  @SuppressWarnings("StreamResourceLeak") // whoever closes the folder closes it
  private static Folder opened(Listed directory, Configuration hadoop) throws IOException {
    Path path = new Path(directory.path());
    FileSystem fileSystem = path.getFileSystem(hadoop);
    if (fileSystem instanceof LocalFileSystem local) {
      java.nio.file.Path folder = local.pathToFile(path).toPath();
      java.nio.file.Path root = local.pathToFile(new Path(directory.root())).toPath();
      boolean isBelowLink =
          !folder.toRealPath().equals(root.toRealPath().resolve(root.relativize(folder)));
      DirectoryStream<java.nio.file.Path> stream = Files.newDirectoryStream(folder);
      return new Folder(
          new LocalFiles(local, root, folder, isBelowLink, stream.iterator()), stream);
    }
    RemoteIterator<FileStatus> all = fileSystem.listStatusIterator(path);
    boolean unused = all.hasNext(); // some ask the store no sooner
    return new Folder(all, all instanceof Closeable closeable ? closeable : () -> {});
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
    private final boolean isBelowLink;
    private final Iterator<java.nio.file.Path> files;
    private @Nullable FileStatus next;

    LocalFiles(
        LocalFileSystem fileSystem,
        java.nio.file.Path root,
        java.nio.file.Path folder,
        boolean isBelowLink,
        Iterator<java.nio.file.Path> files) {
      this.fileSystem = fileSystem;
      this.root = root;
      this.folder = folder;
      this.isBelowLink = isBelowLink;
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
      return isBelowLink && attributes.isDirectory() && isLoop(file)
          ? null
          : status(file, attributes);
    }

    /** A directory whose name is not what Hadoop makes of it can't be listed: it is a bad file. */
    private FileStatus status(java.nio.file.Path file, BasicFileAttributes attributes) {
      Path path = fileSystem.makeQualified(new Path(file.toString()));
      boolean isDirectory =
          attributes.isDirectory() && fileSystem.pathToFile(path).toPath().equals(file);
      return new FileStatus(
          attributes.isRegularFile() ? attributes.size() : 0,
          isDirectory,
          1,
          0,
          attributes.lastModifiedTime().toMillis(),
          path);
    }

    /** Whether a directory is one that it was come through: what is there has been listed. */
    private boolean isLoop(java.nio.file.Path directory) throws IOException {
      java.nio.file.Path target = directory.toRealPath();
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
