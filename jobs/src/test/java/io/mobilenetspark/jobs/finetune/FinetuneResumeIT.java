package io.mobilenetspark.jobs.finetune;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.mobilenetspark.jobs.Main;
import io.mobilenetspark.testing.Colours;
import io.mobilenetspark.testing.Installed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A driver that is killed, and the same command again. */
@Tag("slow")
class FinetuneResumeIT extends ColourFolder {

  private static final int EPOCHS = 6;
  private static final long TIMEOUT_SECONDS = 1200;

  @Test
  void killedAndStartedAgainItEndsAsIfNothingHadHappened() throws Exception {
    Path checkpoints = directory.resolve("checkpoints");
    String[] options = {
      "--input=" + colours,
      "--epochs=" + EPOCHS,
      "--validation-fraction=0.2",
      "--optimizer=adam",
      "--batch-norm=training",
      "--checkpoint-interval=1"
    };
    finetune(options).assertExitCode(0);
    JsonNode undisturbed = report();
    Path first = output;
    output = directory.resolve("runs/resumed");

    String[] resumable = Arrays.copyOf(options, options.length + 1);
    resumable[options.length] = "--checkpoint-dir=" + checkpoints;
    killAfterSteps(checkpoints, 3, resumable);
    assertThat(output).doesNotExist();
    String left = lastCheckpoint(checkpoints);
    Installed.Outcome again = finetune(resumable);

    again.assertExitCode(0);
    // The process may have died while it wrote the newest one's marker: then it is the one before.
    boolean isCut = again.err().contains("checkpoint.json is damaged");
    assertThat(again.err())
        .contains("Resuming after step " + (Integer.parseInt(left) - (isCut ? 1 : 0)));
    JsonNode resumed = report();
    assertThat(resumed.at("/epochs").size()).isEqualTo(1 + EPOCHS); // the head alone is epoch 0
    for (String metric :
        List.of("loss", "gradientNorm", "learningRate", "validationLoss", "validationAccuracy")) {
      assertThat(values(resumed, metric))
          .as("%s, taken up after step %s", metric, left)
          .isEqualTo(values(undisturbed, metric));
    }
    assertThat(resumed.at("/fingerprints")).isEqualTo(undisturbed.at("/fingerprints"));
    assertThat(Files.mismatch(weights(output), weights(first))).isEqualTo(-1);
  }

  private static List<Double> values(JsonNode report, String metric) {
    List<Double> values = new ArrayList<>();
    report.at("/epochs").forEach(epoch -> values.add(epoch.get(metric).asDouble()));
    return values;
  }

  private static Path weights(Path run) {
    return run.resolve("tf2/variables/variables.data-00000-of-00001");
  }

  /** Runs the command in a JVM of its own, and kills it when it has written some checkpoints. */
  private void killAfterSteps(Path checkpoints, int steps, String... options)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + "/bin/java");
    command.addAll(List.of(org.apache.spark.launcher.JavaModuleOptions.defaultModuleOptionArray()));
    command.addAll(List.of("-Xmx1500m", "-Dspark.master=local[2]", "-Dspark.ui.enabled=false"));
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(Main.class.getName());
    command.addAll(args(options));
    Path log = directory.resolve("killed.log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS);
      while (!Files.exists(checkpoints) || Integer.parseInt(lastCheckpoint(checkpoints)) < steps) {
        assertThat(process.isAlive()).as("runs still: %s", Files.readString(log)).isTrue();
        assertThat(System.nanoTime()).as(Files.readString(log)).isLessThan(deadline);
        Thread.sleep(20);
      }
    } finally {
      process.destroyForcibly(); // SIGKILL
    }
    assertThat(process.waitFor()).as("killed: %s", Files.readString(log)).isEqualTo(128 + 9);
  }

  /** The number of the last complete checkpoint's step; 0 if there is none. */
  private static String lastCheckpoint(Path checkpoints) throws IOException {
    try (Stream<Path> files = Files.walk(checkpoints)) {
      return files
          .filter(file -> file.endsWith("checkpoint.json"))
          .map(file -> checkpoints.relativize(file).getName(1).toString().split("-", -1)[1])
          .max(String::compareTo)
          .orElse("0");
    } catch (UncheckedIOException e) {
      return "0"; // one was removed meanwhile
    }
  }

  /** Whoever changed a label by accident must see it; the old run stays as it is. */
  @Test
  void otherLabelsAreAnotherRunAndTheNoticeSaysSo() throws IOException {
    Path checkpoints = directory.resolve("checkpoints");
    finetune("--input=" + colours, "--checkpoint-dir=" + checkpoints).assertExitCode(0);
    JsonNode first = report();
    Path fourth = Files.createDirectories(colours.resolve("yellow"));
    Files.write(fourth.resolve("picture.png"), Colours.png(1, 99));
    String[] again = {
      "--input=" + colours,
      "--checkpoint-dir=" + checkpoints,
      "--learning-rate=0.002",
      "--output-mode=overwrite"
    };
    Installed.Outcome other = finetune(again);
    other.assertExitCode(0);
    assertThat(other.err())
        .contains(
            "Training starts from the beginning: of 1 run in " + checkpoints,
            "--learning-rate was 0.001, is 0.002",
            "labels was blue sky, green, red",
            "With that restored it would resume.");
    Files.delete(fourth.resolve("picture.png"));
    Files.delete(fourth);
    again[2] = "--learning-rate=0.001";
    Installed.Outcome restored = finetune(again);
    restored.assertExitCode(0);
    assertThat(restored.err()).contains("The run is done already");
    assertThat(report().at("/fingerprints")).isEqualTo(first.at("/fingerprints"));
  }
}
