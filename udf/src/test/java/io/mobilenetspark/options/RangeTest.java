package io.mobilenetspark.options;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RangeTest {

  @ParameterizedTest
  @CsvSource({
    "-0.5, false, false, false, false, false",
    "0, true, false, true, true, false",
    "4.9E-324, true, true, true, true, true",
    "0.9999999999999999, true, true, true, true, true",
    "1, true, true, false, true, true",
    "1.0000000000000002, true, true, false, false, false",
    "1.7976931348623157E308, true, true, false, false, false",
    "Infinity, false, false, false, false, false",
    "-Infinity, false, false, false, false, false",
    "NaN, false, false, false, false, false"
  })
  void hasItsEndsAsItSays(
      double value,
      boolean notNegative,
      boolean positive,
      boolean share,
      boolean between,
      boolean above) {
    assertThat(Range.NOT_NEGATIVE.has(value)).isEqualTo(notNegative);
    assertThat(Range.POSITIVE.has(value)).isEqualTo(positive);
    assertThat(Range.SHARE.has(value)).isEqualTo(share);
    assertThat(Range.between(0, 1).has(value)).isEqualTo(between);
    assertThat(Range.above(0, 1).has(value)).isEqualTo(above);
  }

  @Test
  void isSaidAsAPersonSaysIt() {
    assertThat(Range.NOT_NEGATIVE).hasToString("at least 0");
    assertThat(Range.POSITIVE).hasToString("above 0");
    assertThat(Range.SHARE).hasToString("at least 0 and below 1");
    assertThat(Range.between(0.01, 1)).hasToString("at least 0.01 and at most 1");
    assertThat(Range.above(0, 2.5)).hasToString("above 0 and at most 2.5");
  }
}
