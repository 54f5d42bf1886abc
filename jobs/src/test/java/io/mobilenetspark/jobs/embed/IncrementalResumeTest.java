package io.mobilenetspark.jobs.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.mobilenetspark.jobs.Commands;
import io.mobilenetspark.jobs.table.OutputContent;
import io.mobilenetspark.testing.Installed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What {@code --output-mode incremental} takes from runs that did not finish. */
@Tag("slow")
class IncrementalResumeTest extends IncrementalFixture {

  private Path pending() {
    return directory.resolve(".vectors" + OutputContent.PENDING);
  }

  /** Runs that fail after a row; gives how many rows are left of them. */
  private int fail(String... options) {
    List<String> all = new ArrayList<>(List.of("--mode=FAILFAST", "--rows-per-commit=1"));
    all.addAll(List.of(options));
    int done = 0;
    for (int i = 0; i < 20 && done == 0; i++) { // the bad image may be the first that is read
      embed(all.toArray(String[]::new)).assertExitCode(5);
      done = (int) spark.read().schema("path STRING").parquet(pending() + "/run-*").count();
    }
    assertThat(done).isPositive();
    return done;
  }

  @Test
  void workOfAFailedRunIsTaken() throws IOException {
    found();
    for (int i = 0; i < 6; i++) {
      put("b" + i, 20 + i);
    }
    Files.writeString(photos.resolve("c.png"), "<html>", StandardCharsets.UTF_8);
    int done = fail();
    assertThat(rows()).hasSize(4);

    put("b0", 30); // whose row is computed again, if it was
    Files.setLastModifiedTime(photos.resolve("b0.png"), FileTime.fromMillis(1_000_000_000_000L));
    Map<String, Integer> found = found();
    assertThat(found).contains(entry("unchanged", 4), entry("new", 7));
    int resumed = found.getOrDefault("resumed", 0);
    assertThat(resumed).isBetween(done - 1, done);
    assertThat(resumed + found.getOrDefault("computed", 0)).isEqualTo(7);
    assertThat(pending()).doesNotExist();
    verify();
    assertThat(rows()).isEqualTo(rowsOfOneFullRun());
  }

  @Test
  void workOfAnotherKindIsNotTaken() throws IOException {
    Files.writeString(photos.resolve("c.png"), "<html>", StandardCharsets.UTF_8);
    fail("--resize=area");
    Installed.Outcome outcome = embed("--resize=bicubic");
    outcome.assertExitCode(0);
    assertThat(outcome.err()).contains("Removing the rows of a run that did not finish");
    assertThat(Commands.report(output).at("/incremental/computed").asInt()).isEqualTo(5);
  }

  @Test
  void errorRateCountsWhatIsTaken() throws IOException {
    for (int i = 0; i < 4; i++) {
      Files.writeString(photos.resolve("c" + i + ".png"), "<html>", StandardCharsets.UTF_8);
    }
    String list = directory.resolve("list.txt").toString();
    Files.write(
        Path.of(list),
        Stream.of("c0", "c1", "c2", "c3", "a0")
            .map(name -> photos.resolve(name + ".png").toString())
            .toList());
    String[] options = {
      "--input=" + list, "--image-column=value", "--id-column=value", "--max-error-rate=0.5"
    };
    embed(options).assertExitCode(5).assertOneMessage("4 of 5 images can't be read");
    assertThat(rows()).hasSize(5);
    Installed.Outcome again = embed(options);
    again.assertExitCode(0);
    assertThat(again.out()).contains("5 unchanged, 0 new");
  }

  @Test
  void damagedFileIsSaidToBeDamaged() throws IOException {
    found();
    Path file = Commands.parquetFiles(output).get(0);
    Files.write(file, new byte[100]);
    Files.delete(output.resolve("." + file.getFileName() + ".crc"));
    embed().assertExitCode(3).assertOneMessage("is damaged, or no Parquet file");
  }
}
