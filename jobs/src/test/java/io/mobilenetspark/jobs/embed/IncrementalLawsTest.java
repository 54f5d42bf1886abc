package io.mobilenetspark.jobs.embed;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.mobilenetspark.jobs.Commands;
import io.mobilenetspark.jobs.table.OutputContent;
import io.mobilenetspark.testing.Cases;
import io.mobilenetspark.testing.Installed;
import io.mobilenetspark.testing.Pictures;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Rounds in which a folder grows, changes and shrinks, and in each a run that fails: each round
 * ends in the table of one full run, and an image is computed once for each time that it is new.
 */
@Tag("slow")
class IncrementalLawsTest {

  private static final int ROUNDS = Cases.count(1, 4, 10);

  @TempDir private Path directory;

  private final SparkSession spark = Commands.session();
  private final Random random = new Random(Cases.seed(IncrementalLawsTest.class));

  /** What lies in the folder: names, and the picture in each. */
  private final TreeMap<String, Integer> files = new TreeMap<>();

  private int pictures;

  @Test
  void roundsAreOneFullRun() throws IOException {
    Path photos = Files.createDirectories(directory.resolve("photos"));
    for (int i = 0; i < 12; i++) {
      put(photos);
    }
    for (int round = 0; round < ROUNDS; round++) {
      Set<String> needed = round == 0 ? new HashSet<>(files.keySet()) : change(photos);
      String description = "round " + round + ": " + needed.size() + " of " + files.size();

      Path bad = photos.resolve("m-bad.png"); // in the middle: some tasks end before it
      Files.writeString(bad, "<html>", StandardCharsets.UTF_8);
      embed("incremental", "--mode=FAILFAST", "--rows-per-commit=2").assertExitCode(5);
      Files.delete(bad);
      int pending = pendingRows();
      embed("incremental", "--deleted=remove").assertExitCode(0);

      JsonNode found = Commands.report(directory.resolve("incremental")).at("/incremental");
      assertThat(found.at("/resumed").asInt()).as(description).isEqualTo(pending);
      assertThat(found.at("/resumed").asInt() + found.at("/computed").asInt())
          .as(description)
          .isEqualTo(needed.size());
      assertThat(found.at("/unchanged").asInt())
          .as(description)
          .isEqualTo(files.size() - needed.size());
      embed("overwrite").assertExitCode(0);
      assertThat(rows("incremental")).as(description).isEqualTo(rows("overwrite"));
    }
    try (var left = Files.list(directory)) {
      assertThat(left.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrder("photos", "incremental", "overwrite");
    }
  }

  /** Rows that the failed run left; the bad image is none of them. */
  private int pendingRows() {
    Path run = directory.resolve(".incremental" + OutputContent.PENDING + "/run-000001");
    return Files.exists(run)
        ? (int)
            spark
                .read()
                .schema("path STRING, status STRING")
                .parquet(run.toString())
                .where("status = 'OK'")
                .count()
        : 0;
  }

  /** Adds, changes and removes some; tells which are to be computed. */
  private Set<String> change(Path photos) throws IOException {
    Set<String> needed = new HashSet<>();
    for (String name : List.copyOf(files.keySet())) {
      switch (random.nextInt(6)) {
        case 0 -> {
          write(photos, name);
          needed.add(name);
        }
        case 1 -> {
          Files.delete(photos.resolve(name));
          files.remove(name);
        }
        default -> {}
      }
    }
    for (int i = random.nextInt(6); i > 0; i--) {
      needed.add(put(photos));
    }
    return needed;
  }

  private String put(Path photos) throws IOException {
    String name = (char) ('a' + random.nextInt(26)) + "-" + pictures + ".png";
    write(photos, name);
    return name;
  }

  private void write(Path photos, String name) throws IOException {
    pictures++;
    files.put(name, pictures);
    Files.write(photos.resolve(name), Pictures.png(pictures));
    Files.setLastModifiedTime(photos.resolve(name), FileTime.fromMillis(1_000_000L * pictures));
  }

  private Set<String> rows(String table) {
    String path = directory.resolve(table).toString();
    spark.catalog().refreshByPath(path);
    return IncrementalFixture.rows(spark.read().parquet(path));
  }

  private Installed.Outcome embed(String mode, String... options) {
    String[] all = new String[options.length + 6];
    all[0] = "embed";
    all[1] = "--model=builtin";
    all[2] = "--image-size=32";
    all[3] = "--input=" + directory.resolve("photos");
    all[4] = "--output=" + directory.resolve(mode);
    all[5] = "--output-mode=" + mode;
    System.arraycopy(options, 0, all, 6, options.length);
    return Commands.run(all);
  }
}
