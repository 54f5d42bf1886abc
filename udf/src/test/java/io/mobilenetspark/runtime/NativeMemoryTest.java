package io.mobilenetspark.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.testing.ForkedJvm;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Every native tensor is freed, of good images and of bad ones. */
@EnabledIfSystemProperty(
    named = "cases",
    matches = "all",
    disabledReason = "of the exhaustive tier: twenty thousand images")
@Tag("slow")
class NativeMemoryTest {

  /** One leaked tensor an image would be 49,152 bytes times 15,000 images: 700 MiB. */
  private static final long ALLOWED_GROWTH = 32L << 20;

  /** In a JVM whose heap is all touched from the start, so that only native memory can grow. */
  @Test
  void staysFlatOverTwentyThousandImages() throws Exception {
    ForkedJvm.Outcome outcome =
        ForkedJvm.run(
            NativeMemoryProbe.class, List.of("-Xms512m", "-Xmx512m", "-XX:+AlwaysPreTouch"));

    assertThat(outcome.exitCode()).as(outcome.output()).isZero();
    outcome.output().lines().filter(line -> line.contains(" images ")).forEach(System.out::println);
    long[] warm = NativeMemoryProbe.parse(outcome.output(), "warm");
    long[] end = NativeMemoryProbe.parse(outcome.output(), "end");
    assertThat(end[0]).as("images").isEqualTo(20_000);
    assertThat(end[1] - warm[1]).as("growth of resident memory").isLessThan(ALLOWED_GROWTH);
    assertThat(end[2]).as("native objects alive").isLessThanOrEqualTo(warm[2]);
  }
}
