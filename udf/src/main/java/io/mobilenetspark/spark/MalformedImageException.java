package io.mobilenetspark.spark;

import io.mobilenetspark.image.ImageOutcome;

/** An image can't be read and the mode is {@link MalformedMode#FAILFAST}. */
public final class MalformedImageException extends RuntimeException {

  MalformedImageException(String id, ImageOutcome.Rejected outcome) {
    super(
        ("Image %s can't be read: %s: %s. The mode is FAILFAST; PERMISSIVE keeps such rows with"
                + " their status, DROPMALFORMED leaves them out.")
            .formatted(id, outcome.status(), outcome.reason()));
  }
}
