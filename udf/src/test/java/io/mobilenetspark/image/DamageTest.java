package io.mobilenetspark.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.testing.Cases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged images of all formats, in a JVM whose death is seen. */
@Tag("slow")
class DamageTest {

  private static final int IMAGES = Cases.count(8_000, 100_000);

  /** The bound on an image is 2 s; the limit of pixels is lower here, that of work is not. */
  private static final long SLOWEST_CPU_MILLIS = 2_000;

  /** What the allocators' habits move; a leak of one small tensor an image is far more. */
  private static final long FLAT_MEGABYTES = 64;

  @Test
  void everyDamagedImageHasAnOutcome(@TempDir Path folder) throws Exception {
    Path output = folder.resolve("output.txt");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-Xms512m", // the heap is resident from the start: what grows is native memory
                "-XX:+AlwaysPreTouch",
                "-Djava.io.tmpdir=" + folder,
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                DamagedImages.class.getName(),
                Integer.toString(IMAGES),
                Long.toString(Cases.seed(getClass())))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    boolean isDone = process.waitFor(30, TimeUnit.MINUTES);
    if (!isDone) {
      process.destroyForcibly();
    }
    String report = report(output);
    System.out.println(report);
    assertThat(isDone).as(report).isTrue();
    assertThat(process.exitValue()).as(report).isZero();

    try (TestReader reader = new TestReader()) {
      assertThat(report)
          .as("pixels where ImageIO finds no plugins by itself")
          .contains("WHOLE " + DamagedImages.digestOfWhole(reader) + "\n");
    }

    Map<String, Long> facts = facts(report);
    assertThat(facts.get("SEEDS")).isEqualTo(56);
    assertThat(facts.get("SLOWEST_CPU_MS")).isLessThan(SLOWEST_CPU_MILLIS);
    assertThat(facts.get("RSS_END_MB"))
        .isLessThan(facts.getOrDefault("RSS_HALF_MB", Long.MIN_VALUE / 2) + FLAT_MEGABYTES);
    long counted =
        facts.entrySet().stream()
            .filter(fact -> fact.getKey().startsWith("COUNT "))
            .mapToLong(Map.Entry::getValue)
            .sum();
    assertThat(counted).isEqualTo(IMAGES);
    // Damage of all these kinds is met, so that the counts are those of a real trial.
    Set<ImageStatus> met = EnumSet.noneOf(ImageStatus.class);
    for (ImageStatus status : ImageStatus.values()) {
      if (facts.containsKey("COUNT " + status)) {
        met.add(status);
      }
    }
    assertThat(met)
        .contains(
            ImageStatus.OK,
            ImageStatus.UNSUPPORTED_FORMAT,
            ImageStatus.CORRUPT,
            ImageStatus.TRUNCATED,
            ImageStatus.TOO_MANY_PIXELS);
  }

  /** The report's lines; decoders write warnings of their own between them. */
  private static String report(Path output) throws IOException {
    StringBuilder report = new StringBuilder();
    String text = new String(Files.readAllBytes(output), java.nio.charset.StandardCharsets.UTF_8);
    text.lines()
        .filter(
            line ->
                line.matches(
                    "(WHOLE|RSS|SLOWEST|SECONDS|COUNT|SEEDS|THROWN|HANG|#|\\tat |[a-z]+\\.).*"))
        .limit(200)
        .forEach(line -> report.append(line).append('\n'));
    return report.toString();
  }

  private static Map<String, Long> facts(String report) {
    Map<String, Long> facts = new HashMap<>();
    report
        .lines()
        .filter(line -> line.matches("[A-Z_]+( [A-Z_]+)? -?\\d+"))
        .forEach(
            line -> {
              int space = line.lastIndexOf(' ');
              facts.put(line.substring(0, space), Long.parseLong(line.substring(space + 1)));
            });
    return facts;
  }
}
