package io.mobilenetspark.spark.sql;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.spark.sql.Differential.Query;
import io.mobilenetspark.spark.sql.Differential.Result;
import io.mobilenetspark.spark.sql.Differential.Setting;
import io.mobilenetspark.testing.Cases;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Queries at random, against plain UDFs; each has a seed, which a failure prints. */
class RandomQueriesTest {

  @TempDir private static Path directory;
  private static @Nullable Differential differential;

  private static final AtomicInteger QUERIES = new AtomicInteger();
  private static final AtomicInteger REFUSED = new AtomicInteger();

  @BeforeAll
  static void makeTables() {
    differential = new Differential(directory).withFewSessions();
  }

  @AfterAll
  static void dropTables() {
    requireNonNull(differential).close();
    System.out.printf(
        Locale.ROOT, "%d queries, %d refused by Spark%n", QUERIES.get(), REFUSED.get());
    assertThat(REFUSED.get()).as("refused").isLessThanOrEqualTo(QUERIES.get() / 5);
  }

  static List<Long> seeds() {
    long first = Cases.seed(RandomQueriesTest.class);
    return LongStream.range(0, Cases.count(4, 16, 1000)).map(i -> first + i).boxed().toList();
  }

  @ParameterizedTest(name = "-Dcases.seed={0}")
  @MethodSource("seeds")
  void givesWhatPlainFunctionsGive(long seed) {
    String text = RandomQueries.of(seed);
    Query query = Differential.sql(text + ";");
    for (Setting setting : settings(seed)) {
      Result expected = requireNonNull(differential).runOracle(query, setting);
      Result actual = requireNonNull(differential).run(query, setting);
      String name = String.format(Locale.ROOT, "seed %d, %s: %s", seed, setting, text);
      QUERIES.incrementAndGet();
      if (expected.error() == null) {
        assertThat(actual.error()).as(name).isNull();
      } else {
        REFUSED.incrementAndGet();
        // What Spark itself does not take, it does not take from us.
        assertThat(expected.error()).as(name).doesNotContain("PARSE_SYNTAX", "INTERNAL");
        assertThat(actual.error()).as(name).isNotNull();
      }
      assertThat(actual.rows().stream().sorted().toList())
          .as(name)
          .isEqualTo(expected.rows().stream().sorted().toList());
    }
  }

  /**
   * Codegen and adaptive execution on and off; ANSI mode and the rule's place by the seed. One of
   * them in continuous integration.
   */
  private static List<Setting> settings(long seed) {
    int first = 4 * (int) Math.floorMod(seed / 4, 4L);
    List<Setting> four = Setting.all().subList(first, first + 4);
    int one = (int) Math.floorMod(seed, 4L);
    return Cases.count(1, 4) == 4 ? four : four.subList(one, one + 1);
  }
}
