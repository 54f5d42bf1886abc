package io.mobilenetspark.image;

import java.util.Locale;
import java.util.concurrent.CancellationException;

/**
 * The part of the Java heap for encoded images, before they are decoded: an eighth for batches and
 * what is read ahead of them, shared evenly by the cores, and a quarter for single files that are
 * larger than that allows.
 *
 * <p>Decoding has a {@link MemoryBudget} of its own, half of the heap, so that a task may hold a
 * file while it waits to decode it: who decodes never waits for a file.
 */
public final class FileBudget {

  private static final long HEAP = Runtime.getRuntime().maxMemory();
  private static final long BATCH_BYTES = HEAP / 16 / Runtime.getRuntime().availableProcessors();
  private static final long LARGE_BYTES = HEAP / 4;
  private static final MemoryBudget LARGE = new MemoryBudget(LARGE_BYTES, 0);
  private static final long MEBIBYTE = 1 << 20;

  private FileBudget() {}

  /** A large file's share of the heap. */
  @FunctionalInterface
  public interface Share extends AutoCloseable {

    /** Gives it back. */
    @Override
    void close();
  }

  /**
   * Encoded bytes at which a task's batch ends, on which its vectors don't depend; and as many may
   * be read ahead.
   */
  public static long batchBytes() {
    return BATCH_BYTES;
  }

  /** Whether a file of so many bytes can be read at all. */
  public static boolean canHold(long bytes) {
    return bytes <= LARGE_BYTES;
  }

  /**
   * Waits for the memory of one large file, in the order in which the tasks asked. A task must give
   * it back before it asks for another, and before it asks its input for a row, since another
   * operator of the same task may need a share for that.
   *
   * @param bytes the file's length, such that {@link #canHold} it
   * @param whileWaiting called ten times a second; what it throws ends the wait
   * @throws CancellationException if the thread is interrupted while it waits
   */
  public static Share take(long bytes, Runnable whileWaiting) {
    if (!canHold(bytes)) {
      throw new IllegalArgumentException(describe(bytes));
    }
    DecodeMemory memory = new DecodeMemory(bytes, 0);
    LARGE.take(memory, whileWaiting);
    return () -> LARGE.giveBack(memory);
  }

  static String describe(long bytes) {
    return String.format(
        Locale.ROOT,
        "the file has %d MiB, and files may take %d MiB of Java heap, a quarter of it; raise"
            + " spark.executor.memory",
        bytes / MEBIBYTE + 1,
        LARGE_BYTES / MEBIBYTE);
  }
}
