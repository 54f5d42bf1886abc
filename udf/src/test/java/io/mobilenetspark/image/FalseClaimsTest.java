package io.mobilenetspark.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.testing.Cases;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * No number of any header buys time above the bound, or memory that the budget has not reserved, in
 * files of some kilobytes; in a JVM of its own, whose resident memory is looked at.
 */
@EnabledOnOs(OS.LINUX)
@Tag("slow")
class FalseClaimsTest {

  /** Of 620,000, which take more than 25 minutes. */
  private static final int CLAIMS = Cases.count(4_000, 0);

  @Test
  void aNumberBuysNothing(@TempDir Path folder) throws Exception {
    Path output = folder.resolve("output.txt");
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx1g",
            "-Xms1g",
            "-XX:+UseSerialGC",
            "-XX:+AlwaysPreTouch", // what grows is native memory
            "-Djava.io.tmpdir=" + folder,
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            FalseClaims.class.getName(),
            Integer.toString(CLAIMS),
            Long.toString(Cases.seed(getClass())));
    builder.environment().put("MALLOC_MMAP_THRESHOLD_", "131072"); // freed memory goes back at once
    builder.environment().put("TF_CPP_MIN_LOG_LEVEL", "3");
    Process process =
        builder
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .redirectOutput(output.toFile())
            .start();
    boolean isDone = process.waitFor(40, TimeUnit.MINUTES);
    if (!isDone) {
      process.destroyForcibly();
    }
    String report = new String(Files.readAllBytes(output), StandardCharsets.UTF_8);
    System.out.println(report);
    assertThat(isDone).as(report).isTrue();
    assertThat(process.exitValue()).as(report).isZero();
    assertThat(report)
        .containsPattern("TRIED \\d{4}")
        .doesNotContainPattern("(?m)^(SLOW|NATIVE|HEAP) ");
  }
}
