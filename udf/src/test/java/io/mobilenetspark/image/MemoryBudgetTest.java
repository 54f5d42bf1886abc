package io.mobilenetspark.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobilenetspark.testing.Cases;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.exceptions.TFResourceExhaustedException;

@Timeout(value = 10, unit = TimeUnit.MINUTES)
class MemoryBudgetTest {

  private final MemoryBudget budget = new MemoryBudget(100 << 20, 200 << 20);
  private final ExecutorService others = Executors.newCachedThreadPool();

  @AfterEach
  void stop() {
    others.shutdownNow();
  }

  @Test
  void refusesOnlyWhatCouldNeverFit() throws Exception {
    assertThat(run(100, 200, () -> "whole")).isEqualTo("whole");
    assertThatThrownBy(() -> run(101, 1, () -> ""))
        .isInstanceOfSatisfying(
            RejectedImageException.class,
            e ->
                assertThat(e.outcome())
                    .isEqualTo(
                        new ImageOutcome.Rejected(
                            ImageStatus.OUT_OF_MEMORY,
                            "an image takes up to 101 MiB of Java heap, and images may take 100"
                                + " MiB, half of it; raise spark.executor.memory")));
    assertThatThrownBy(() -> run(1, 201, () -> ""))
        .isInstanceOfSatisfying(
            RejectedImageException.class,
            e ->
                assertThat(e.outcome().reason())
                    .isEqualTo(
                        "an image takes up to 201 MiB of memory beside the Java heap, and images may"
                            + " take 200 MiB there; raise spark.executor.memoryOverhead"));
  }

