package io.mobilenetspark.spark.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.testing.ForkedJvm;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Sessions without the extensions, in a JVM of their own: a session's extensions stay. */
@Tag("slow")
class RegisterTest {

  @Test
  void registersInOneSession() throws Exception {
    List<String> flags =
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
            .filter(flag -> flag.startsWith("--add-opens") || flag.startsWith("-Xmx"))
            .toList();

    ForkedJvm.Outcome outcome = ForkedJvm.run(RegisterMain.class, flags);

    assertThat(outcome.exitCode()).as(outcome.output()).isZero();
    assertThat(outcome.output()).contains("before: refused", "runs=2 images=10 rows=10", "done");
    assertThat(outcome.output()).contains("MobileNetEval [mobilenet_features(image#");
  }
}
