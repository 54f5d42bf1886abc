package io.mobilenetspark.jobs.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobilenetspark.jobs.table.OutputContent;
import io.mobilenetspark.testing.FaultyFileSystem;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What comes between two renames: death, or an index of the old table. */
class RenameSwapTest {

  @TempDir private Path directory;

  private void write(String path) throws IOException {
    Path file = directory.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, path);
  }

  private void settle() throws IOException {
    org.apache.hadoop.fs.Path place = new org.apache.hadoop.fs.Path(directory.toString());
    org.apache.hadoop.fs.Path runs = new org.apache.hadoop.fs.Path(place, "runs");
    RenameSwap.settle(
        FileSystem.getLocal(new Configuration(false)),
        new org.apache.hadoop.fs.Path(place, "output"),
        runs,
        new org.apache.hadoop.fs.Path(runs, "run"));
  }

  @Test
  void anIndexThatIsMadeMeanwhileIsInNobodysWay() throws IOException {
    write("runs/run/old/part-0.parquet");
    write("runs/run/" + TableSwap.NEW + "/part-1.parquet");
    write("output/" + OutputContent.INDEX + "/one/part-00000-1");

    settle();

    assertThat(directory.resolve("output/part-1.parquet")).exists();
    assertThat(directory.resolve("output/" + OutputContent.INDEX)).doesNotExist();
    assertThat(directory.resolve("runs/run")).doesNotExist();
  }

  /** Each time the new table is about to come, a search makes the directory again. */
  @ParameterizedTest
  @CsvSource({"1, true", "4, true", "100, false"})
  void anIndexThatIsMadeBetweenTheRenames(int times, boolean isReplaced) throws IOException {
    write("output/part-0.parquet");
    write("runs/run/" + TableSwap.NEW + "/part-1.parquet");
    IndexingStore store = new IndexingStore(directory.resolve("output"), times);
    store.initialize(URI.create("ofs://store"), new Configuration(false));
    RenameSwap swap = new RenameSwap(store, path("output"), path("runs/run"));

    if (isReplaced) {
      swap.commit(List.of("part-1.parquet"));
    } else { // it gives up, and the next run finishes
      assertThatThrownBy(() -> swap.commit(List.of("part-1.parquet")))
          .hasMessageContaining("there is something at");
      store.times = 0;
      RenameSwap.settle(store, path("output"), path("runs"), path("runs/run"));
    }

    assertThat(directory.resolve("output/part-1.parquet")).exists();
    assertThat(directory.resolve("output/part-0.parquet")).doesNotExist();
    assertThat(directory.resolve("output/" + OutputContent.INDEX)).doesNotExist();
  }

  private org.apache.hadoop.fs.Path path(String below) {
    return new org.apache.hadoop.fs.Path("ofs://store" + directory.resolve(below));
  }

  /** Whenever one looks whether there is an output, there comes to be an index of the old one. */
  private static final class IndexingStore extends FaultyFileSystem {
    private final Path output;
    private int times;

    IndexingStore(Path output, int times) {
      this.output = output;
      this.times = times;
    }

    @Override
    public boolean exists(org.apache.hadoop.fs.Path path) throws IOException {
      if (path.getName().equals("output") && !Files.exists(output) && times-- > 0) {
        Files.createDirectories(output.resolve(OutputContent.INDEX + "/one"));
      }
      return super.exists(path);
    }
  }

  /** Another run has taken this one for dead, and has cleared its folder. */
  @Test
  void tableWhoseFilesAreGoneReplacesNone() throws IOException {
    write("output/part-0.parquet");
    write("runs/run/" + TableSwap.NEW + "/_run.json");
    RenameSwap swap =
        new RenameSwap(
            FileSystem.getLocal(new Configuration(false)),
            new org.apache.hadoop.fs.Path(directory + "/output"),
            new org.apache.hadoop.fs.Path(directory + "/runs/run"));

    assertThatThrownBy(() -> swap.commit(List.of("part-1.parquet")))
        .hasMessageContaining("something else has replaced it");

    assertThat(directory.resolve("output/part-0.parquet")).exists();
  }

  @Test
  void withoutANewTableTheOldOneIsPutBack() throws IOException {
    write("runs/run/old/part-0.parquet");
    write("output/" + OutputContent.INDEX + "/one/part-00000-1");

    settle();

    assertThat(directory.resolve("output/part-0.parquet")).exists();
    assertThat(directory.resolve("output/" + OutputContent.INDEX)).doesNotExist();
  }
}