  /** Never more than there is, however many want it, and each gets its turn. */
  @Test
  void neighboursWait() throws Exception {
    AtomicInteger used = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    List<Future<String>> results = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      int megabytes = 1 + i * 37 % 200;
      results.add(
          others.submit(
              () ->
                  run(
                      megabytes / 2,
                      megabytes,
                      () -> {
                        most.accumulateAndGet(used.addAndGet(megabytes), Math::max);
                        pause(2);
                        used.addAndGet(-megabytes);
                        return "done";
                      })));
    }
    for (Future<String> result : results) {
      assertThat(result.get(1, TimeUnit.MINUTES)).isEqualTo("done");
    }
    assertThat(most.get()).isBetween(150, 200);
  }

  @Test
  void waitEndsWithItsTask() throws Exception {
    CountDownLatch release = holdAll();
    try {
      AtomicInteger looks = new AtomicInteger();
      assertThatThrownBy(
              () ->
                  budget.run(
                      need(1, 1),
                      "an image",
                      () -> {
                        if (looks.incrementAndGet() == 3) {
                          throw new IllegalStateException("killed");
                        }
                      },
                      () -> ""))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("killed");
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> run(1, 1, () -> "")).isInstanceOf(CancellationException.class);
      assertThat(Thread.interrupted()).as("the flag is kept").isTrue();
    } finally {
      release.countDown();
    }
    assertThat(run(100, 200, () -> "nobody is in the way")).isEqualTo("nobody is in the way");
  }

  /** Something else in the process had the memory; without neighbours there is enough. */
  @Test
  void whatRunsOutOfMemoryIsTriedAlone() throws Exception {
    for (Throwable first :
        new Throwable[] {
          new OutOfMemoryError("Java heap space"), new TFResourceExhaustedException("OOM")
        }) {
      CountDownLatch neighbourIsIn = new CountDownLatch(1);
      AtomicInteger neighbours = new AtomicInteger();
      Future<String> neighbour =
          others.submit(
              () ->
                  run(
                      10,
                      10,
                      () -> {
                        neighbours.incrementAndGet();
                        neighbourIsIn.countDown();
                        pause(300);
                        neighbours.decrementAndGet();
                        return "";
                      }));
      neighbourIsIn.await();
      AtomicInteger attempts = new AtomicInteger();
      List<Integer> seen = new ArrayList<>();
      String result =
          run(
              1,
              1,
              () -> {
                seen.add(neighbours.get());
                if (attempts.incrementAndGet() == 1) {
                  fail(first);
                }
                return "read";
              });
      assertThat(result).isEqualTo("read");
      assertThat(seen).containsExactly(1, 0);
      neighbour.get();
    }
    AtomicInteger attempts = new AtomicInteger();
    assertThatThrownBy(
            () ->
                run(
                    1,
                    1,
                    () -> {
                      attempts.incrementAndGet();
                      throw new OutOfMemoryError("Java heap space");
                    }))
        .isInstanceOfSatisfying(
            RejectedImageException.class,
            e ->
                assertThat(e.outcome())
                    .isEqualTo(
                        new ImageOutcome.Rejected(
                            ImageStatus.OUT_OF_MEMORY,
                            "an image runs out of memory even on its own: Java heap space")));
    assertThat(attempts).hasValue(2);
  }

  /** In a process that may not have more address space, with a bound on what it may hold. */
  @Tag("slow")
  @Test
  void giantsOfFourTasksStayWithinTheLimit(@TempDir Path folder) throws Exception {
    Assumptions.assumeTrue(
        Files.exists(Path.of("/usr/bin/prlimit")), "NOT TESTED: needs Linux's prlimit");
    int heap = 2_048;
    int beside = 2_304;
    int images = Cases.count(8, 40);
    Path output = folder.resolve("output.txt");
    // Address space is reserved far ahead of use: by thread stacks, arenas and mapped libraries.
    long addressSpace = (heap + beside + 3_072L) << 20;
    Process process =
        new ProcessBuilder(
                "/usr/bin/prlimit",
                "--as=" + addressSpace,
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heap + "m",
                "-XX:CompressedClassSpaceSize=128m",
                "-XX:ReservedCodeCacheSize=128m",
                "-Djava.io.tmpdir=" + folder,
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                GiantImages.class.getName(),
                Integer.toString(beside),
                Integer.toString(images),
                Long.toString(Cases.seed(getClass())))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    boolean isDone = process.waitFor(9, TimeUnit.MINUTES);
    process.destroyForcibly();
    String report =
        new String(Files.readAllBytes(output), StandardCharsets.UTF_8)
            .lines()
            .filter(line -> line.matches("(BUDGET|OUTCOME|ROWS|PEAK|Exception|Caused|\\tat|#).*"))
            .reduce("", (a, b) -> a + b + "\n");
    System.out.println(report);
    assertThat(isDone).as(report).isTrue();
    assertThat(process.exitValue()).as(report).isZero();
    assertThat(report).contains("ROWS " + 4 * images + "\n");
    report
        .lines()
        .filter(line -> line.startsWith("OUTCOME"))
        .forEach(line -> assertThat(line).contains(": OK x "));
    assertThat(number(report, "PEAK_MB")).isLessThan(heap + beside);
  }

  private static long number(String report, String name) {
    return report
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToLong(line -> Long.parseLong(line.substring(name.length() + 1)))
        .findFirst()
        .orElseThrow();
  }

  /** Another thread has all of the budget until the latch is counted down. */
  private CountDownLatch holdAll() throws InterruptedException {
    CountDownLatch isHeld = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    others.execute(
        () -> {
          try {
            run(100, 200, () -> untilReleased(isHeld, release));
          } catch (RejectedImageException e) {
            throw new AssertionError(e);
          }
        });
    isHeld.await();
    return release;
  }

  private static String untilReleased(CountDownLatch isHeld, CountDownLatch release) {
    isHeld.countDown();
    try {
      release.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return "";
  }

  private <T> T run(int heap, int beside, MemoryBudget.Work<T> work) throws RejectedImageException {
    return budget.run(need(heap, beside), "an image", () -> {}, work);
  }

  private static DecodeMemory need(long heap, long beside) {
    return new DecodeMemory(heap << 20, beside << 20);
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void fail(Throwable e) {
    if (e instanceof Error error) {
      throw error;
    } else if (e instanceof RuntimeException exception) {
      throw exception;
    }
  }
}
