package io.mobilenetspark.jobs.output;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobilenetspark.jobs.table.OutputContent;
import io.mobilenetspark.testing.FaultyFileSystem;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A run whose machine slept, so that another one took it for dead: that one settles what it finds
 * between any two calls of the first, which wakes then and goes on.
 */
class FileSwapTest {

  private static final List<String> OLD = List.of("part-0.parquet", "part-1.parquet");
  private static final List<String> NEW = List.of("kind=a/part-2.parquet", "part-3.parquet");

  @TempDir private Path directory;
  private Path output = Path.of("");
  private Path folder = Path.of("");

  /** The disk, where another run settles this one at a call. */
  private final class SleepyStore extends FaultyFileSystem {
    private final int sleepsAt;
    private int calls;
    private boolean isSettling;

    SleepyStore(int sleepsAt) throws IOException {
      this.sleepsAt = sleepsAt;
      setConf(new Configuration(false));
      initialize(URI.create("s3a://store"), getConf());
    }

    private void call() throws IOException {
      if (isSettling || ++calls != sleepsAt) {
        return;
      }
      isSettling = true;
      var unused = FileSwap.settle(this, path(output), path(folder));
      RunFolder.remove(this, path(requireNonNull(folder.getParent())), path(folder));
      isSettling = false;
    }

    @Override
    public boolean rename(org.apache.hadoop.fs.Path from, org.apache.hadoop.fs.Path to)
        throws IOException {
      call();
      return super.rename(from, to);
    }

    @Override
    public boolean delete(org.apache.hadoop.fs.Path path, boolean recursive) throws IOException {
      call();
      return super.delete(path, recursive);
    }

    @Override
    public boolean exists(org.apache.hadoop.fs.Path path) throws IOException {
      call();
      return super.exists(path);
    }
  }

  private static org.apache.hadoop.fs.Path path(Path local) {
    return new org.apache.hadoop.fs.Path("s3a://store" + local);
  }

  @BeforeEach
  void countNoCalls() {
    FaultyFileSystem.failFrom(Long.MAX_VALUE);
  }

  private void prepare(String name) throws IOException {
    output = directory.resolve(name);
    folder = output.resolve(OutputContent.STAGING).resolve("run");
    Files.createDirectories(folder);
    Files.createFile(folder.resolve("beat"));
    for (String old : OLD) {
      write(output.resolve(old));
    }
    write(output.resolve(OutputContent.SUCCESS));
    for (String fresh : NEW) {
      write(folder.resolve(TableSwap.NEW).resolve(fresh));
    }
    write(folder.resolve(TableSwap.NEW).resolve("_run.json"));
  }

  private static void write(Path file) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, file.toString());
  }

  private List<String> parts() throws IOException {
    try (Stream<Path> files = Files.walk(output)) {
      return files
          .filter(file -> file.toString().endsWith(".parquet"))
          .map(file -> output.relativize(file).toString())
          .filter(name -> !name.startsWith("."))
          .sorted()
          .toList();
    }
  }

  @Test
  void tableIsTheOldOrTheNewOneWheneverItSleeps() throws IOException {
    List<List<String>> seen = new ArrayList<>();
    int calls = Integer.MAX_VALUE;
    for (int n = 1; n <= calls; n++) {
      prepare("table-" + n);
      SleepyStore store = new SleepyStore(n);
      boolean isTold = true;
      try {
        new FileSwap(store, path(output), path(folder), OLD).commit(NEW);
      } catch (IOException e) {
        isTold = false;
      }
      // Its own clearing up, or that of the next run.
      var unused = FileSwap.settle(store, path(output), path(folder));

      assertThat(parts()).as("call %d", n).isIn(OLD, NEW).isEqualTo(isTold ? NEW : parts());
      assertThat(output.resolve(OutputContent.SUCCESS)).as("call %d", n).exists();
      seen.add(parts());
      if (store.calls < n) {
        break; // it has slept at each
      }
      calls = store.calls + 1;
    }
    assertThat(seen).contains(OLD, NEW).hasSizeGreaterThan(8);
  }

  /** A store that fails from a call on, those that clear up included; then the next run settles. */
  @Test
  void tableIsTheOldOrTheNewOneWheneverTheStoreFails() throws IOException {
    List<List<String>> seen = new ArrayList<>();
    for (int n = 1; seen.size() < n; n++) {
      prepare("table-" + n);
      SleepyStore store = new SleepyStore(-1);
      FaultyFileSystem.failFrom(n);
      boolean isTold = true;
      try {
        new FileSwap(store, path(output), path(folder), OLD).commit(NEW);
      } catch (IOException e) {
        isTold = false;
      }
      boolean isOver = FaultyFileSystem.calls().size() < n;
      FaultyFileSystem.failFrom(Long.MAX_VALUE);
      var unused = FileSwap.settle(store, path(output), path(folder));

      assertThat(parts()).as("call %d", n).isIn(OLD, NEW).isEqualTo(isTold ? NEW : parts());
      assertThat(output.resolve(OutputContent.SUCCESS)).as("call %d", n).exists();
      seen.add(parts());
      if (isOver) {
        break;
      }
    }
    assertThat(seen).contains(OLD, NEW).hasSizeGreaterThan(8);
  }

  /** The folder was cleared before anything was moved, and was made again with the report alone. */
  @Test
  void tableWhoseFilesAreGoneReplacesNone() throws IOException {
    prepare("table");
    for (String fresh : NEW) {
      Files.delete(folder.resolve(TableSwap.NEW).resolve(fresh));
    }
    SleepyStore store = new SleepyStore(-1);
    FileSwap swap = new FileSwap(store, path(output), path(folder), OLD);

    assertThatThrownBy(() -> swap.commit(NEW)).isInstanceOf(IOException.class);

    assertThat(parts()).isEqualTo(OLD);
    assertThat(output.resolve(OutputContent.SUCCESS)).exists();
  }

  /** A table without rows has no files; a run without its folder has lost them. */
  @Test
  void emptyTableNeedsItsFolder() throws IOException {
    prepare("table");
    SleepyStore store = new SleepyStore(-1);
    new FileSwap(store, path(output), path(folder), OLD).commit(List.of());
    assertThat(parts()).isEmpty();

    prepare("lost");
    Files.delete(folder.resolve("beat"));
    FileSwap swap = new FileSwap(store, path(output), path(folder), OLD);
    assertThatThrownBy(() -> swap.commit(List.of()))
        .hasMessageContaining("something else has replaced it");
    assertThat(parts()).isEqualTo(OLD);
  }
}
