package io.mobilenetspark.jobs.embed;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.jobs.Commands;
import io.mobilenetspark.runtime.ExtractorCache;
import io.mobilenetspark.testing.Cases;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.spark.storage.BlockId;
import org.apache.spark.util.AccumulatorContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Many rounds leave no more behind than few: in Spark, in the JVM and on disks. */
@Tag("slow")
class ContinuousStateTest extends IncrementalFixture {

  private static final int FEW = 3;
  private static final int ROUNDS = Cases.count(12, 15, 60);

  @Test
  void nothingGrows() throws Exception {
    try (Watching watching =
        new Watching(
            List.of("--input=" + photos, "--output=" + output, "--max-small-files=" + FEW))) {
      watching.awaitRound(1);
      long sessions = ExtractorCache.ofThisJvm().opened();
      Map<String, Long> early = Map.of();
      for (int round = 2; round <= ROUNDS; round++) {
        put("b" + round, round);
        watching.awaitRound(round);
        if (round == FEW + 1) {
          early = left();
        }
      }
      Map<String, Long> late = left();
      for (int again = 0; again < 10 && !grown(early, late).isEmpty(); again++) {
        late = left(); // Spark's cleaner may be behind on a busy machine
      }
      System.out.println("after " + FEW + " rounds " + early + ", after " + ROUNDS + " " + late);
      assertThat(grown(early, late)).isEmpty();
      assertThat(ExtractorCache.ofThisJvm().opened()).as("sessions").isEqualTo(sessions);
      assertThat(Commands.parquetFiles(output)).hasSizeLessThanOrEqualTo(FEW);
      watching.stop();
    }
    assertThat(ExtractorCache.ofThisJvm().leases()).isZero();
    assertThat(rows()).hasSize(4 + ROUNDS - 1);
  }

  /** What is in use at the moment differs by some; rounds would add up. */
  private static List<String> grown(Map<String, Long> early, Map<String, Long> late) {
    return early.entrySet().stream()
        .filter(
            before ->
                late.getOrDefault(before.getKey(), 0L) >= before.getValue() + (ROUNDS - FEW) / 2)
        .map(Map.Entry::getKey)
        .toList();
  }

  /** What there is, once what nobody holds has been cleared away. */
  private Map<String, Long> left() throws Exception {
    Map<String, Long> least = new LinkedHashMap<>();
    for (int look = 0; look < 8; look++) {
      System.gc(); // Spark's cleaner goes by what is collected
      TimeUnit.MILLISECONDS.sleep(250);
      now().forEach((what, number) -> least.merge(what, number, Math::min));
    }
    return least;
  }

  private Map<String, Long> now() throws IOException {
    var env = spark.sparkContext().env();
    Map<String, Long> now = new LinkedHashMap<>();
    now.put("blocks", (long) env.blockManager().getMatchingBlockIds(BlockId::isBroadcast).size());
    now.put("listeners", (long) spark.sparkContext().listenerBus().listeners().size());
    now.put("accumulators", (long) AccumulatorContext.numAccums());
    now.put("RDDs", (long) spark.sparkContext().getPersistentRDDs().size());
    now.put("threads", threads());
    now.put("temporary files", temporaryFiles());
    now.put("beside the table", (long) names(directory).size());
    return now;
  }

  private static long threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("mobilenet"))
        .count();
  }

  /** Without this test's own, of which there is one more in each round. */
  private long temporaryFiles() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of(System.getProperty("java.io.tmpdir")))) {
      return files.filter(file -> !file.startsWith(directory)).count();
    } catch (UncheckedIOException e) {
      return Long.MAX_VALUE; // one has gone while they were counted
    }
  }
}
