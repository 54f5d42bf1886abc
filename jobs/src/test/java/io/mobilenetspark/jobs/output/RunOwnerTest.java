package io.mobilenetspark.jobs.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is told of a run from its folder's name, and from its beat. */
class RunOwnerTest {

  private static final RunOwner HERE = RunOwner.ofThisRun("run");

  @TempDir private Path directory;

  private static RunOwner with(String host, String space, long process, long started) {
    RunOwner owner = new RunOwner(host, space, process, started, "run");
    assertThat(RunOwner.of(owner.name())).isEqualTo(owner);
    return owner;
  }

  /** A process that lives and is not this one. */
  private static long parent() {
    return ProcessHandle.current().parent().orElseThrow().pid();
  }

  private static long parentStarted() {
    return ProcessHandle.current()
        .parent()
        .flatMap(process -> process.info().startInstant())
        .orElseThrow()
        .toEpochMilli();
  }

  @Test
  void thisProcessKnowsItsRuns() {
    assertThat(HERE.state(Set.of(HERE.name()))).isEqualTo(RunOwner.State.ALIVE);
    assertThat(HERE.state(Set.of())).isEqualTo(RunOwner.State.DEAD);
    RunOwner before = with(HERE.host(), HERE.space(), HERE.process(), HERE.started() - 3_600_000);
    assertThat(before.state(Set.of()))
        .as("this number's last process")
        .isEqualTo(RunOwner.State.DEAD);
  }

  @Test
  void livingProcessIsAliveOrUnknown() {
    RunOwner living = with(HERE.host(), HERE.space(), parent(), parentStarted());
    assertThat(living.state(Set.of())).isEqualTo(RunOwner.State.ALIVE);
    for (long step : new long[] {-3_600_000, -100, 100, 3_600_000}) {
      RunOwner moved = with(HERE.host(), HERE.space(), parent(), parentStarted() + step);
      assertThat(moved.state(Set.of()))
          .as("clock set by %d", step)
          .isEqualTo(RunOwner.State.UNKNOWN);
    }
  }

  @Test
  void processThatIsNotThereIsDead() {
    RunOwner gone = with(HERE.host(), HERE.space(), 4_000_000_000L, 1);
    assertThat(gone.state(Set.of())).isEqualTo(RunOwner.State.DEAD);
  }

  @Test
  void otherMachinesAreUnknown() {
    for (RunOwner other :
        new RunOwner[] {
          with("elsewhere", HERE.space(), 4_000_000_000L, 1),
          with(HERE.host(), "4026531836-0123456789abcdef", 4_000_000_000L, 1),
          with(HERE.host(), HERE.space().split("-", -1)[0], 4_000_000_000L, 1), // of 0.1.0
          RunOwner.of("no-such-name")
        }) {
      assertThat(other.state(Set.of())).as(other.name()).isEqualTo(RunOwner.State.UNKNOWN);
    }
    assertThat(HERE.space())
        .as("a numbering and a start of the machine")
        .matches("\\d+-[0-9a-f]{32}");
  }

  /** A clock that was set moves the starts of processes; the run beats on. */
  @Test
  void runThatBeatsIsAtWorkWhateverItsStart() throws Exception {
    Path folder =
        Files.createDirectory(
            directory.resolve(
                with(HERE.host(), HERE.space(), parent(), parentStarted() + 5_000).name()));
    Path beat = Files.createFile(folder.resolve("beat"));
    CompletableFuture<?>[] next = new CompletableFuture<?>[1];

    boolean isAtWork =
        RunFolder.isAtWork(
            FileSystem.getLocal(new Configuration(false)),
            new org.apache.hadoop.fs.Path(folder.toString()),
            () ->
                next[0] =
                    CompletableFuture.runAsync(
                        () -> touch(beat),
                        CompletableFuture.delayedExecutor(300, TimeUnit.MILLISECONDS)));

    assertThat(isAtWork).isTrue();
    next[0].get();
  }

  private static void touch(Path file) {
    try {
      Files.setLastModifiedTime(file, FileTime.fromMillis(System.currentTimeMillis() + 10_000));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
