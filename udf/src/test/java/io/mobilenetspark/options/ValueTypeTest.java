package io.mobilenetspark.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ValueTypeTest {

  private static final ValueType<Integer> WHOLE = ValueType.whole(1, 100);
  private static final ValueType<Long> BIG = ValueType.big(0);
  private static final ValueType<Double> REAL = ValueType.real(Range.SHARE);

  private static final ValueType<List<Double>> RISING =
      ValueType.reals(
          numbers -> {
            if (!numbers.equals(numbers.stream().sorted().toList())) {
              throw new IllegalArgumentException("they must rise");
            }
          });

  private static ValueType<?> type(String name) {
    return switch (name) {
      case "whole" -> WHOLE;
      case "unbounded" -> ValueType.whole(1, Integer.MAX_VALUE);
      case "big" -> BIG;
      case "real" -> REAL;
      case "reals" -> RISING;
      case "flag" -> ValueType.flag();
      case "words" -> ValueType.words(Choices.of("surface", Word.class));
      case "text" -> ValueType.text();
      case "short" ->
          ValueType.text(
              text -> {
                if (text.length() > 3) {
                  throw new IllegalArgumentException("it is too long");
                }
              });
      default -> throw new AssertionError(name);
    };
  }

  /** Words to choose from. */
  private enum Word implements Choice {
    NEAR,
    FAR_AWAY
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "whole | 0 | it must be at least 1, not 0",
        "whole | 101 | it must be at most 100, not 101",
        "whole | 1.5 | '1.5' is not a whole number from 1 to 100",
        "whole | 3000000000 | '3000000000' is not a whole number from 1 to 100",
        "unbounded | -2147483648 | it must be at least 1, not -2147483648",
        "big | -1 | it must be at least 0, not -1",
        "big | x | 'x' is not a whole number from 0 to 9223372036854775807",
        "big | 9223372036854775808 | '9223372036854775808' is not a whole number from 0 to",
        "real | 1 | it must be at least 0 and below 1, not 1.0",
        "real | NaN | it must be at least 0 and below 1, not NaN",
        "real | half | 'half' is not a number",
        "reals | 1,x | 'x' is not a number",
        "reals | 1,,2 | '' is not a number",
        "reals | 2,1 | they must rise",
        "flag | yes | 'yes' is neither true nor false",
        "words | nea | unknown surface 'nea'; did you mean 'near'? Known: near, far_away",
        "text | '' | it can't be empty",
        "text | ' ' | it can't be empty",
        "short | abcd | it is too long",
        "short | '' | it can't be empty"
      })
  void whatIsRefusedIsSaid(String type, String text, String message) {
    assertThatThrownBy(() -> type(type).parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void whatIsTakenIsTheValue() {
    assertThat(WHOLE.parse(" 1 ")).isEqualTo(1);
    assertThat(WHOLE.parse("100")).isEqualTo(100);
    assertThat(BIG.parse("9223372036854775807")).isEqualTo(Long.MAX_VALUE);
    assertThat(BIG.parse("0")).isZero();
    assertThat(REAL.parse("1e-3")).isEqualTo(0.001);
    assertThat(ValueType.flag().parse(" TRUE ")).isTrue();
    assertThat(ValueType.flag().parse("False")).isFalse();
    assertThat(ValueType.words(Choices.of("surface", Word.class)).parse("Far-Away"))
        .isEqualTo(Word.FAR_AWAY);
    assertThat(ValueType.text().parse(" a ")).isEqualTo(" a ");
    assertThat(ValueType.textOrNone().parse("")).isEmpty();
    assertThat(ValueType.names().parse("a, b,,c ")).containsExactly("a", "b", "c");
    assertThat(ValueType.names().parse("")).isEmpty();
    assertThat(RISING.parse(" 0.5, 1e1")).containsExactly(0.5, 10.0);
    assertThat(RISING.text(List.of(0.5, 10.0))).isEqualTo("0.5,10.0");
    assertThat(RISING.label()).isEqualTo("NUMBERS");
  }

  @Test
  void valuesAreCheckedToo() {
    assertThat(WHOLE.checked(100)).isEqualTo(100);
    assertThatThrownBy(() -> WHOLE.checked(101)).hasMessageContaining("at most 100");
    assertThatThrownBy(() -> BIG.checked(-1L)).hasMessageContaining("at least 0");
    assertThatThrownBy(() -> REAL.checked(-0.1)).hasMessageContaining("at least 0 and below 1");
    assertThat(ValueType.big(3).checked(3L)).isEqualTo(3);
    assertThat(ValueType.real(Range.SHARE).checked(0.5)).isEqualTo(0.5);
    assertThat(ValueType.flag().checked(true)).isTrue();
    assertThat(ValueType.flag().checked(false)).isFalse();
    assertThat(ValueType.names().checked(List.of("a"))).containsExactly("a");
    assertThat(RISING.checked(List.of(1.0, 2.0))).containsExactly(1.0, 2.0);
    assertThatThrownBy(() -> RISING.checked(List.of(2.0, 1.0))).hasMessage("they must rise");
    ValueType<Word> near =
        ValueType.words(Choices.of("word", Word.class).without(Word.FAR_AWAY, "that is too far"));
    assertThat(near.checked(Word.NEAR)).isEqualTo(Word.NEAR);
    assertThatThrownBy(() -> near.checked(Word.FAR_AWAY)).hasMessage("that is too far");
  }

  /** What a value is written as is read as the same value. */
  @Test
  void textsAreReadBack() {
    Random random = new Random(7);
    for (int i = 0; i < 1000; i++) {
      readBack(WHOLE, 1 + random.nextInt(100));
      readBack(BIG, random.nextLong() >>> 1);
      readBack(REAL, random.nextDouble());
      readBack(ValueType.flag(), random.nextBoolean());
      readBack(ValueType.text(), Integer.toString(random.nextInt(), 36));
    }
    readBack(ValueType.names(), List.of("a", "b c"));
    readBack(ValueType.words(Choices.of("word", Word.class)), Word.FAR_AWAY);
  }

  private static <T> void readBack(ValueType<T> type, T value) {
    assertThat(type.parse(type.text(value))).isEqualTo(value);
  }

  @Test
  void labelsSayWhatStandsThere() {
    assertThat(WHOLE.label()).isEqualTo("N");
    assertThat(BIG.label()).isEqualTo("N");
    assertThat(REAL.label()).isEqualTo("X");
    assertThat(ValueType.flag().label()).isEqualTo("true|false");
    assertThat(ValueType.text().label()).isEqualTo("TEXT");
    assertThat(ValueType.names().label()).isEqualTo("NAMES");
    assertThat(ValueType.words(Choices.of("word", Word.class)).label()).isEqualTo("WORD");
  }
}
