package io.mobilenetspark.spark;

import io.mobilenetspark.image.FileBudget;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.concurrent.CancellationException;

/** Files that are too large to be read ahead. */
public final class LargeFiles {

  private LargeFiles() {}

  /** The length of the smallest. */
  public static long leastBytes() {
    return FileSource.mostBytesAhead() + 1;
  }

  /** Writes a file of zeros, which takes no space. */
  public static void write(Path path, long bytes) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.setLength(bytes);
    }
  }

  /** Takes all memory of large files; fails if somebody holds some. */
  public static FileBudget.Share takeAll() {
    return FileBudget.take(
        Runtime.getRuntime().maxMemory() / 4,
        () -> {
          throw new CancellationException("a large file's memory is held");
        });
  }

  /** Fails if somebody holds memory of large files. */
  public static void assertNoneIsHeld() {
    takeAll().close();
  }
}
