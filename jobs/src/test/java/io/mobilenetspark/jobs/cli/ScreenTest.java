package io.mobilenetspark.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.jobs.cli.Screen.Stream;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScreenTest {

  @Test
  void withoutTheLauncherBothAreTakenForFiles() {
    Screen screen = Screen.of(Map.of("TERM", "xterm-256color", "COLUMNS", "200"));
    assertThat(screen.isTerminal()).isFalse();
    assertThat(screen.columns()).isEqualTo(80);
    assertThat(screen.styled(Stream.OUT, Style.GOOD, "ok")).isEqualTo("ok");
    assertThat(screen.styled(Stream.ERR, Style.ERROR, "Error:")).isEqualTo("Error:");
  }

  @Test
  void eachStreamHasItsColours() {
    Screen screen =
        Screen.of(
            Map.of(
                "MOBILENET_SPARK_TERMINAL",
                "true",
                "MOBILENET_SPARK_COLUMNS",
                "60",
                "MOBILENET_SPARK_COLORS",
                ",err"));
    assertThat(screen.isTerminal()).isTrue();
    assertThat(screen.columns()).isEqualTo(60);
    assertThat(screen.styled(Stream.OUT, Style.GOOD, "ok")).isEqualTo("ok");
    assertThat(screen.styled(Stream.ERR, Style.ERROR, "Error:"))
        .isEqualTo("\u001b[1;31mError:\u001b[0m");
  }

  /** As terminals without a size say it. */
  @ParameterizedTest
  @ValueSource(strings = {"", "0", "-1", "wide", "99999999999"})
  void aWidthThatIsNoneIsTheUsualOne(String columns) {
    assertThat(Screen.of(Map.of("MOBILENET_SPARK_COLUMNS", columns)).columns()).isEqualTo(80);
  }
}
