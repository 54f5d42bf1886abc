package io.mobilenetspark.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ErrorTextTest {

  @Test
  void aPersonReadsALineASentence() {
    assertThat(
            ErrorText.of(
                "Can't write to file:/a.b/c: no space left. The table is as it was. Pass another"
                    + " --output.",
                true))
        .isEqualTo(
            """
            Can't write to file:/a.b/c: no space left.
                   The table is as it was.
                   Pass another --output.""");
  }

  @Test
  void threeAtMostTheCureInTheLast() {
    assertThat(ErrorText.of("One. Two. Three is 1.5 of e.g. two! Four. '--mode' is five.", true))
        .isEqualTo(
            """
            One.
                   Two. Three is 1.5 of e.g. two! Four.
                   '--mode' is five.""");
  }

  @Test
  void whatIsOneLineStaysOneForPrograms() {
    String text = "There is no input /x. Check it.";
    assertThat(ErrorText.of(text, false)).isEqualTo(text);
    assertThat(ErrorText.of("No end", true)).isEqualTo("No end");
    assertThat(ErrorText.of("", true)).isEmpty();
  }

  @Test
  void linesThatAreThereStay() {
    String text = "Two sources failed:\n  a: One. Two.\n  b: Three.";
    assertThat(ErrorText.of(text, true)).isEqualTo(text);
  }

  /** Names of files are others' texts, and a terminal would obey them. */
  @Test
  void namesControlNothing() {
    String hostile = "No input \u001b]0;owned\u0007\u202e@|red x|@";
    String shown = "No input \\u001b]0;owned\\u0007\\u202e@|red x|@";
    assertThat(ErrorText.of(hostile, true)).isEqualTo(shown);
    assertThat(ErrorText.of(hostile, false)).isEqualTo(shown);
  }
}
