package io.mobilenetspark.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.image.ImageStatus;
import io.mobilenetspark.testing.ForkedJvm;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What an executor embeds shows in Spark's metrics; the application has to have begun with it. */
@Tag("slow")
class MobileNetPluginTest {

  private static final String SOURCE = "plugin." + MobileNetPlugin.class.getName() + ".";

  @Test
  void countsInSparksMetrics() throws Exception {
    List<String> flags =
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
            .filter(flag -> flag.startsWith("--add-opens") || flag.startsWith("-Xmx"))
            .toList();

    ForkedJvm.Outcome outcome = ForkedJvm.run(MobileNetPluginMain.class, flags);

    String output = outcome.output();
    assertThat(outcome.exitCode()).as(output).isZero();
    assertThat(value(output, "images.OK")).isEqualTo(7);
    assertThat(value(output, "images.UNSUPPORTED_FORMAT")).isEqualTo(2);
    assertThat(value(output, "images.CORRUPT")).isZero();
    assertThat(value(output, "batches")).isEqualTo(3);
    assertThat(value(output, "sessions")).isEqualTo(1);
    assertThat(value(output, "modelTime")).isPositive();
    assertThat(value(output, "readTime")).isPositive();
    assertThat(value(output, "imageMemoryWaitTime")).isNotNegative();
    assertThat(value(output, "imageMemoryBytes")).isZero();
    assertThat(value(output, "nativeObjects")).isNotNegative();
    assertThat(value(output, "nativeBytes")).isNotNegative();
    for (ImageStatus status : ImageStatus.values()) {
      assertThat(value(output, "images." + status)).isNotNegative();
    }
    assertThat(output).containsPattern("metrics_plugin_\\w*MobileNetPlugin_images_OK_Number\\S* 7");
  }

  /** Of the JSON that Spark's servlet gives. */
  private static long value(String output, String metric) {
    Matcher found =
        Pattern.compile(
                Pattern.quote(SOURCE + metric) + "\"\\s*:\\s*\\{\\s*\"value\"\\s*:\\s*(\\d+)")
            .matcher(output);
    assertThat(found.find()).as(metric + " in " + output).isTrue();
    return Long.parseLong(found.group(1));
  }
}
