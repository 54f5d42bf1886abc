package io.mobilenetspark.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LearningRateTest {

  @Test
  void warmsUpInAStraightLineAndFallsAlongACosine() {
    LearningRate rate = new LearningRate(0.8, 3, new LearningRate.Cosine(10));
    assertThat(rate.at(0)).isCloseTo(0.2, within(1e-12));
    assertThat(rate.at(2)).isCloseTo(0.6, within(1e-12));
    assertThat(rate.at(3)).isCloseTo(0.8, within(1e-12));
    assertThat(rate.at(8)).isCloseTo(0.4, within(1e-12));
    assertThat(rate.at(13)).isCloseTo(0, within(1e-12));
    assertThat(rate.at(50)).isCloseTo(0, within(1e-12));
  }

  @Test
  void fallsByStepsOrStays() {
    LearningRate steps = new LearningRate(1, 0, new LearningRate.Staircase(4, 0.1));
    assertThat(steps.at(3)).isEqualTo(1);
    assertThat(steps.at(4)).isCloseTo(0.1, within(1e-12));
    assertThat(steps.at(11)).isCloseTo(0.01, within(1e-12));
    assertThat(LearningRate.constant(0.3).at(1_000_000)).isEqualTo(0.3);
  }

  @Test
  void refusesInvalidRates() {
    for (double base : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> LearningRate.constant(base))
          .hasMessageContaining("must be above 0, not " + base);
    }
    assertThatThrownBy(() -> new LearningRate.Cosine(0)).hasMessageContaining("at least 1 step");
    assertThatThrownBy(() -> new LearningRate.Staircase(1, 0)).hasMessageContaining("above 0");
  }
}
