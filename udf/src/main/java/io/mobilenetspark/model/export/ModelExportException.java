package io.mobilenetspark.model.export;

import io.mobilenetspark.common.Internal;
import io.mobilenetspark.common.PublicApi;
import io.mobilenetspark.options.Cure;
import io.mobilenetspark.options.CuredException;
import io.mobilenetspark.options.Surface;
import org.jspecify.annotations.Nullable;

/** A model can't be written. The message is for the user: the place, the problem, the cure. */
@PublicApi
public final class ModelExportException extends CuredException {
  private static final long serialVersionUID = 1;

  private final String output;

  ModelExportException(String output, String problem, Cure cure) {
    this(output, problem, cure, Surface.COMMAND_LINE, null);
  }

  ModelExportException(String output, String problem, Cure cure, Throwable cause) {
    this(output, problem, cure, Surface.COMMAND_LINE, cause);
  }

  private ModelExportException(
      String output, String problem, Cure cure, Surface surface, @Nullable Throwable cause) {
    super("Can't write the model to " + output, problem, cure, surface, cause);
    this.output = output;
  }

  /** The same in the words of a surface. */
  @Internal
  public ModelExportException on(Surface surface) {
    return new ModelExportException(output, problem(), anyCure(), surface, this);
  }
}
