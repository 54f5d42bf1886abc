package io.mobilenetspark.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ProgressTest {

  @Test
  void tellsHowManyHowFastAndHowLongStill() {
    assertThat(Progress.line(1_200, OptionalLong.of(10_000), Duration.ofSeconds(8)))
        .isEqualTo("1,200 of 10,000 images, 150.0 images/s, 0:59 left");
    assertThat(Progress.line(1_000, OptionalLong.of(10_000_000), Duration.ofSeconds(10)))
        .isEqualTo("1,000 of 10,000,000 images, 100.0 images/s, 27:46:30 left");
  }

  @Test
  void tellsNoTimeLeftWhereTheTotalIsNotKnownOrNothingIsDone() {
    assertThat(Progress.line(1_200, OptionalLong.empty(), Duration.ofSeconds(8)))
        .isEqualTo("1,200 images, 150.0 images/s");
    assertThat(Progress.line(0, OptionalLong.of(10), Duration.ZERO))
        .isEqualTo("0 of 10 images, 0.0 images/s");
  }

  @Test
  void moreThanWasListedLeavesNoTime() {
    assertThat(Progress.line(11, OptionalLong.of(10), Duration.ofSeconds(1)))
        .isEqualTo("11 of 10 images, 11.0 images/s, 0:00 left");
  }

  @Test
  void aTerminalHasABarAndFewerWordsWhereItIsNarrow() {
    OptionalLong total = OptionalLong.of(10_000);
    Duration elapsed = Duration.ofSeconds(8);
    assertThat(Progress.fitted(1_200, total, elapsed, 100))
        .isEqualTo(
            "[==>                           ]  12% 1,200 of 10,000 images, 150.0 images/s, 0:59"
                + " left");
    assertThat(Progress.fitted(1_200, total, elapsed, 60))
        .isEqualTo("[>               ]  12% 1,200 of 10,000, 150.0/s, 0:59 left");
    assertThat(Progress.fitted(1_200, total, elapsed, 40))
        .isEqualTo("1,200 of 10,000, 150.0/s, 0:59 left");
    assertThat(Progress.fitted(1_200, OptionalLong.empty(), elapsed, 60))
        .isEqualTo("1,200 images, 150.0 images/s");
    assertThat(Progress.fitted(0, OptionalLong.of(0), Duration.ZERO, 60))
        .isEqualTo("0 of 0 images, 0.0 images/s");
  }

  @Test
  void hoursAreToldFromTheFirstOn() {
    assertThat(Progress.clock(0)).isEqualTo("0:00");
    assertThat(Progress.clock(3_599)).isEqualTo("59:59");
    assertThat(Progress.clock(3_600)).isEqualTo("1:00:00");
  }
}
