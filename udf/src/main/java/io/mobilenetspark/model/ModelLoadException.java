package io.mobilenetspark.model;

import static java.util.Objects.requireNonNull;

import io.mobilenetspark.common.PublicApi;
import io.mobilenetspark.model.handle.Redacted;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A model can't be used. The message is for the person who named the model: the model, the problem,
 * and what to do about it.
 */
@PublicApi
public final class ModelLoadException extends RuntimeException {

  private static final Pattern OPTION = Pattern.compile("--[a-z][a-z0-9-]*");

  private final String model;
  private final String problem;
  private final String cure;

  /**
   * @param model what the user named it by
   * @param problem what is wrong, in the middle of a sentence, without a full stop
   * @param cure what to do, as one or more sentences
   */
  public ModelLoadException(String model, String problem, String cure) {
    super(message(model, problem, cure));
    this.model = model;
    this.problem = Redacted.text(problem);
    this.cure = cure;
  }

  /** As {@link #ModelLoadException(String, String, String)}, with what was thrown first. */
  public ModelLoadException(String model, String problem, String cure, Throwable cause) {
    super(message(model, problem, cure), Redacted.cause(cause));
    this.model = model;
    this.problem = Redacted.text(problem);
    this.cure = cure;
  }

  /**
   * The same for readers to whom options have other names.
   *
   * @param names from the command line's name, such as {@code --image-size}, to theirs
   */
  public ModelLoadException withOptions(UnaryOperator<String> names) {
    String told =
        OPTION
            .matcher(cure)
            .replaceAll(found -> Matcher.quoteReplacement(names.apply(found.group())));
    return new ModelLoadException(model, problem, told, this);
  }

  private static String message(String model, String problem, String cure) {
    return String.format(
        Locale.ROOT,
        "Can't use the model %s: %s. %s",
        requireNonNull(model, "model"),
        Redacted.text(requireNonNull(problem, "problem")), // it may quote a path of the handle's
        requireNonNull(cure, "cure"));
  }

  /** What the user named the model by. */
  public String model() {
    return model;
  }

  /** What is wrong. */
  public String problem() {
    return problem;
  }

  /** What to do about it. */
  public String cure() {
    return cure;
  }
}
