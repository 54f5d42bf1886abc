package io.mobilenetspark.model.export;

import io.mobilenetspark.common.PublicApi;
import java.util.Locale;

/** A model can't be written. The message is for the user: the place, the problem, the cure. */
@PublicApi
public final class ModelExportException extends RuntimeException {

  ModelExportException(String output, String problem, String cure) {
    super(message(output, problem, cure));
  }

  ModelExportException(String output, String problem, String cure, Throwable cause) {
    super(message(output, problem, cure), cause);
  }

  private static String message(String output, String problem, String cure) {
    return String.format(Locale.ROOT, "Can't write the model to %s: %s. %s", output, problem, cure);
  }
}
