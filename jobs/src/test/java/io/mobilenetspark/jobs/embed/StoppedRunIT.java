package io.mobilenetspark.jobs.embed;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.mobilenetspark.jobs.Commands;
import io.mobilenetspark.jobs.table.OutputContent;
import io.mobilenetspark.testing.Pictures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * An incremental run that is told to stop says what it has computed; the next computes the rest.
 */
@Tag("slow")
@EnabledIfSystemProperty(
    named = "cases",
    matches = "all",
    disabledReason = "of the exhaustive tier: LauncherIT stops runs, which then leave nothing")
class StoppedRunIT {

  private static final int PHOTOS = 3000;
  private static final int ROWS_PER_COMMIT = 25;

  /** At once. */
  private static final int TASKS = 2;

  private static final Pattern SAID =
      Pattern.compile(
          "Stopped\\. .* the next run takes what was computed, ([0-9,]+) rows? in this one,");

  @TempDir private Path directory;

  private final SparkSession spark = Commands.session();

  @ParameterizedTest
  @CsvSource({"TERM, 143", "INT, 130"})
  void theNextRunComputesTheRest(String signal, int code) throws Exception {
    Path photos = Pictures.write(directory.resolve("photos"), PHOTOS);
    Path temporary = Files.createDirectory(directory.resolve("temporary"));
    Path seen = directory.resolve("seen");
    List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT"));
    command.add(Commands.projectRoot().resolve("jobs/bin/mobilenet-spark") + "");
    command.addAll(embed(photos, "incremental"));
    command.add("--master=local[" + TASKS + "]");
    command.add("--conf=spark.local.dir=" + temporary);
    command.add("--conf=spark.driver.extraJavaOptions=-Djava.io.tmpdir=" + temporary);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("TMPDIR", temporary + "");
    Process process = builder.redirectErrorStream(true).redirectOutput(seen.toFile()).start();
    try {
      awaitCommits(process, seen);
      new ProcessBuilder("kill", "-" + signal, process.pid() + "").start().waitFor();
      assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
      assertThat(process.exitValue()).as(Files.readString(seen)).isEqualTo(code);
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }

    int committed = (int) committed();
    assertThat(committed).isBetween(1, PHOTOS - 1);
    Matcher said = SAID.matcher(Files.readString(seen));
    assertThat(said.find()).as(Files.readString(seen)).isTrue();
    assertThat(Integer.parseInt(said.group(1).replace(",", "")))
        .isPositive()
        .isBetween(committed - TASKS * 2 * ROWS_PER_COMMIT, committed);
    assertThat(IncrementalFixture.names(directory))
        .containsExactly(pending().getFileName() + "", "photos", "seen", "temporary");

    Commands.run(embed(photos, "incremental").toArray(String[]::new)).assertExitCode(0);
    JsonNode found = Commands.report(directory.resolve("incremental")).at("/incremental");
    assertThat(found.at("/resumed").asInt()).isEqualTo(committed);
    assertThat(found.at("/computed").asInt()).isEqualTo(PHOTOS - committed);
    assertThat(pending()).doesNotExist();
    Commands.run(embed(photos, "overwrite").toArray(String[]::new)).assertExitCode(0);
    assertThat(rows("incremental")).hasSize(PHOTOS).isEqualTo(rows("overwrite"));
  }

  private List<String> embed(Path photos, String mode) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "embed",
                "--model=builtin",
                "--image-size=128",
                "--input=" + photos,
                "--output=" + directory.resolve(mode),
                "--output-mode=" + mode));
    if (mode.equals("incremental")) {
      arguments.add("--rows-per-commit=" + ROWS_PER_COMMIT);
    }
    return arguments;
  }

  private Path pending() {
    return directory.resolve(".incremental" + OutputContent.PENDING);
  }

  /** Of several tasks that have ended, while others run. */
  private void awaitCommits(Process process, Path seen) throws Exception {
    Path run = pending().resolve("run-000001");
    for (int i = 0; i < 3000 && process.isAlive(); i++) {
      if (Files.isDirectory(run) && parts(run) > TASKS) {
        return;
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
    throw new AssertionError("nothing was committed: " + Files.readString(seen));
  }

  private static long parts(Path run) throws IOException {
    try (Stream<Path> files = Files.list(run)) {
      return files.filter(file -> file.getFileName().toString().startsWith("part-")).count();
    }
  }

  private long committed() {
    return spark.read().schema("path STRING").parquet(pending() + "/run-000001").count();
  }

  private Set<String> rows(String table) {
    return IncrementalFixture.rows(spark.read().parquet(directory.resolve(table).toString()));
  }
}
