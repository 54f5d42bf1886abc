package io.mobilenetspark.options;

import static java.util.Objects.requireNonNull;

import io.mobilenetspark.common.Internal;
import io.mobilenetspark.common.PublicApi;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Something that a person asked for can't be done. The message is for that person: what it is
 * about, the problem, and the cure in the words of the surface where it was asked for.
 */
@PublicApi
public abstract class CuredException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String problem;
  private final Cure cure;
  private final Surface surface;

  /**
   * @param about what can't be done, the beginning of a sentence, such as "Can't use the model x"
   * @param problem what is wrong, in the middle of a sentence, without a full stop
   * @param cure what to do
   * @param surface where it was asked for
   * @param cause what was thrown first, if anything was
   */
  @Internal
  protected CuredException(
      String about, String problem, Cure cure, Surface surface, @Nullable Throwable cause) {
    super(
        String.format(
            Locale.ROOT,
            "%s: %s. %s",
            requireNonNull(about, "about"),
            requireNonNull(problem, "problem"),
            cure.on(surface)),
        cause);
    this.problem = problem;
    this.cure = cure;
    this.surface = surface;
  }

  /** What is wrong, in the middle of a sentence. */
  public final String problem() {
    return problem;
  }

  /** What to do about it, as one or more sentences. */
  public final String cure() {
    return cure.on(surface);
  }

  /** What to do about it, for all surfaces. */
  @Internal
  public final Cure anyCure() {
    return cure;
  }
}
