package io.mobilenetspark.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ActivityTest {

  private static String line(int done, int tasks, int seconds, int columns) {
    return Activity.line("Comparing 600 rows", done, tasks, Duration.ofSeconds(seconds), columns);
  }

  @Test
  void tellsWhatIsDoneAndForHowLong() {
    assertThat(line(0, 0, 0, 80)).isEqualTo("Comparing 600 rows ...");
    assertThat(line(3, 1_008, 1, 80)).isEqualTo("Comparing 600 rows: 3 of 1,008 tasks");
    assertThat(line(0, 1, 64, 80)).isEqualTo("Comparing 600 rows: 0 of 1 task, 1:04");
    assertThat(line(0, 0, 4, 80)).isEqualTo("Comparing 600 rows: 0:04");
  }

  @Test
  void fitsTheTerminal() {
    assertThat(line(3, 8, 4, 37)).isEqualTo("Comparing 600 rows ...");
    assertThat(line(3, 8, 4, 20)).isEqualTo("Comparing 600 rows");
    assertThat(line(3, 8, 4, 10)).isEqualTo("Comparing");
  }
}
