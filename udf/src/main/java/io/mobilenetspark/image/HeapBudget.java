package io.mobilenetspark.image;

import java.util.Locale;
import java.util.concurrent.Semaphore;

/**
 * Half of this JVM's heap, shared by the readers that decode into it. A reader waits for the others
 * rather than running the JVM out of memory; one that could never have enough is refused.
 */
final class HeapBudget {

  private static final int UNIT = 1 << 20;
  private static final int UNITS =
      (int) Math.min(Integer.MAX_VALUE, Runtime.getRuntime().maxMemory() / 2 / UNIT);
  private static final Semaphore FREE = new Semaphore(UNITS, true);

  private HeapBudget() {}

  /** A part of the budget until it is closed. */
  static final class Share implements AutoCloseable {
    private final int units;

    private Share(int units) {
      this.units = units;
    }

    @Override
    public void close() {
      FREE.release(units);
    }
  }

  /**
   * Waits for a part of the budget. A thread must not ask for a second one before it closes its
   * first.
   */
  static Share take(ImageHeader header) throws RejectedImageException {
    long bytes = header.width() * header.height() * header.heapBytesPerPixel();
    long units = bytes / UNIT + 1;
    if (units > UNITS) {
      throw new RejectedImageException(
          ImageStatus.OUT_OF_MEMORY,
          String.format(
              Locale.ROOT,
              "%s of %d x %d pixels takes %d MiB of Java heap to decode, the most allowed is %d MiB, half of the heap",
              header.format(),
              header.width(),
              header.height(),
              units,
              UNITS));
    }
    FREE.acquireUninterruptibly((int) units);
    return new Share((int) units);
  }
}
