package io.mobilenetspark.options;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The choices of an option: the constants of an enum by their words.
 *
 * <p>Words are taken in any case, with {@code -} for {@code _}. Immutable.
 *
 * @param <E> the enum
 */
public final class Choices<E extends Enum<E> & Choice> implements Serializable {
  private static final long serialVersionUID = 1;

  private final String subject;
  private final Class<E> type;

  /** By the name of a constant that can't be chosen: why. */
  private final TreeMap<String, String> refusals;

  private Choices(String subject, Class<E> type, Map<String, String> refusals) {
    this.subject = subject;
    this.type = type;
    this.refusals = new TreeMap<>(refusals);
  }

  /**
   * All constants of an enum.
   *
   * @param subject what is chosen, such as {@code resize method}
   */
  public static <E extends Enum<E> & Choice> Choices<E> of(String subject, Class<E> type) {
    return new Choices<>(subject, type, Map.of());
  }

  /**
   * All but one, for a surface that can't do what it asks for.
   *
   * @param reason why, and what to choose instead: the message of who chooses it all the same
   */
  public Choices<E> without(E refused, String reason) {
    TreeMap<String, String> more = new TreeMap<>(refusals);
    more.put(refused.name(), reason);
    return new Choices<>(subject, type, more);
  }

  /** The enum. */
  public Class<E> type() {
    return type;
  }

  /** What can be chosen, in the order of the enum. */
  public List<E> known() {
    return Arrays.stream(type.getEnumConstants())
        .filter(constant -> !refusals.containsKey(constant.name()))
        .toList();
  }

  /**
   * The constant that a word stands for.
   *
   * @throws IllegalArgumentException if it stands for none; the message has the known words, and
   *     the one that was probably meant
   */
  public E parse(String word) {
    String name = word.toUpperCase(Locale.ROOT).replace('-', '_');
    for (E constant : type.getEnumConstants()) {
      if (constant.name().equals(name)) {
        if (refusals.containsKey(name)) {
          throw new IllegalArgumentException(requireNonNull(refusals.get(name)));
        }
        return constant;
      }
    }
    List<String> words = known().stream().map(Choice::optionName).toList();
    throw new IllegalArgumentException(
        String.format(
            Locale.ROOT,
            "unknown %s '%s'%s Known: %s",
            subject,
            word,
            Nearest.question(word, words),
            String.join(", ", words)));
  }
}
