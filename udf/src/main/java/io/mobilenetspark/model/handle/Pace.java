package io.mobilenetspark.model.handle;

import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hc.core5.concurrent.Cancellable;

/**
 * Breaks off a request that comes too slowly. A socket's timeout begins anew with each byte, so
 * that a server that sends one a minute, in a header or between two chunks, would hold its client
 * for ever. Safe for use by many threads.
 */
final class Pace implements AutoCloseable {

  /** What the slowest mobile connection exceeds. */
  static final int MIN_BYTES_A_SECOND = 1024;

  private final Duration window;
  private final long leastBytes;
  private final AtomicLong received = new AtomicLong();
  private final ScheduledFuture<?> watch;
  private volatile boolean isTooSlow;

  /**
   * @param window how long a request may be slow
   * @param request canceled from a thread of the clock's
   */
  Pace(ScheduledExecutorService clock, Duration window, Cancellable request) {
    this.window = window;
    this.leastBytes = Math.max(1, MIN_BYTES_A_SECOND * window.toMillis() / 1000);
    this.watch =
        clock.scheduleAtFixedRate(
            () -> {
              if (received.getAndSet(0) < leastBytes) {
                isTooSlow = true;
                request.cancel();
              }
            },
            window.toMillis(),
            window.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  /** Counts what came. */
  void add(int bytes) {
    received.addAndGet(bytes);
  }

  /** Whether the request was broken off for it. */
  boolean isTooSlow() {
    return isTooSlow;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "less than %d bytes a second came for %d s",
        MIN_BYTES_A_SECOND,
        window.toSeconds());
  }

  @Override
  public void close() {
    watch.cancel(false);
  }
}
