package io.mobilenetspark.options;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CuredExceptionTest {

  private static final class Failure extends CuredException {
    private static final long serialVersionUID = 1;

    Failure(Surface surface, Throwable cause) {
      super("Can't do it", "it is late", Cure.of("Set %s.", Setting.named("time")), surface, cause);
    }
  }

  @Test
  void saysTheProblemAndTheCureOfItsSurface() {
    Throwable cause = new IllegalStateException("x");
    CuredException failure = new Failure(Surface.SQL, cause);
    assertThat(failure)
        .hasMessage("Can't do it: it is late. Set spark.mobilenet.time.")
        .hasCause(cause);
    assertThat(failure.problem()).isEqualTo("it is late");
    assertThat(failure.cure()).isEqualTo("Set spark.mobilenet.time.");
    assertThat(failure.anyCure().on(Surface.STAGE)).isEqualTo("Set time.");
    assertThat(new Failure(Surface.COMMAND_LINE, cause).cure()).isEqualTo("Set --time.");
  }
}
