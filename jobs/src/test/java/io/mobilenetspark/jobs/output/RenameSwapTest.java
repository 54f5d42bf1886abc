package io.mobilenetspark.jobs.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.jobs.table.OutputContent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run leaves that dies between its renames. */
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

  @Test
  void withoutANewTableTheOldOneIsPutBack() throws IOException {
    write("runs/run/old/part-0.parquet");
    write("output/" + OutputContent.INDEX + "/one/part-00000-1");

    settle();

    assertThat(directory.resolve("output/part-0.parquet")).exists();
    assertThat(directory.resolve("output/" + OutputContent.INDEX)).doesNotExist();
  }
}
