package io.mobilenetspark.spark.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.image.ImageStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class FailureLogTest {

  private final List<String> lines = new ArrayList<>();
  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 7); // the clock may overflow
  private final FailureLog log = new FailureLog(line -> lines.add(line.get()), now::get);

  private void fail(int first, int last) {
    for (int i = first; i <= last; i++) {
      int id = i;
      log.tell(ImageStatus.TRUNCATED, () -> "of the row with id=" + id);
    }
  }

  @Test
  void someRowsAMinuteAreNamedAndTheOthersCounted() {
    fail(1, 1_500);
    now.addAndGet(TimeUnit.MINUTES.toNanos(1) - 1);
    fail(1_501, 1_501);

    assertThat(lines).hasSize(FailureLog.MOST_A_MINUTE);
    assertThat(lines.get(0)).isEqualTo("Image of the row with id=1 can't be read: TRUNCATED");
    assertThat(lines.get(9)).isEqualTo("Image of the row with id=10 can't be read: TRUNCATED");

    now.incrementAndGet();
    fail(1_502, 1_503);
    assertThat(lines.subList(10, 12))
        .containsExactly(
            "Image of the row with id=1502 can't be read: TRUNCATED (1,491 others were not told)",
            "Image of the row with id=1503 can't be read: TRUNCATED");
  }

  @Test
  void aRowsNameMakesNoLineOfItsOwnAndTellsNoSecret() {
    log.tell(
        ImageStatus.READ_ERROR,
        () -> "of the row with path=ftp://me:secret@host/a\n2026 ERROR \u001b[31mmade up");

    assertThat(lines).hasSize(1);
    assertThat(lines.get(0))
        .doesNotContain("secret", "\n", "\u001b")
        .contains("host/a?2026 ERROR ?[31mmade up", "READ_ERROR");
  }

  @Test
  void aNameThatIsNotToldIsNotMade() {
    fail(1, FailureLog.MOST_A_MINUTE);
    log.tell(
        ImageStatus.TRUNCATED,
        () -> {
          throw new AssertionError("made");
        });
    assertThat(lines).hasSize(FailureLog.MOST_A_MINUTE);
  }
}
