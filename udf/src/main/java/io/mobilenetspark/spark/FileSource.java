package io.mobilenetspark.spark;

import io.mobilenetspark.image.ImageInput;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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

  /**
   * @param configuration of the file systems
   * @param maxBytes files of more are not read
   */
  public FileSource(Configuration configuration, long maxBytes) {
    this.configuration = configuration;
    this.maxBytes = maxBytes;
  }

  /** What {@link #read} gives, later: a remote store takes longer to answer than a model to run. */
  public Future<ImageInput> readLater(String location) {
    return READERS.submit(() -> read(location));
  }

  /** The file's bytes, unless there are too many of them or they can't be read. */
  public ImageInput read(String location) {
    IOException failure = new IOException("no attempt was made");
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      try {
        return readOnce(location);
      } catch (IllegalArgumentException e) { // Hadoop's word for a path or scheme it can't parse
        return new ImageInput.Unreadable("not a path: " + e.getMessage());
      } catch (FileNotFoundException | AccessControlException e) {
        return new ImageInput.Unreadable(describe(e));
      } catch (IOException e) {
        failure = e;
        if (attempt < ATTEMPTS && !pause(attempt * PAUSE_MILLIS)) {
          break;
        }
      }
    }
    return new ImageInput.Unreadable(describe(failure));
  }

  private ImageInput readOnce(String location) throws IOException {
    Path path = new Path(location);
    FileSystem fileSystem = path.getFileSystem(configuration);
    // One byte more than is allowed tells a file that is too long, without a request for its
    // length.
    int most = (int) Math.min(maxBytes, MOST - 1) + 1;
    byte[] bytes;
    try (InputStream in = open(fileSystem, path)) {
      bytes = in.readNBytes(most);
    }
    if (bytes.length < most) {
      return new ImageInput.Encoded(bytes);
    }
    return new ImageInput.Oversized(fileSystem.getFileStatus(path).getLen());
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
