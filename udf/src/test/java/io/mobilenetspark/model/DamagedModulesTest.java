package io.mobilenetspark.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.model.export.ExportFacts;
import io.mobilenetspark.model.export.ExportFormat;
import io.mobilenetspark.model.export.ExportHead;
import io.mobilenetspark.model.export.ModelExporter;
import io.mobilenetspark.model.hub.ImageExtent;
import io.mobilenetspark.runtime.NativeLibrary;
import io.mobilenetspark.testing.Modules;
import io.mobilenetspark.testing.SharedData;
import io.mobilenetspark.testing.TinyNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * 2,000 damaged modules in a process of their own: each one loads or is refused with words. Repeat
 * a run with {@code -Ddamage.seed=...}.
 */
class DamagedModulesTest {

  private static final int COUNT = Integer.getInteger("damage.count", 2000);
  private static final long SEED = Long.getLong("damage.seed", 20260101);
  private static final long MAX_MINUTES = 15;

  /** How often a small module is taken for each time that one of full size is. */
  private static final int SMALL_SHARE = 12;

  @TempDir private Path temporary;

  @Test
  void everyDamagedModuleLoadsOrIsRefused() throws Exception {
    Map<String, Long> counts = run(modules());
    System.out.println("damaged modules, seed " + SEED + ": " + new TreeMap<>(counts));
    assertThat(counts.getOrDefault("unexpected", 0L)).isZero();
    assertThat(counts.getOrDefault("refused-without-words", 0L)).isZero();
    long loaded = counts.getOrDefault("loaded", 0L);
    long refused = counts.getOrDefault("refused", 0L);
    long failing = counts.getOrDefault("loaded-but-fails", 0L);
    assertThat(loaded + refused + failing).isEqualTo(COUNT);
    assertThat(failing).as("damage that only running shows").isLessThan(COUNT / 20);
    assertThat(loaded).as("damage that doesn't matter").isPositive();
    assertThat(refused).as("damage that matters").isGreaterThan(COUNT / 3);
    assertThat(counts.getOrDefault("open-files-grown", Long.MAX_VALUE)).isLessThanOrEqualTo(4);
    assertThat(counts.getOrDefault("resident-kilobytes-grown", Long.MAX_VALUE)).isLessThan(400_000);
    assertThat(counts.getOrDefault("slowest-millis", Long.MAX_VALUE)).isLessThan(20_000);
  }

  private List<Path> modules() throws IOException {
    NativeLibrary.load();
    List<Path> small = new ArrayList<>();
    for (ExportFormat format : ExportFormat.values()) {
      Path output = temporary.resolve("small-" + format);
      new ModelExporter(new Configuration())
          .export(
              TinyNetwork.of(0.01, 5, 1),
              new ExportFacts(new ImageExtent(64, 64), 0.99, 4e-5),
              format,
              ExportHead.AUTO,
              output.toString(),
              ModelExporter.IfExists.FAIL);
      small.add(output);
    }
    List<Path> modules = new ArrayList<>();
    for (String published : Modules.HUB) {
      modules.add(Path.of(Modules.handle(published)));
    }
    modules.add(SharedData.slimCheckpoint().getParent());
    int full = modules.size();
    for (Path module : small) {
      modules.addAll(Collections.nCopies(full * SMALL_SHARE / small.size(), module));
    }
    return modules;
  }

  private Map<String, Long> run(List<Path> modules) throws IOException, InterruptedException {
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
                Long.toString(SEED),
                Integer.toString(COUNT),
                work.toString()));
    modules.forEach(module -> command.add(module.toString()));
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
          .as("seed %d, died at %s, said %s", SEED, lastOfLog, lines)
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
