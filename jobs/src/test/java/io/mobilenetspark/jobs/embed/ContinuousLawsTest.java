package io.mobilenetspark.jobs.embed;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.jobs.Commands;
import io.mobilenetspark.testing.Cases;
import io.mobilenetspark.testing.FaultyFileSystem;
import io.mobilenetspark.testing.Installed;
import io.mobilenetspark.testing.Pictures;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A folder in which files come, change and go while it is watched by runs that die: their file
 * system fails from some call on, or their thread is told to stop wherever it is. In the end the
 * table is that of one run.
 */
@Tag("slow")
class ContinuousLawsTest {

  private static final int DEATHS = Cases.count(2, 4, 20);

  @TempDir private Path directory;

  private final SparkSession spark = Commands.session();
  private final Random random = new Random(Cases.seed(ContinuousLawsTest.class));
  private final List<String> names = new ArrayList<>();
  private Path photos = Path.of("");
  private int pictures;

  @BeforeEach
  void prepare() throws IOException {
    photos = Files.createDirectories(directory.resolve("photos"));
    Files.createDirectories(directory.resolve("beside"));
    spark.sparkContext().hadoopConfiguration().set("fs.ofs.impl", FaultyFileSystem.class.getName());
    spark.conf().set("spark.sql.shuffle.partitions", "2");
  }

  @AfterEach
  void giveBack() {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    FaultyFileSystem.failFrom(Long.MAX_VALUE);
    hadoop.unset("fs.ofs.impl");
    spark.conf().unset("spark.sql.shuffle.partitions");
  }

  @Test
  void tableIsThatOfOneRun() throws Exception {
    add();
    for (int death = 0; death < DEATHS; death++) {
      boolean isInterrupted = random.nextBoolean();
      // A round without work makes some twenty calls, one with work some eighty.
      FaultyFileSystem.failFrom(isInterrupted ? Long.MAX_VALUE : 60 + random.nextInt(240));
      try (Watching watching = watch()) {
        for (int i = 0; watching.isAlive() && (!isInterrupted || i < 5); i++) {
          change();
          TimeUnit.MILLISECONDS.sleep(random.nextInt(500));
        }
        Installed.Outcome outcome = isInterrupted ? watching.stop() : watching.ended();
        assertThat(outcome.exitCode()).isIn(0, 3, 5);
      }
    }
    FaultyFileSystem.failFrom(Long.MAX_VALUE);
    try (Watching watching = watch()) {
      change();
      add();
      watching.await(
          "the last state",
          () -> {
            try {
              return Commands.report(directory.resolve("vectors")).at("/table/rows").asInt()
                  == names.size();
            } catch (IOException e) {
              return false;
            }
          });
      TimeUnit.SECONDS.sleep(3); // rounds that see a file that was changed in the last one
      watching.stop();
    }
    embed("--output=ofs://faulty" + directory.resolve("vectors"), "--output-mode=incremental");
    assertThat(Commands.report(directory.resolve("vectors")).at("/incremental/unchanged").asInt())
        .isEqualTo(names.size());
    embed("--output=" + directory.resolve("whole"));
    assertThat(rows("vectors")).hasSize(names.size()).isEqualTo(rows("whole"));
    assertThat(IncrementalFixture.names(directory))
        .containsExactlyInAnyOrder("photos", "beside", "vectors", "whole");
    assertThat(Commands.parquetFiles(directory.resolve("vectors"))).hasSizeLessThanOrEqualTo(4);
  }

  private Watching watch() {
    return new Watching(
        List.of(
            "--input=" + photos,
            "--output=ofs://faulty" + directory.resolve("vectors"),
            "--deleted=remove",
            "--max-small-files=3"));
  }

  private void embed(String... options) {
    List<String> all =
        new ArrayList<>(
            List.of("embed", "--model=builtin", "--image-size=32", "--input=" + photos));
    all.addAll(List.of(options));
    Commands.run(all.toArray(String[]::new)).assertExitCode(0);
  }

  private Set<String> rows(String table) {
    String path = directory.resolve(table).toString();
    spark.catalog().refreshByPath(path);
    return IncrementalFixture.rows(spark.read().parquet(path));
  }

  private void change() throws Exception {
    switch (random.nextInt(5)) {
      case 0 -> {
        if (names.size() > 1) {
          Files.delete(photos.resolve(names.remove(random.nextInt(names.size()))));
        }
      }
      case 1 -> write(names.get(random.nextInt(names.size())));
      case 2 -> {
        String name = newName();
        byte[] bytes = Pictures.png(pictures);
        try (OutputStream out = Files.newOutputStream(photos.resolve(name))) {
          out.write(bytes, 0, bytes.length / 2);
          TimeUnit.MILLISECONDS.sleep(random.nextInt(1500));
          out.write(bytes, bytes.length / 2, bytes.length - bytes.length / 2);
        }
      }
      default -> add();
    }
  }

  private void add() throws IOException {
    write(newName());
  }

  private String newName() {
    pictures++;
    String name = pictures + ".png";
    names.add(name);
    return name;
  }

  /** By a rename. */
  private void write(String name) throws IOException {
    pictures++;
    Path beside = directory.resolve("beside/" + name);
    Files.write(beside, Pictures.png(pictures));
    Files.move(beside, photos.resolve(name), StandardCopyOption.REPLACE_EXISTING);
  }
}
