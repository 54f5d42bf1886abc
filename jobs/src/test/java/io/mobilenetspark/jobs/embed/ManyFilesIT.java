package io.mobilenetspark.jobs.embed;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.mobilenetspark.jobs.Commands;
import io.mobilenetspark.jobs.Main;
import io.mobilenetspark.testing.Cases;
import io.mobilenetspark.testing.EndlessFileSystem;
import io.mobilenetspark.testing.Installed;
import io.mobilenetspark.testing.Pictures;
import io.mobilenetspark.testing.RunMeter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.launcher.JavaModuleOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Ten million files with a driver of 1 GB, which has no room for them, and a second run with 2,000
 * more, in the exhaustive tier, with what both cost; in continuous integration one run of so many
 * that tasks list them, deduplicated. All are one photograph. {@code -Dmany.directories} has so
 * many thousand files, {@code -Dmany.dedup} deduplicates them or not.
 */
@Tag("slow")
class ManyFilesIT {

  private static final int FILES_IN_DIRECTORY = 1000;
  private static final int DIRECTORIES =
      Integer.getInteger("many.directories", Cases.count(101, 10_000));
  private static final int RUNS = Cases.count(1, 2);
  private static final String HEAP = RUNS == 1 ? "-Xmx480m" : "-Xmx1g";
  private static final int ADDED = 2000;
  private static final boolean IS_DEDUPLICATED =
      Boolean.parseBoolean(System.getProperty("many.dedup", Boolean.toString(RUNS == 1)));
  private static final Duration TIMEOUT = Duration.ofHours(2);

  @TempDir private Path directory;

  @Test
  void theDriverHoldsNoFile() throws Exception {
    Path output = directory.resolve("vectors");
    Path content = Files.write(directory.resolve("content.png"), Pictures.png(1));
    long files = (long) DIRECTORIES * FILES_IN_DIRECTORY;

    JsonNode first = embed(content, output, 0);
    assertThat(first.at("/status/OK").asLong()).isEqualTo(files);
    if (IS_DEDUPLICATED) {
      assertThat(first.at("/batches").asLong()).as("forward passes").isEqualTo(1);
    }

    if (RUNS == 1) {
      return;
    }
    JsonNode second = embed(content, output, ADDED);
    assertThat(second.at("/incremental/unchanged").asLong()).isEqualTo(files);
    assertThat(second.at("/incremental/new").asLong()).isEqualTo(ADDED);
    assertThat(second.at("/incremental/computed").asLong()).isEqualTo(IS_DEDUPLICATED ? 0 : ADDED);
    assertThat(
            Commands.session().read().parquet(output.toString()).select("path").distinct().count())
        .isEqualTo(files + ADDED);
  }

  /** Runs the command in a JVM of its own; gives its report. */
  private JsonNode embed(Path content, Path output, int added)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + "/bin/java");
    command.addAll(List.of(JavaModuleOptions.defaultModuleOptionArray()));
    command.add(HEAP);
    command.add("-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"));
    for (Map.Entry<String, String> setting :
        Map.of(
                "master",
                "local[2]",
                "ui.enabled",
                "false",
                "hadoop.fs.many.impl",
                EndlessFileSystem.class.getName(),
                "hadoop." + EndlessFileSystem.CONTENT,
                content.toString(),
                "hadoop." + EndlessFileSystem.ADDED,
                Integer.toString(added),
                "extraListeners",
                RunMeter.class.getName())
            .entrySet()) {
      command.add("-Dspark." + setting.getKey() + "=" + setting.getValue());
    }
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName(),
            "embed",
            String.format(Locale.ROOT, "--input=many://%d-%d/", DIRECTORIES, FILES_IN_DIRECTORY),
            "--model=builtin",
            "--image-size=32",
            "--output-mode=incremental",
            "--output=" + output));
    if (IS_DEDUPLICATED) {
      command.add("--dedup");
    }
    long start = System.nanoTime();
    Installed.Outcome outcome = Installed.execute(Map.of(), command, TIMEOUT);
    outcome.assertExitCode(0);
    String run =
        String.format(
            Locale.ROOT,
            "COUNT %,d files and %,d more%s, %s",
            (long) DIRECTORIES * FILES_IN_DIRECTORY,
            added,
            IS_DEDUPLICATED ? ", deduplicated" : "",
            HEAP);
    System.out.printf(Locale.ROOT, "%s: %d s%n", run, (System.nanoTime() - start) / 1_000_000_000);
    List<String> meter =
        outcome.out().lines().filter(line -> line.startsWith(RunMeter.LINE)).toList();
    assertThat(meter).isNotEmpty();
    meter.forEach(line -> System.out.println(run + ": " + line));
    return Commands.report(output);
  }
}
