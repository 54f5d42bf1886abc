package io.mobilenetspark.spark;

import io.mobilenetspark.common.PublicApi;
import io.mobilenetspark.image.ImageOutcome;
import java.util.Locale;

/** An image can't be read and the mode is {@link MalformedMode#FAILFAST}. */
@PublicApi
public final class MalformedImageException extends RuntimeException {

  /** Most characters of a row's name and of a reason: executors log what ends a task. */
  private static final int LONGEST = 300;

  /**
   * A failure of a run that does not read images row by row.
   *
   * @param message which image, why, and what to do
   */
  public MalformedImageException(String message) {
    super(message);
  }

  MalformedImageException(String id, ImageOutcome.Rejected outcome) {
    super(
        String.format(
            Locale.ROOT,
            "Image %s can't be read: %s: %s. The mode is FAILFAST; PERMISSIVE keeps such rows with"
                + " their status, DROPMALFORMED (not in SQL) leaves them out.",
            shortened(id),
            outcome.status(),
            shortened(outcome.reason())));
  }

  /** A name may be any text, an image in Base64 even. */
  private static String shortened(String text) {
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "...";
  }
}
