package io.mobilenetspark.model.handle;

import java.time.Duration;

/**
 * How long one process waits for another's download.
 *
 * @param poll between two looks
 * @param abandoned after this long without a change, the other process counts as dead
 */
record LockTiming(Duration poll, Duration abandoned) {

  /** As tensorflow_hub's. */
  static final LockTiming DEFAULT = new LockTiming(Duration.ofSeconds(5), Duration.ofSeconds(600));
}
