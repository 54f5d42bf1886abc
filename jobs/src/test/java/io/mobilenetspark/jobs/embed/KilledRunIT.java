package io.mobilenetspark.jobs.embed;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.testing.Cases;
import io.mobilenetspark.testing.CopyingFileSystem;
import io.mobilenetspark.testing.FaultyFileSystem;
import io.mobilenetspark.testing.ForkedJvm;
import io.mobilenetspark.testing.OneIn;
import io.mobilenetspark.testing.Pictures;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * An incremental run in a JVM of its own, killed by SIGKILL at a call of its file system: the same
 * command again leaves what one clean run does, and computes what the dead one had not committed.
 * Twenty seeded places in the exhaustive tier.
 */
@Tag("slow")
@EnabledIfSystemProperty(
    named = "cases",
    matches = "all",
    disabledReason = "of the exhaustive tier: FaultyIncrementalTest has the calls in one JVM")
class KilledRunIT extends FaultyTableFixture {

  private static final int MORE = 3;

  @OneIn(value = 5, share = 5)
  @ParameterizedTest
  @CsvSource({"ofs, added", "s3a, added", "ofs, changed", "s3a, changed", "ofs, duplicated"})
  void killedAnywhereAndStartedAgain(String scheme, String kind) throws Exception {
    makeTable(scheme, kind);
    prepare(kind);
    FaultyFileSystem.failFrom(Long.MAX_VALUE);
    embed(scheme, kind);
    List<String> calls = FaultyFileSystem.calls();
    Set<String> clean = rows();
    int needed = counted("computed");
    assertThat(needed).isGreaterThanOrEqualTo(MORE);

    Random random = new Random(Cases.seed(getClass()));
    for (int place = 0; place < Cases.count(2, 4); place++) {
      int n = 1 + random.nextInt(calls.size());
      prepare(kind);
      String description =
          String.format(
              Locale.ROOT, "%s, %s, killed at call %d of %d", scheme, kind, n, calls.size());
      ForkedJvm.Outcome dead = runAndDieAt(n, arguments(scheme, kind));
      assertThat(dead.exitCode()).as("%s: %s", description, dead.output()).isEqualTo(KILLED);
      boolean isInPlace = isWhole() && rows().equals(clean);
      int expected = isInPlace ? 0 : needed - (int) committed();

      embed(scheme, kind);

      System.out.printf(
          Locale.ROOT, "COUNT %s, near %s: %d computed%n", description, calls.get(n - 1), expected);
      assertThat(rows()).as(description).isEqualTo(clean);
      assertThat(counted("computed")).as(description + ", computed").isEqualTo(expected);
      assertNothingIsLeft(description);
    }
  }

  /** Of S3 one that copies a file to rename it, so that a death may leave it torn. */
  @Override
  Map<String, Class<? extends FaultyFileSystem>> schemes() {
    return Map.of("ofs", FaultyFileSystem.class, "s3a", CopyingFileSystem.class);
  }

  @Override
  void change(String kind) throws IOException {
    super.change(kind);
    for (int i = 0; i < MORE; i++) {
      Files.write(input().resolve("e" + i + ".png"), Pictures.png(20 + i));
    }
  }

  @Override
  List<String> arguments(String scheme, String kind) {
    List<String> arguments = new ArrayList<>(super.arguments(scheme, kind));
    arguments.add("--rows-per-commit=1");
    return arguments;
  }
}
