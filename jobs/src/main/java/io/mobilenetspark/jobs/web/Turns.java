package io.mobilenetspark.jobs.web;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Lets so much work be done at once; what is asked for meanwhile waits for a while. */
final class Turns {

  /** There is more to do than can be done. */
  static final class BusyException extends RuntimeException {
    BusyException() {
      super("The server is busy with other searches. Try again in a moment.");
    }
  }

  private final Semaphore free;
  private final Duration patience;

  /**
   * @param count how much at once
   * @param patience how long to wait for a turn
   */
  Turns(int count, Duration patience) {
    this.free = new Semaphore(count, true);
    this.patience = patience;
  }

  /**
   * Does work that counts once.
   *
   * @throws BusyException if its turn does not come
   */
  <T> T take(Supplier<T> work) {
    return take(1, work);
  }

  /**
   * Does work.
   *
   * @param weight for how much it counts
   * @throws BusyException if its turn does not come
   */
  <T> T take(int weight, Supplier<T> work) {
    try {
      if (!free.tryAcquire(weight, patience.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new BusyException();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BusyException();
    }
    try {
      return work.get();
    } finally {
      free.release(weight);
    }
  }
}
