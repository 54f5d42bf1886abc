package io.mobilenetspark.image;

import static java.util.Objects.requireNonNull;

/** Carries a rejection up through this package; never leaves it. */
final class RejectedImageException extends Exception {
  private final transient ImageOutcome.Rejected outcome;

  RejectedImageException(ImageStatus status, String reason) {
    super(reason, null, false, false); // a reason is all that is read of it
    this.outcome = new ImageOutcome.Rejected(status, reason);
  }

  ImageOutcome.Rejected outcome() {
    return requireNonNull(outcome, "outcome");
  }
}
