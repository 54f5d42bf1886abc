package io.mobilenetspark.jobs.search;

import java.io.IOException;

/** An index is damaged for good; other failures to read one may pass. */
final class DamagedIndexException extends IOException {
  private static final long serialVersionUID = 1;

  DamagedIndexException(String message, Throwable cause) {
    super(message, cause);
  }

  DamagedIndexException(String message) {
    super(message);
  }
}
