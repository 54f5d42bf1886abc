package io.mobilenetspark.model.hub;

import java.io.IOException;

/** A module's graph breaks the format; the message states the problem. */
final class DamagedGraphException extends IOException {

  DamagedGraphException(String problem) {
    super(problem);
  }
}
