package io.mobilenetspark.image;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayDeque;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.tensorflow.exceptions.TFResourceExhaustedException;

/**
 * The memory that images may take while they are decoded and resized: a part of the Java heap and a
 * part of what the process may hold beside it. One budget a JVM, shared by its tasks.
 *
 * <p>An image waits until the others leave enough for it, in the order in which they asked. Only
 * one that could never have enough is refused, so that what becomes of an image does not depend on
 * its neighbours. Safe for use by many threads; a thread must give one share back before it asks
 * for another.
 */
public final class MemoryBudget {

  /**
   * What else the process holds beside its heap: TensorFlow and a model, metaspace, code, stacks.
   */
  static final long RESERVED_BYTES = 768L << 20;

  /** What a task holds there: batches and the activations of the model. */
  static final long RESERVED_BYTES_PER_PROCESSOR = 64L << 20;

  /** Enough for a photograph of 48 megapixels, on whatever machine. */
  static final long LEAST_NATIVE_BYTES = 256L << 20;

  private static final long LOOK_MILLIS = 100;
  private static final long MEBIBYTE = 1 << 20;

  private static final MemoryBudget OF_THIS_JVM =
      new MemoryBudget(Runtime.getRuntime().maxMemory() / 2, nativeBytes(processBytes()));

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Queue<Object> waiting = new ArrayDeque<>();
  private final long heapBytes;
  private long nativeBytes;
  private long usedHeap;
  private long usedNative;
  private long waitedNanos;

  MemoryBudget(long heapBytes, long nativeBytes) {
    this.heapBytes = heapBytes;
    this.nativeBytes = nativeBytes;
  }

  static MemoryBudget ofThisJvm() {
    return OF_THIS_JVM;
  }

  /**
   * Tells this JVM that its process may hold less beside the Java heap than the machine or the
   * container has, as where a resource manager watches it. The lowest value counts; to be called
   * before the first image is read, so that the same image has the same outcome everywhere.
   *
   * @param bytes of memory beside the Java heap, for all purposes
   */
  public static void limitNativeBytes(long bytes) {
    OF_THIS_JVM.lower(nativeBytes(Runtime.getRuntime().maxMemory() + bytes));
  }

  /** What this process may hold: its container's memory, or the machine's. */
  private static long processBytes() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
  }

  private static long nativeBytes(long processBytes) {
    Runtime jvm = Runtime.getRuntime();
    long reserved = RESERVED_BYTES + RESERVED_BYTES_PER_PROCESSOR * jvm.availableProcessors();
    return Math.max(LEAST_NATIVE_BYTES, processBytes - jvm.maxMemory() - reserved);
  }

  private void lower(long bytes) {
    lock.lock();
    try {
      nativeBytes = Math.min(nativeBytes, bytes);
    } finally {
      lock.unlock();
    }
  }

  /** Bytes of the Java heap for images. */
  long heapBytes() {
    return heapBytes;
  }

  /** Bytes beside the Java heap for images. */
  long nativeBytes() {
    lock.lock();
    try {
      return nativeBytes;
    } finally {
      lock.unlock();
    }
  }

  /** Bytes that are taken now, on and beside the Java heap. */
  long usedBytes() {
    lock.lock();
    try {
      return usedHeap + usedNative;
    } finally {
      lock.unlock();
    }
  }

  /** Bytes that this JVM's images have reserved now, on and beside the Java heap. */
  public static long usedBytesOfThisJvm() {
    return OF_THIS_JVM.usedBytes();
  }

  /**
   * Nanoseconds that this JVM's images have waited for memory since its start, over all threads.
   */
  public static long waitedNanosOfThisJvm() {
    OF_THIS_JVM.lock.lock();
    try {
      return OF_THIS_JVM.waitedNanos;
    } finally {
      OF_THIS_JVM.lock.unlock();
    }
  }

  /** What is done within the budget. */
  interface Work<T> {
    T run() throws RejectedImageException;
  }

  /**
   * Waits for memory and works. Work that runs out of it nevertheless, because something else in
   * the process took it, is done once more with the whole budget to itself.
   *
   * @param need the memory
   * @param what the image, for messages
   * @param whileWaiting called ten times a second while others have the memory; what it throws ends
   *     the wait
   * @throws CancellationException if the thread is interrupted while it waits
   */
  <T> T run(DecodeMemory need, String what, Runnable whileWaiting, Work<T> work)
      throws RejectedImageException {
    requireEver(need, what);
    try {
      return within(need, whileWaiting, work);
    } catch (OutOfMemoryError | TFResourceExhaustedException e) {
      return alone(what, whileWaiting, work);
    }
  }

  private <T> T alone(String what, Runnable whileWaiting, Work<T> work)
      throws RejectedImageException {
    try {
      return within(new DecodeMemory(heapBytes, nativeBytes()), whileWaiting, work);
    } catch (OutOfMemoryError | TFResourceExhaustedException e) {
      throw new RejectedImageException(
          ImageStatus.OUT_OF_MEMORY,
          String.format(
              Locale.ROOT, "%s runs out of memory even on its own: %s", what, firstLine(e)));
    }
  }

  private <T> T within(DecodeMemory need, Runnable whileWaiting, Work<T> work)
      throws RejectedImageException {
    take(need, whileWaiting);
    try {
      return work.run();
    } finally {
      giveBack(need);
    }
  }

  private void requireEver(DecodeMemory need, String what) throws RejectedImageException {
    if (need.heapBytes() > heapBytes) {
      throw new RejectedImageException(
          ImageStatus.OUT_OF_MEMORY,
          String.format(
              Locale.ROOT,
              "%s takes up to %d MiB of Java heap, and images may take %d MiB, half of it; raise"
                  + " spark.executor.memory",
              what,
              mebibytes(need.heapBytes()),
              mebibytes(heapBytes)));
    }
    long most = nativeBytes();
    if (need.nativeBytes() > most) {
      throw new RejectedImageException(
          ImageStatus.OUT_OF_MEMORY,
          String.format(
              Locale.ROOT,
              "%s takes up to %d MiB of memory beside the Java heap, and images may take %d MiB"
                  + " there; raise spark.executor.memoryOverhead",
              what,
              mebibytes(need.nativeBytes()),
              mebibytes(most)));
    }
  }

  private static long mebibytes(long bytes) {
    return bytes / MEBIBYTE + (bytes % MEBIBYTE == 0 ? 0 : 1);
  }

  private static String firstLine(Throwable e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }

  void take(DecodeMemory need, Runnable whileWaiting) {
    Object ticket = new Object();
    long start = System.nanoTime();
    lock.lock();
    try {
      waiting.add(ticket);
      while (waiting.peek() != ticket || !fits(need)) {
        if (!changed.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
          whileWaiting.run();
        }
      }
      usedHeap += need.heapBytes();
      usedNative += need.nativeBytes();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      whileWaiting.run();
      throw new CancellationException("interrupted while it waited for memory for an image");
    } finally {
      waiting.remove(ticket);
      waitedNanos += System.nanoTime() - start;
      changed.signalAll();
      lock.unlock();
    }
  }

  void giveBack(DecodeMemory memory) {
    lock.lock();
    try {
      usedHeap -= memory.heapBytes();
      usedNative -= memory.nativeBytes();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private boolean fits(DecodeMemory need) {
    return usedHeap + need.heapBytes() <= heapBytes
        && usedNative + need.nativeBytes() <= nativeBytes;
  }
}
