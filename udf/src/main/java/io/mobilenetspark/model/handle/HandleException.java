package io.mobilenetspark.model.handle;

import io.mobilenetspark.options.Cure;
import io.mobilenetspark.options.CuredException;
import io.mobilenetspark.options.Surface;
import org.jspecify.annotations.Nullable;

/** A handle can't be turned into files; the loader tells of which model. */
public final class HandleException extends CuredException {
  private static final long serialVersionUID = 1;

  /**
   * @param problem what is wrong, in the middle of a sentence
   * @param cure what to do
   */
  public HandleException(String problem, Cure cure) {
    this(problem, cure, null);
  }

  HandleException(String problem, Cure cure, @Nullable Throwable cause) {
    super("Can't get the files of a model", problem, cure, Surface.COMMAND_LINE, cause);
  }
}
