package io.mobilenetspark.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.testing.Installed;
import io.mobilenetspark.testing.Pictures;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** What an executor's log holds of images that can't be read, when they are many. */
@Tag("cluster")
class ExecutorLogsIT {

  private static final int FILES = 1_000;
  private static final int CORES = 2;

  /** How ids begin: beside it, tests may start applications of the same second. */
  private static final String APPLICATION = "logs";

  private static final int MAX_FAILURES = 4;

  /** Inside of every bad image, and what a log could make of it. */
  private static final String MARK = "<<PRIVATE-PIXELS>>";

  private static final List<String> MARKS =
      List.of("PRIVATE", "50524956415445", "50 52 49 56 41 54 45", "UFJJVkFURS", "80, 82, 73, 86");

  private static final String SECRET = "do-not-tell-anyone";
  private static final Pattern NAME = Pattern.compile("picture-\\d{4}");

  @TempDir private Path directory;
  private Path pictures;

  @BeforeEach
  void writePictures() throws IOException {
    pictures = Files.createDirectory(directory.resolve("pictures"));
    for (int i = 0; i < FILES; i++) {
      Files.write(
          pictures.resolve(String.format(Locale.ROOT, "picture-%04d", i)),
          i % 100 == 0 ? Pictures.png(i) : bad(i));
    }
  }

  /** Broken in the way of each decoder; where there is a checksum, it is wrong. */
  private static byte[] bad(int seed) throws IOException {
    byte[] png = Pictures.png(seed);
    byte[] mark = MARK.getBytes(StandardCharsets.US_ASCII);
    return switch (seed % 7) {
      case 0 -> mark;
      case 1 -> marked(png);
      case 2 -> marked(as("jpg", png));
      case 3 -> half(marked(as("jpg", png)));
      case 4 -> marked(as("gif", png));
      case 5 -> marked(as("tiff", png));
      default -> half(marked(as("bmp", png)));
    };
  }

  private static byte[] as(String format, byte[] png) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(ImageIO.read(new ByteArrayInputStream(png)), format, bytes);
    return bytes.toByteArray();
  }

  /** With the mark in the middle of what it holds. */
  private static byte[] marked(byte[] bytes) {
    byte[] mark = MARK.getBytes(StandardCharsets.US_ASCII);
    byte[] result = bytes.clone();
    System.arraycopy(mark, 0, result, bytes.length / 2 - mark.length, mark.length);
    return result;
  }

  private static byte[] half(byte[] bytes) {
    return Arrays.copyOf(bytes, bytes.length / 2);
  }

  @Test
  void namesNoImageWhereAllAreKept() throws Exception {
    Path output = directory.resolve("vectors");
    embed("PERMISSIVE", output).assertExitCode(0);

    String log = executorLog(Commands.report(output).at("/spark/app_id").asText());

    assertThat(Commands.report(output).at("/status/OK").asInt()).isLessThan(FILES / 2);
    assertThat(log).doesNotContain(MARKS).doesNotContain(SECRET);
    assertThat(names(log)).isEmpty();
    assertThat(log.length()).as("characters").isLessThan(200_000);
  }

  /** Ten a minute: the run takes one, or a part of another. */
  @EnabledIfSystemProperty(
      named = "cases",
      matches = "all",
      disabledReason = "of the exhaustive tier: FailureLogTest is its smaller sibling")
  @Test
  void namesAFewAtLevelInfo() throws Exception {
    Path output = directory.resolve("vectors");
    embed("PERMISSIVE", output, "--conf=spark.log.level=INFO").assertExitCode(0);

    String log = executorLog(Commands.report(output).at("/spark/app_id").asText());

    assertThat(log).doesNotContain(MARKS).doesNotContain(SECRET);
    assertThat(log.lines().filter(line -> line.contains("UnreadableImages")))
        .hasSizeBetween(10, 60)
        .allSatisfy(line -> assertThat(line).containsPattern("path=file:\\S+picture-\\d{4}"));
  }

  @Test
  void namesOneAFailedTaskWhereTheFirstEndsTheJob() throws Exception {
    Installed.Outcome outcome = embed("FAILFAST", directory.resolve("none"));
    outcome.assertExitCode(5).assertOneMessage("picture-", "can't be read");

    String log = executorLog(lastApplication());

    assertThat(log).contains("MalformedImageException");
    assertThat(log).doesNotContain(MARKS.subList(0, 2)).doesNotContain(SECRET);
    assertThat(names(log)).hasSizeBetween(1, CORES * MAX_FAILURES);
    assertThat(outcome.err()).doesNotContain(MARKS.subList(0, 2)).doesNotContain(SECRET);
  }

  private Installed.Outcome embed(String mode, Path output, String... flags) throws Exception {
    List<String> arguments = new ArrayList<>(List.of(flags));
    Collections.addAll(
        arguments,
        "--master=local-cluster[1," + CORES + ",1536]",
        "--conf=spark.hadoop.fs.s3a.secret.key=" + SECRET,
        "--conf=spark.hadoop.fs.s3a.access.key=" + SECRET,
        "--conf=spark.task.maxFailures=" + MAX_FAILURES,
        "--conf=spark.deploy.appIdPattern=" + APPLICATION + "-%s-%04d",
        // What clusters have: level INFO.
        "--conf=spark.executor.extraJavaOptions=-Dlog4j2.configurationFile=classpath:org/apache/spark/log4j2-defaults.properties",
        "embed",
        "--input=" + pictures,
        "--model=builtin",
        "--image-size=32",
        "--mode=" + mode,
        "--partitions=16",
        "--output=" + output);
    return Commands.launch(Map.of(), arguments.toArray(new String[0]));
  }

  private static Set<String> names(String log) {
    Set<String> names = new TreeSet<>();
    NAME.matcher(log).results().map(MatchResult::group).forEach(names::add);
    return names;
  }

  /** Standard output and error of an application's executors. */
  private static String executorLog(String application) throws Exception {
    StringBuilder log = new StringBuilder();
    Path work = Commands.bundledSpark().resolve("work").resolve(application);
    try (Stream<Path> files = Files.walk(work)) {
      for (Path file : files.filter(f -> f.endsWith("stderr") || f.endsWith("stdout")).toList()) {
        log.append(Files.readString(file, StandardCharsets.ISO_8859_1));
      }
    }
    assertThat(log).isNotEmpty();
    return log.toString();
  }

  private static String lastApplication() throws Exception {
    try (Stream<Path> folders = Files.list(Commands.bundledSpark().resolve("work"))) {
      return folders
          .map(folder -> folder.getFileName().toString())
          .filter(name -> name.startsWith(APPLICATION))
          .sorted()
          .reduce((a, b) -> b)
          .get();
    }
  }
}
