package io.mobilenetspark.spark.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobilenetspark.options.SettingValues;
import io.mobilenetspark.options.Surface;
import io.mobilenetspark.testing.CopyingFileSystem;
import io.mobilenetspark.testing.FaultyFileSystem;
import io.mobilenetspark.train.TrainingState;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointsTest {

  private static final RunIdentity RUN = identity("seed", "42", "rows", "600");

  @TempDir private Path directory;
  private final List<String> notices = new ArrayList<>();
  private String scheme = "file://";
  private Class<?> store = CopyingFileSystem.class;

  private static RunIdentity identity(String... pairs) {
    TreeMap<String, String> values = new TreeMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      values.put(pairs[i], pairs[i + 1]);
    }
    return new RunIdentity(values, Surface.STAGE);
  }

  /** One on which another driver takes what has just been finished for old. */
  public static final class OvertakenFileSystem extends FaultyFileSystem {
    @Override
    public FSDataOutputStream create(
        org.apache.hadoop.fs.Path path,
        FsPermission permission,
        boolean overwrite,
        int bufferSize,
        short replication,
        long blockSize,
        Progressable progress)
        throws IOException {
      if (path.getName().equals("checkpoint.json")) {
        delete(path.getParent(), true);
        throw new FileNotFoundException("no such directory: " + path.getParent());
      }
      return super.create(
          path, permission, overwrite, bufferSize, replication, blockSize, progress);
    }
  }

  private Checkpoints checkpoints(RunIdentity run) throws IOException {
    Configuration configuration = new Configuration();
    configuration.set("fs.ofs.impl", store.getName());
    return new Checkpoints(
        configuration,
        scheme + directory.resolve("runs"),
        run,
        new TrainingListener() {
          @Override
          public void onNotice(String text) {
            notices.add(text);
          }
        });
  }

  @AfterEach
  void heal() {
    FaultyFileSystem.failFrom(Long.MAX_VALUE);
  }

  /** In the middle of an epoch, with the best one behind it. */
  private static RunState run(long step) {
    TrainingState state =
        new TrainingState(
            step,
            new float[] {1.5f, -0f, Float.MIN_VALUE, step},
            new float[] {7},
            new float[][] {{1, 2, 3, 7}, {4, 5, 6, 8}});
    TrainingState best =
        new TrainingState(18, new float[] {0.1f, 2, 3}, new float[] {8}, new float[0][]);
    EpochMetrics with = new EpochMetrics(1, 18, 0.3, 0.9, 0.4, 0.8, 1e-4, 2, 3, 4, 0.1, 2);
    EpochMetrics without =
        new EpochMetrics(2, 36, 0.3, 0.9, null, null, 1e-4, 2, 3, 4, Double.NaN, 1);
    return new RunState(
        state,
        best,
        3,
        1,
        List.of(with, without),
        new RunState.Sums(4, 1.2, 3.6, 8, 1 / 3.0, 5e-5));
  }

  private static void assertSame(RunState actual, RunState expected) {
    assertThat(actual)
        .usingRecursiveComparison()
        .withEqualsForType(Double::equals, Double.class)
        .withEqualsForType(Float::equals, Float.class)
        .isEqualTo(expected);
  }

  private long lastStep() throws IOException {
    return checkpoints(RUN).last().orElseThrow().state().step();
  }

  /** Folders of checkpoints, the newest first. */
  private List<Path> folders() throws IOException {
    try (Stream<Path> all = Files.walk(directory.resolve("runs"), 2)) {
      return all.filter(path -> path.getFileName().toString().startsWith("step-"))
          .sorted(Comparator.comparing((Path path) -> path.getFileName().toString()).reversed())
          .toList();
    }
  }

  @Test
  void whatIsReadIsWhatWasWritten() throws IOException {
    assertThat(checkpoints(RUN).last()).isEmpty();
    RunState written = run(40);
    checkpoints(RUN).write(written);
    assertSame(checkpoints(RUN).last().orElseThrow(), written);
    assertThat(notices).isEmpty();
  }

  /** A driver that died while it wrote leaves a folder without its last file. */
  @Test
  void unfinishedOnesAreNotTakenUp() throws IOException {
    checkpoints(RUN).write(run(40));
    checkpoints(RUN).write(run(60));
    Files.delete(folders().get(0).resolve("checkpoint.json"));
    assertThat(lastStep()).isEqualTo(40);
    checkpoints(RUN).write(run(60));
    assertThat(lastStep()).isEqualTo(60);
    assertThat(notices).isEmpty();
  }

  @Test
  void theLastTwoIntactOnesAreKept() throws IOException {
    Checkpoints checkpoints = checkpoints(RUN);
    for (int step = 10; step <= 30; step += 10) {
      checkpoints.write(run(step));
    }
    assertThat(folders()).hasSize(2);
    damage(folders().get(0), Damage.ONE_BIT, "state.data-00000-of-00001");
    checkpoints(RUN).write(run(40)); // a driver that has seen none of them before
    assertThat(folders()).hasSize(3);
    for (Path newest : folders().subList(0, 2)) {
      damage(newest, Damage.MISSING, "state.index");
    }
    assertThat(lastStep()).isEqualTo(20);
  }

  /**
   * Another driver may be writing what isn't finished, but not for an hour.
   *
   * @param marker how far it is with the last file
   */
  @ParameterizedTest
  @ValueSource(strings = {"not there", "created", "half written"})
  void unfinishedOnesGoInTheEnd(String marker) throws IOException {
    checkpoints(RUN).write(run(10));
    Path unfinished = folders().get(0);
    Path last = unfinished.resolve("checkpoint.json");
    byte[] whole = Files.readAllBytes(last);
    Files.delete(last);
    Files.deleteIfExists(unfinished.resolve(".checkpoint.json.crc"));
    switch (marker) {
      case "created" -> Files.createFile(last);
      case "half written" -> Files.write(last, Arrays.copyOf(whole, whole.length / 2));
      default -> {} // it stays away
    }
    for (int step = 20; step <= 40; step += 10) {
      checkpoints(RUN).write(run(step));
    }
    assertThat(folders()).hasSize(3).contains(unfinished);
    FileTime longAgo = FileTime.from(Instant.now().minusSeconds(7_200));
    try (Stream<Path> files = Files.walk(unfinished)) {
      for (Path file : files.toList()) {
        Files.setLastModifiedTime(file, longAgo);
      }
    }
    checkpoints(RUN).write(run(50));
    assertThat(folders()).hasSize(2).doesNotContain(unfinished);
  }

  /** What becomes of a file on a disk, or on the way to an object store. */
  enum Damage {
    MISSING,
    TRUNCATED,
    ONE_BIT
  }

  /** Hadoop's own checksums, which object stores have none of, are not in its way. */
  private static void damage(Path folder, Damage damage, String name) throws IOException {
    Path file = folder.resolve(name);
    Files.deleteIfExists(folder.resolve("." + name + ".crc"));
    byte[] bytes = Files.readAllBytes(file);
    switch (damage) {
      case MISSING -> Files.delete(file);
      case TRUNCATED -> Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length - 1));
      case ONE_BIT -> {
        bytes[bytes.length / 2] ^= 4;
        Files.write(file, bytes);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Damage.class)
  void theIntactOneBeforeIsTakenUp(Damage damage) throws IOException {
    for (String name :
        List.of("state.data-00000-of-00001", "state.index", "run.json", "checkpoint.json")) {
      notices.clear();
      Path runs = directory.resolve("runs");
      if (Files.exists(runs)) {
        try (Stream<Path> files = Files.walk(runs)) {
          files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
        }
      }
      checkpoints(RUN).write(run(40));
      checkpoints(RUN).write(run(60));
      damage(folders().get(0), damage, name);
      assertSame(checkpoints(RUN).last().orElseThrow(), run(40));
      if (damage == Damage.MISSING && name.equals("checkpoint.json")) {
        assertThat(notices).isEmpty(); // it was never finished
      } else {
        assertThat(notices)
            .singleElement()
            .asString()
            .contains("step-000000000060", " is damaged: " + name, "The one of step 40 is used");
      }
      damage(folders().get(1), Damage.ONE_BIT, "state.index");
      if (Files.exists(folders().get(0).resolve("checkpoint.json"))) {
        assertThatThrownBy(this::lastStep)
            .isInstanceOf(IOException.class)
            .hasMessageContaining("there is no older one that is intact; delete");
      }
    }
  }

  /** Dies at every call in turn, and every file may be torn; nothing that was finished is lost. */
  @Tag("slow")
  @Test
  void onAnObjectStoreEveryCallMayBeTheLast() throws IOException {
    scheme = "ofs://store";
    checkpoints(RUN).write(run(20));
    checkpoints(RUN).write(run(40));
    FaultyFileSystem.failFrom(Long.MAX_VALUE);
    checkpoints(RUN).write(run(60));
    int calls = FaultyFileSystem.calls().size();
    assertThat(calls).isGreaterThan(10);
    for (int n = 1; n <= calls + 1; n++) {
      long step = 60 + 20L * n;
      FaultyFileSystem.failFrom(n);
      boolean isWritten = true;
      try {
        checkpoints(RUN).write(run(step));
      } catch (IOException e) {
        isWritten = false;
      }
      FaultyFileSystem.failFrom(Long.MAX_VALUE);
      RunState last = checkpoints(RUN).last().orElseThrow();
      long expected = isWritten ? step : step - 20;
      assertSame(last, run(expected));
      checkpoints(RUN).write(run(step)); // the driver that was started again
    }
  }

  @Test
  void aDriverThatIsBehindAnotherGoesOn() throws IOException {
    checkpoints(RUN).write(run(60));
    scheme = "ofs://overtaken";
    store = OvertakenFileSystem.class;
    checkpoints(RUN).write(run(40));
    assertThat(folders()).hasSize(1);
    assertThat(lastStep()).isEqualTo(60);
    assertThatThrownBy(() -> checkpoints(RUN).write(run(80)))
        .isInstanceOf(FileNotFoundException.class);
  }

  /** To the run, what can't be read for now is not what is damaged. */
  @Test
  void aFileSystemThatIsDownIsNoReasonToStartAnew() throws IOException {
    scheme = "ofs://store";
    checkpoints(RUN).write(run(20));
    FaultyFileSystem.failFrom(Long.MAX_VALUE);
    assertThat(lastStep()).isEqualTo(20);
    int calls = FaultyFileSystem.calls().size();
    for (int n = 1; n <= calls; n++) {
      FaultyFileSystem.failFrom(n);
      assertThatThrownBy(this::lastStep).hasMessageContaining("this file system fails");
    }
  }

  @Test
  void runsDontMeetAndTheNearestIsNamed() throws IOException {
    assertThat(checkpoints(RUN).others()).isEmpty();
    RunIdentity far = identity("seed", "1", "rows", "600", "epochs", "3", "l2", "0.1");
    RunIdentity near = identity("seed", "1", "rows", "600");
    checkpoints(RUN).write(run(40));
    checkpoints(far).write(run(60));
    assertThat(lastStep()).isEqualTo(40);
    assertThat(checkpoints(near).last()).isEmpty();
    assertThat(checkpoints(near).others().orElseThrow())
        .contains("of 2 runs in", RUN.digest() + ": seed was 42, is 1.")
        .doesNotContain("epochs");
    checkpoints(near).write(run(20));
    assertThat(checkpoints(far).last().orElseThrow().state().step()).isEqualTo(60);
  }

  /** What a release before this one wrote into the directory itself. */
  @Test
  void theEarlierLayoutIsToldOfAndStays() throws IOException {
    Path earlier = directory.resolve("runs/step-000000000004");
    Files.createDirectories(earlier);
    Files.writeString(earlier.resolve("checkpoint.json"), "{}");
    assertThat(checkpoints(RUN).last()).isEmpty();
    assertThat(checkpoints(RUN).others().orElseThrow())
        .contains("are of an earlier release, which this one can't take up; they stay");
    checkpoints(RUN).write(run(40));
    assertThat(earlier).isDirectory();
    assertThat(lastStep()).isEqualTo(40);
  }

  /** The one before is no substitute: to go on from it would lose what the later release did. */
  @Test
  void aLaterFormatIsRefusedByName() throws IOException {
    checkpoints(RUN).write(run(40));
    checkpoints(RUN).write(run(60));
    Path later = folders().get(0);
    Path marker = later.resolve("checkpoint.json");
    Files.delete(later.resolve(".checkpoint.json.crc"));
    Files.writeString(marker, "{\"format\": 2, \"files\": \"elsewhere\"}");
    assertThatThrownBy(this::lastStep)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("The checkpoint file:" + later + " is of format 2")
        .hasMessageContaining("reads formats up to 1. Use the version that saved it")
        .hasMessageNotContaining("damaged");
    assertThat(folders()).hasSize(2);
  }

  @Test
  void whatDiffersIsSaidOfBothSides() {
    Map<String, String> values = identity("momentum", "0.9", "seed", "1").values();
    assertThat(values).hasSize(2);
    assertThat(
            identity("optimizer", "adam", "seed", "2")
                .differencesFrom(identity("momentum", "0.9", "seed", "1")))
        .containsExactly(
            "momentum was 0.9, is not set", "optimizer was not set, is adam", "seed was 1, is 2");
  }

  @Test
  void runsThatAreOutOfPatienceSayHowToGoOn() {
    String done = "The run is done already: runs has what it was after step 40 (epoch 2).";
    assertThat(notice(2, 0)).isEqualTo(done);
    assertThat(notice(2, 1)).isEqualTo(done);
    assertThat(notice(9, 1))
        .isEqualTo(
            done
                + " No epoch after epoch 1 had a lower validation loss, and patience is 1: with 0 it"
                + " trains on, to epoch 9.");
    assertThat(notice(9, 2)).isEqualTo("Resuming after step 40 (epoch 2) from runs.");
  }

  private static String notice(int epochs, int patience) {
    return RunStart.notice(
        run(40),
        new TrainingLoop.Plan(epochs, patience, 1, 0, () -> 1),
        new org.apache.hadoop.fs.Path("runs"),
        Surface.STAGE);
  }

  @Test
  void anAbsentShareIsATenth() {
    assertThat(RunSettings.of(SettingValues.none()))
        .containsEntry("validationFraction", "a tenth of each class");
  }
}
