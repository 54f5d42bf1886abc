package io.mobilenetspark.jobs.embed;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.testing.Cases;
import io.mobilenetspark.testing.CopyingFileSystem;
import io.mobilenetspark.testing.FaultyFileSystem;
import io.mobilenetspark.testing.ForkedJvm;
import io.mobilenetspark.testing.Pictures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Ten rounds, or a few more until one has died half-way, in which a folder grows, changes and
 * shrinks, and in each a run in a JVM of its own that SIGKILL ends at a random call of its file
 * system. The next run makes the table whole. It computes the images that needed it, but for those
 * in files that the dead run's tasks had put in their place: at most {@link #ROWS_PER_COMMIT}
 * images of each task at work are computed twice.
 */
@Tag("slow")
@EnabledIfSystemProperty(
    named = "cases",
    matches = "all",
    disabledReason = "of the exhaustive tier: IncrementalLawsTest has rounds in one JVM")
class KilledRoundsIT extends FaultyTableFixture {

  private static final int ROUNDS = 10;
  private static final int MOST_ROUNDS = 30;
  private static final int ROWS_PER_COMMIT = 2;
  private static final String KIND = "changed";

  private final Set<String> names = new TreeSet<>();
  private int pictures;

  @ParameterizedTest
  @ValueSource(strings = {"ofs", "s3a"})
  void manyRoundsAreOneFullRun(String scheme) throws Exception {
    Random random = new Random(Cases.seed(getClass()));
    Path before = directory.resolve("before");
    Files.createDirectories(input());
    FaultyFileSystem.failFrom(Long.MAX_VALUE);
    int between = 0;
    for (int round = 0; round < (between > 0 ? ROUNDS : MOST_ROUNDS); round++) {
      int needed = change(random);
      delete(before);
      if (Files.exists(table())) {
        copy(table(), before);
      }
      FaultyFileSystem.failFrom(Long.MAX_VALUE); // counts calls from here on
      embed(scheme, KIND);
      int calls = FaultyFileSystem.calls().size();
      Set<String> clean = rows();
      assertThat(clean).hasSameSizeAs(names);
      assertThat(counted("computed")).as("round %d, undisturbed", round).isEqualTo(needed);
      delete(table());
      if (Files.exists(before)) {
        copy(before, table());
      }

      int n = 1 + random.nextInt(calls - calls / 20); // the last ones may be some more, or fewer
      String description =
          String.format(
              Locale.ROOT, "%s, round %d, killed at call %d of %d", scheme, round, n, calls);
      ForkedJvm.Outcome dead = runAndDieAt(n, arguments(scheme, KIND));
      assertThat(dead.exitCode()).as("%s: %s", description, dead.output()).isEqualTo(KILLED);
      boolean isInPlace = isWhole() && rows().equals(clean);
      int committed = (int) committed();
      between += !isInPlace && committed > 0 && committed < needed ? 1 : 0;
      embed(scheme, KIND);

      int expected = isInPlace ? 0 : needed - committed;
      System.out.printf(
          Locale.ROOT, "COUNT %s: %d needed, %d computed again%n", description, needed, expected);
      assertThat(rows()).as(description).isEqualTo(clean);
      assertThat(counted("computed")).as(description).isEqualTo(expected);
      assertNothingIsLeft(description);
    }
    assertThat(between).as("rounds that died with some of their rows kept").isPositive();
    Set<String> last = rows();
    delete(table());
    embed(scheme, KIND);
    assertThat(last).as("one full run").isEqualTo(rows());
  }

  /** Adds two at least, changes and removes some; tells how many are to be computed. */
  private int change(Random random) throws IOException {
    int needed = 0;
    for (String name : List.copyOf(names)) {
      switch (random.nextInt(6)) {
        case 0 -> {
          write(name);
          needed++;
        }
        case 1 -> {
          Files.delete(input().resolve(name));
          names.remove(name);
        }
        default -> {}
      }
    }
    for (int i = 2 + random.nextInt(4); i > 0; i--) {
      String name = (char) ('a' + random.nextInt(26)) + "-" + pictures + ".png";
      names.add(name);
      write(name);
      needed++;
    }
    return needed;
  }

  private void write(String name) throws IOException {
    pictures++;
    Path file = Files.write(input().resolve(name), Pictures.png(pictures));
    Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000L * pictures));
  }

  /** Of S3 one that copies a file to rename it, so that a death may leave it torn. */
  @Override
  Map<String, Class<? extends FaultyFileSystem>> schemes() {
    return Map.of("ofs", FaultyFileSystem.class, "s3a", CopyingFileSystem.class);
  }

  @Override
  List<String> arguments(String scheme, String kind) {
    List<String> arguments = new ArrayList<>(super.arguments(scheme, kind));
    arguments.add("--rows-per-commit=" + ROWS_PER_COMMIT);
    return arguments;
  }
}
