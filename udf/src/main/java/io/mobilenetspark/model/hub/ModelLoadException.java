package io.mobilenetspark.model.hub;

import static java.util.Objects.requireNonNull;

import io.mobilenetspark.common.Internal;
import io.mobilenetspark.common.PublicApi;
import io.mobilenetspark.model.handle.Redacted;
import io.mobilenetspark.options.Cure;
import io.mobilenetspark.options.CuredException;
import io.mobilenetspark.options.Surface;
import org.jspecify.annotations.Nullable;

/**
 * A model can't be used. The message is for the person who named the model: the model, the problem,
 * and what to do about it.
 */
@PublicApi
public final class ModelLoadException extends CuredException {
  private static final long serialVersionUID = 1;

  private final String model;

  /**
   * @param model what the user named it by
   * @param problem what is wrong, in the middle of a sentence, without a full stop
   * @param cure what to do
   */
  @Internal
  public ModelLoadException(String model, String problem, Cure cure) {
    this(model, problem, cure, Surface.COMMAND_LINE, null);
  }

  /** As {@link #ModelLoadException(String, String, Cure)}, with what was thrown first. */
  @Internal
  public ModelLoadException(String model, String problem, Cure cure, Throwable cause) {
    this(model, problem, cure, Surface.COMMAND_LINE, Redacted.cause(cause));
  }

  private ModelLoadException(
      String model, String problem, Cure cure, Surface surface, @Nullable Throwable cause) {
    super(
        "Can't use the model " + Redacted.handle(requireNonNull(model, "model")),
        Redacted.text(requireNonNull(problem, "problem")), // it may quote a path of the handle's
        cure,
        surface,
        cause);
    this.model = Redacted.handle(model);
  }

  /** The same in the words of a surface. */
  @Internal
  public ModelLoadException on(Surface surface) {
    return new ModelLoadException(model, problem(), anyCure(), surface, this);
  }

  /** What the user named the model by. */
  public String model() {
    return model;
  }
}
