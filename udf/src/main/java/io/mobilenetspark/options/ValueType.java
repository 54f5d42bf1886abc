package io.mobilenetspark.options;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What the values of a setting are: how they are written, and which are taken. What is refused is
 * an IllegalArgumentException, whose message can stand behind the setting's name and a colon.
 * Immutable.
 *
 * @param <T> the values
 */
public sealed interface ValueType<T> extends Serializable {

  /**
   * The value that a text stands for.
   *
   * @throws IllegalArgumentException if it stands for none
   */
  T parse(String text);

  /** A value as it is written; {@link #parse} takes it. */
  String text(T value);

  /**
   * The value, if it is taken.
   *
   * @throws IllegalArgumentException if it is not
   */
  T checked(T value);

  /** What stands for a value where an option is described: {@code PIXELS}. */
  String label();

  /** What a text must be; refuses others with a message. */
  interface Check extends Serializable {
    /**
     * Takes a text or throws.
     *
     * @throws IllegalArgumentException if it is not taken
     */
    void accept(String text);
  }

  /** Any text that is not blank. */
  static ValueType<String> text() {
    return text(text -> {});
  }

  /** A text, or none: an empty one says that there is to be nothing. */
  static ValueType<String> textOrNone() {
    return new Text(text -> {});
  }

  /** A text that is not blank, and what else it must be. */
  static ValueType<String> text(Check check) {
    return new Text(
        text -> {
          if (text.isBlank()) {
            throw new IllegalArgumentException("it can't be empty");
          }
          check.accept(text);
        });
  }

  /** A word. */
  static <E extends Enum<E> & Choice> ValueType<E> words(Choices<E> choices) {
    return new Words<>(choices);
  }

  /** A whole number of 32 bits, from {@code least} to {@code most}. */
  static ValueType<Integer> whole(int least, int most) {
    return new Whole(least, most);
  }

  /** A whole number of 64 bits, at least {@code least}. */
  static ValueType<Long> big(long least) {
    return new Big(least);
  }

  /** A real number. */
  static ValueType<Double> real(Range range) {
    return new Real(range);
  }

  /** True or false. */
  static ValueType<Boolean> flag() {
    return new Flag();
  }

  /** Names, separated by commas. */
  static ValueType<List<String>> names() {
    return new Names();
  }

  /** Real numbers, separated by commas, and what they must be together. */
  static ValueType<List<Double>> reals(Rule rule) {
    return new Reals(rule);
  }

  /** What numbers must be together; refuses others with a message. */
  interface Rule extends Serializable {
    /**
     * Takes numbers or throws.
     *
     * @throws IllegalArgumentException if they are not taken
     */
    void accept(List<Double> values);
  }

  /** A text. */
  record Text(Check check) implements ValueType<String> {
    @Override
    public String parse(String text) {
      return checked(text);
    }

    @Override
    public String text(String value) {
      return value;
    }

    @Override
    public String checked(String value) {
      check.accept(value);
      return value;
    }

    @Override
    public String label() {
      return "TEXT";
    }
  }

  /** A word that stands for a constant. */
  record Words<E extends Enum<E> & Choice>(Choices<E> choices) implements ValueType<E> {
    @Override
    public E parse(String text) {
      return choices.parse(text);
    }

    @Override
    public String text(E value) {
      return value.optionName();
    }

    @Override
    public E checked(E value) {
      return choices.parse(value.name());
    }

    @Override
    public String label() {
      return "WORD";
    }
  }

  /** A whole number of 32 bits. */
  record Whole(int least, int most) implements ValueType<Integer> {
    @Override
    public Integer parse(String text) {
      try {
        return checked(Integer.valueOf(text.strip()));
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT, "'%s' is not a whole number from %d to %d", text, least, most),
            e);
      }
    }

    @Override
    public String text(Integer value) {
      return value.toString();
    }

    @Override
    public Integer checked(Integer value) {
      if (value < least) {
        throw new IllegalArgumentException(
            String.format(Locale.ROOT, "it must be at least %d, not %d", least, value));
      }
      if (value > most) {
        throw new IllegalArgumentException(
            String.format(Locale.ROOT, "it must be at most %d, not %d", most, value));
      }
      return value;
    }

    @Override
    public String label() {
      return "N";
    }
  }

  /** A whole number of 64 bits. */
  record Big(long least) implements ValueType<Long> {
    @Override
    public Long parse(String text) {
      try {
        return checked(Long.valueOf(text.strip()));
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "'%s' is not a whole number from %d to %d",
                text,
                least,
                Long.MAX_VALUE),
            e);
      }
    }

    @Override
    public String text(Long value) {
      return value.toString();
    }

    @Override
    public Long checked(Long value) {
      if (value < least) {
        throw new IllegalArgumentException(
            String.format(Locale.ROOT, "it must be at least %d, not %d", least, value));
      }
      return value;
    }

    @Override
    public String label() {
      return "N";
    }
  }

  /** A real number. */
  record Real(Range range) implements ValueType<Double> {
    public Real {
      requireNonNull(range, "range");
    }

    @Override
    public Double parse(String text) {
      try {
        return checked(Double.valueOf(text.strip()));
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException(
            String.format(Locale.ROOT, "'%s' is not a number", text), e);
      }
    }

    @Override
    public String text(Double value) {
      return value.toString();
    }

    @Override
    public Double checked(Double value) {
      if (!range.has(value)) {
        throw new IllegalArgumentException(
            String.format(Locale.ROOT, "it must be %s, not %s", range, value));
      }
      return value;
    }

    @Override
    public String label() {
      return "X";
    }
  }

  /** True or false. */
  record Flag() implements ValueType<Boolean> {
    @Override
    public Boolean parse(String text) {
      return switch (text.strip().toLowerCase(Locale.ROOT)) {
        case "true" -> true;
        case "false" -> false;
        default ->
            throw new IllegalArgumentException(
                String.format(Locale.ROOT, "'%s' is neither true nor false", text));
      };
    }

    @Override
    public String text(Boolean value) {
      return value.toString();
    }

    @Override
    public Boolean checked(Boolean value) {
      return value;
    }

    @Override
    public String label() {
      return "true|false";
    }
  }

  /** Names; none is a list without any. */
  record Names() implements ValueType<List<String>> {
    @Override
    public List<String> parse(String text) {
      return Arrays.stream(text.split(",", -1))
          .map(String::strip)
          .filter(name -> !name.isEmpty())
          .toList();
    }

    @Override
    public String text(List<String> value) {
      return String.join(",", value);
    }

    @Override
    public List<String> checked(List<String> value) {
      return value;
    }

    @Override
    public String label() {
      return "NAMES";
    }
  }

  /** Real numbers. */
  record Reals(Rule rule) implements ValueType<List<Double>> {
    @Override
    public List<Double> parse(String text) {
      return checked(Arrays.stream(text.split(",", -1)).map(Reals::number).toList());
    }

    private static Double number(String text) {
      try {
        return Double.valueOf(text.strip());
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException(
            String.format(Locale.ROOT, "'%s' is not a number", text), e);
      }
    }

    @Override
    public String text(List<Double> value) {
      return value.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    @Override
    public List<Double> checked(List<Double> value) {
      rule.accept(value);
      return value;
    }

    @Override
    public String label() {
      return "NUMBERS";
    }
  }
}
