package io.mobilenetspark.options;

import java.io.Serializable;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.function.BinaryOperator;

/**
 * What to do about a problem, as one or more sentences, in which settings have the names that the
 * reader knows them by. Immutable.
 */
public final class Cure implements Serializable {
  private static final long serialVersionUID = 1;

  private final EnumMap<Surface, String> texts = new EnumMap<>(Surface.class);

  private Cure() {}

  /** A cure that is the same for everybody. */
  public static Cure of(String text) {
    Cure cure = new Cure();
    for (Surface surface : Surface.values()) {
      cure.texts.put(surface, text);
    }
    return cure;
  }

  /**
   * A cure with arguments.
   *
   * @param format of {@link String#format}, in every locale alike
   * @param arguments a {@link Setting} is written as each surface has it
   */
  public static Cure of(String format, Object... arguments) {
    Cure cure = new Cure();
    for (Surface surface : Surface.values()) {
      Object[] written =
          Arrays.stream(arguments)
              .map(
                  argument ->
                      argument instanceof Setting<?> setting ? setting.on(surface) : argument)
              .toArray();
      cure.texts.put(surface, String.format(Locale.ROOT, format, written));
    }
    return cure;
  }

  /** This one, and then another. */
  public Cure then(Cure other) {
    return with(other, (first, second) -> first + " " + second);
  }

  private Cure with(Cure other, BinaryOperator<String> both) {
    Cure cure = new Cure();
    texts.forEach((surface, text) -> cure.texts.put(surface, both.apply(text, other.on(surface))));
    return cure;
  }

  /** Its sentences for people of a surface. */
  public String on(Surface surface) {
    return texts.getOrDefault(surface, "");
  }

  /** As the command line has it. */
  @Override
  public String toString() {
    return on(Surface.COMMAND_LINE);
  }
}
