package io.mobilenetspark.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProgressLineTest {

  private static String line(double share, int columns) {
    return ProgressLine.of(OptionalDouble.of(share), columns, "1,200 of 10,000 images", "1,200");
  }

  @Test
  void theBarTakesTheRoomThatTheTextLeaves() {
    assertThat(line(0.12, 200))
        .isEqualTo("[==>                           ]  12% 1,200 of 10,000 images");
    assertThat(line(0.12, 45)).isEqualTo("[>             ]  12% 1,200 of 10,000 images");
    assertThat(line(0.12, 30)).isEqualTo("[>               ]  12% 1,200");
    assertThat(line(0.12, 23)).isEqualTo("1,200 of 10,000 images");
    assertThat(line(0.12, 20)).isEqualTo("1,200");
  }

  @Test
  void itIsFullWhenAllIsDoneAndNotBefore() {
    assertThat(line(0, 24)).isEqualTo("[          ]   0% 1,200");
    assertThat(line(0.9999, 24)).isEqualTo("[========> ]  99% 1,200");
    assertThat(line(1, 24)).isEqualTo("[==========] 100% 1,200");
    assertThat(line(1.7, 24)).as("more than was listed").isEqualTo("[==========] 100% 1,200");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5, 10, 22, 23, 24, 40, 60, 80, 1000})
  void noLineIsAsWideAsTheTerminal(int columns) {
    for (double share = 0; share <= 1; share += 0.01) {
      assertThat(line(share, columns)).hasSizeLessThan(columns);
    }
    assertThat(ProgressLine.of(OptionalDouble.empty(), columns, "1,200 images"))
        .hasSizeLessThan(columns)
        .doesNotContain("[");
  }
}
