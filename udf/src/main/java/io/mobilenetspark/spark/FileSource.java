package io.mobilenetspark.spark;

import io.mobilenetspark.image.FileBudget;
import io.mobilenetspark.image.ImageInput;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.security.AccessControlException;

/**
 * Reads the files that rows name. A file that can't be read is a row with a status, as a broken
 * image is; Spark's own sources fail the whole job for it. Safe for use by many threads.
 */
public final class FileSource {

  /** Files under way for one task; bounds what a task holds beyond its batch. */
  public static final int READ_AHEAD = 8;

  /** More than most photographs have. */
  private static final long MOST_AHEAD = 8L << 20;

  /** One pool for all tasks of the JVM; its threads wait for a store most of the time. */
  private static final ExecutorService READERS =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "mobilenet-file-reader");
            thread.setDaemon(true);
            return thread;
          });

  /** A busy store gets better; a missing file doesn't. */
  private static final int ATTEMPTS = 3;

  private static final long PAUSE_MILLIS = 500;

  /** An array has no more elements, whatever the limit. */
  private static final int MOST = Integer.MAX_VALUE - 8;

  private final Configuration configuration;
  private final long maxBytes;
  private final int aheadBytes;

  /**
   * @param configuration of the file systems
   * @param maxBytes files of more are not read
   */
  public FileSource(Configuration configuration, long maxBytes) {
    this.configuration = configuration;
    this.maxBytes = maxBytes;
    this.aheadBytes = (int) Math.max(1, Math.min(mostBytesAhead(), maxBytes));
  }

  /** A file that has more bytes is read in its turn. */
  static long mostBytesAhead() {
    return Math.min(MOST_AHEAD, FileBudget.batchBytes() / READ_AHEAD);
  }

  /** What became of a file that was read ahead of its turn. */
  sealed interface Ahead {
    /** It was read, or it can't be. */
    record Done(ImageInput image) implements Ahead {}

    /** It has so many bytes, and none of them is held. */
    record Large(String location, long bytes) implements Ahead {}
  }

  /** Reads a file, later: a remote store takes longer to answer than a model to run. */
  Future<Ahead> readAhead(String location) {
    return READERS.submit(() -> attempt(() -> tryAhead(location), FileSource::unreadable));
  }

  /** Reads a large file, for who has its memory. In a thread of its own, which may be given up. */
  Future<ImageInput> readLarge(Ahead.Large file) {
    return READERS.submit(
        () -> attempt(() -> new ImageInput.Encoded(bytes(file)), ImageInput.Unreadable::new));
  }

  private interface Read<T> {
    T run() throws IOException;
  }

  private static <T> T attempt(Read<T> read, Function<String, T> unreadable) {
    IOException failure = new IOException("no attempt was made");
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      try {
        return read.run();
      } catch (IllegalArgumentException e) { // Hadoop's word for a path or scheme it can't parse
        return unreadable.apply("not a path: " + e.getMessage());
      } catch (FileNotFoundException | AccessControlException e) {
        return unreadable.apply(describe(e));
      } catch (IOException e) {
        failure = e;
        if (attempt < ATTEMPTS && !pause(attempt * PAUSE_MILLIS)) {
          break;
        }
      }
    }
    return unreadable.apply(describe(failure));
  }

  private static Ahead unreadable(String reason) {
    return new Ahead.Done(new ImageInput.Unreadable(reason));
  }

  private Ahead tryAhead(String location) throws IOException {
    Path path = new Path(location);
    FileSystem fileSystem = path.getFileSystem(configuration);
    // One byte more than is read ahead tells a longer file, without a request for its length.
    byte[] bytes;
    try (InputStream in = open(fileSystem, path)) {
      bytes = in.readNBytes(aheadBytes + 1);
    }
    if (bytes.length <= aheadBytes) {
      return new Ahead.Done(new ImageInput.Encoded(bytes));
    }
    long length = Math.max(bytes.length, fileSystem.getFileStatus(path).getLen());
    if (length > maxBytes || length > MOST) {
      return new Ahead.Done(new ImageInput.Oversized(length));
    }
    return FileBudget.canHold(length)
        ? new Ahead.Large(location, length)
        : new Ahead.Done(new ImageInput.Unaffordable(length));
  }

  private byte[] bytes(Ahead.Large file) throws IOException {
    Path path = new Path(file.location());
    byte[] bytes = new byte[(int) file.bytes()]; // readNBytes(n) would hold them twice
    try (InputStream in = open(path.getFileSystem(configuration), path)) {
      int read = in.readNBytes(bytes, 0, bytes.length);
      return read < bytes.length ? Arrays.copyOf(bytes, read) : bytes;
    }
  }

  /** Hadoop takes four times as long over a local file, most of it looking for checksums. */
  private static InputStream open(FileSystem fileSystem, Path path) throws IOException {
    return fileSystem instanceof LocalFileSystem local
        ? new FileInputStream(local.pathToFile(path))
        : fileSystem.open(path);
  }

  private static String describe(IOException e) {
    return String.format(Locale.ROOT, "%s: %s", e.getClass().getSimpleName(), e.getMessage());
  }

  private static boolean pause(long millis) {
    try {
      Thread.sleep(millis);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the task is being killed
      return false;
    }
  }
}
