package io.mobilenetspark.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.model.export.ExportFacts;
import io.mobilenetspark.model.export.ExportFormat;
import io.mobilenetspark.model.export.ExportHead;
import io.mobilenetspark.model.export.ModelExporter;
import io.mobilenetspark.runtime.NativeLibrary;
import io.mobilenetspark.testing.Cases;
import io.mobilenetspark.testing.Modules;
import io.mobilenetspark.testing.TinyNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * 2,000 damaged modules of each format, each format in a process of its own: each one loads, and
 * then runs, or is refused with words and in time.
 */
@Tag("slow")
class DamagedModulesTest {

  private static final int COUNT = Integer.getInteger("damage.count", Cases.count(12, 2000));
  private static final long MAX_MINUTES = Cases.count(5, 120);
  private static final int SIDE = 64;

  /** Of the graphs with one altered node, how many run on the general path at least. */
  private static final double MIN_RUN = 0.1;

  @TempDir private Path temporary;

  /** The ones as they are published; full size. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "feature_vector_1",
        "feature_vector_3",
        "feature_vector_4",
        "feature_vector_5",
        "slim"
      })
  void publishedModules(String module) throws Exception {
    boolean isCheckpoint = module.equals("slim");
    Path original = Path.of(Modules.handle(module));
    if (isCheckpoint) {
      original = original.resolveSibling("");
    }
    boolean isFixed = module.equals("feature_vector_1");
    damage(
        module, original, isFixed ? 224 : SIDE, isCheckpoint ? Form.CHECKPOINT : Form.WITH_GRAPH);
  }

  /** The ones that we export; small. */
  @ParameterizedTest
  @EnumSource(ExportFormat.class)
  void exportedModules(ExportFormat format) throws Exception {
    NativeLibrary.load();
    Path output = temporary.resolve("small-" + format);
    new ModelExporter(new Configuration())
        .export(
            TinyNetwork.of(0.01, 5, 1),
            new ExportFacts(ImageSize.square(SIDE), 0.99, 4e-5),
            format,
            ExportHead.AUTO,
            output.toString(),
            ModelExporter.IfExists.ERRORIFEXISTS);
    damage(
        "exported " + format,
        output,
        SIDE,
        format == ExportFormat.SLIM ? Form.CHECKPOINT : Form.WITH_GRAPH);
  }

  private enum Form {
    WITH_GRAPH,
    CHECKPOINT
  }

  private void damage(String name, Path module, int side, Form form) throws Exception {
    long seed = Cases.seed(DamagedModulesTest.class);
    Map<String, Long> counts = run(seed, module, side);
    System.out.println("damaged " + name + ": " + new TreeMap<>(counts));
    assertThat(counts.getOrDefault("unexpected", 0L)).isZero();
    assertThat(counts.getOrDefault("refused-without-words", 0L)).isZero();
    long loaded = counts.getOrDefault("loaded", 0L);
    long refused = counts.getOrDefault("refused", 0L);
    long failing = counts.getOrDefault("loaded-but-fails", 0L);
    assertThat(loaded + refused + failing).isEqualTo(COUNT);
    assertThat(failing).as("damage that only running shows").isLessThan(Math.max(5, COUNT / 20));
    assertThat(refused).as("damage that matters").isGreaterThan(COUNT / 10);
    switch (form) {
      case WITH_GRAPH ->
          assertThat(counts.getOrDefault("run-general", 0L))
              .as("the general path")
              .isGreaterThan((long) (COUNT * MIN_RUN));
      case CHECKPOINT ->
          assertThat(counts.getOrDefault("run-fast", 0L))
              .as("the fast path")
              .isGreaterThan((long) (COUNT * MIN_RUN));
    }
    assertThat(counts.getOrDefault("open-files-grown", Long.MAX_VALUE)).isLessThanOrEqualTo(4);
    assertThat(counts.getOrDefault("resident-kilobytes-grown", Long.MAX_VALUE)).isLessThan(400_000);
    assertThat(counts.getOrDefault("slowest-millis", Long.MAX_VALUE)).isLessThan(20_000);
  }

  private Map<String, Long> run(long seed, Path module, int side)
      throws IOException, InterruptedException {
    Path work = Files.createDirectory(temporary.resolve("work"));
    Path output = temporary.resolve("output.txt");
    Path errors = temporary.resolve("errors.txt");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-XX:ErrorFile=" + temporary.resolve("crash.log"),
                "-cp",
                System.getProperty("java.class.path"),
                DamageMain.class.getName(),
                Long.toString(seed),
                Integer.toString(COUNT),
                work.toString(),
                module.toString(),
                Integer.toString(side)));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(output.toFile()).redirectError(errors.toFile());
    builder.environment().put("TF_CPP_MIN_LOG_LEVEL", "3");
    Process process = builder.start();
    try {
      boolean isDone = process.waitFor(MAX_MINUTES, TimeUnit.MINUTES);
      List<String> lines = Files.readAllLines(output);
      List<String> log = Files.readAllLines(errors);
      List<String> lastOfLog = log.subList(Math.max(0, log.size() - 20), log.size());
      assertThat(isDone).as("hangs at %s", lastOfLog).isTrue();
      assertThat(process.exitValue())
          .as("seed %d, died at %s, said %s", seed, lastOfLog, lines)
          .isZero();
      Map<String, Long> counts = new HashMap<>();
      for (String line : lines) {
        if (line.matches("[A-Za-z_-]+ -?\\d+")) {
          int space = line.indexOf(' ');
          counts.put(line.substring(0, space), Long.parseLong(line.substring(space + 1)));
        } else {
          System.out.println(line);
        }
      }
      return counts;
    } finally {
      process.destroyForcibly();
    }
  }
}
