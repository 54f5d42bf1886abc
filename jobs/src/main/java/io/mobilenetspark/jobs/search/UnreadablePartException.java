package io.mobilenetspark.jobs.search;

import java.io.IOException;
import java.util.Optional;

/** A part of an index is damaged, or gone, or can't be read now; the message names it. */
final class UnreadablePartException extends IOException {
  private static final long serialVersionUID = 1;

  UnreadablePartException(String message, Throwable cause) {
    super(message, cause);
  }

  /** What a search has failed for, if it is this: tasks throw it, and Spark wraps it. */
  static Optional<UnreadablePartException> in(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnreadablePartException unreadable) {
        return Optional.of(unreadable);
      }
    }
    return Optional.empty();
  }
}
