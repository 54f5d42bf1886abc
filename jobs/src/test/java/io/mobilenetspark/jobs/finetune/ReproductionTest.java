package io.mobilenetspark.jobs.finetune;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.spark.train.EpochMetrics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The words of a command, read by a shell. */
class ReproductionTest {

  private static final List<EpochMetrics> NO_STEPS = List.of(epoch(0, 3));
  private static final List<EpochMetrics> THREE_WORKERS = List.of(epoch(0, 2), epoch(1, 3));

  private static EpochMetrics epoch(int number, int workers) {
    return new EpochMetrics(number, number * 30L, 1, 1, null, null, 1, 1, 1, 1, 0, workers);
  }

  private static List<String> read(String command) throws IOException, InterruptedException {
    Process shell =
        new ProcessBuilder("sh", "-c", "set -- " + command + "; printf '%s\\0' \"$@\"").start();
    String words = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(shell.waitFor()).isZero();
    return List.of(words.substring(0, words.length() - 1).split("\0", -1));
  }

  @Test
  void aShellReadsEveryWordAsItWas() throws Exception {
    List<String> words =
        List.of(
            "finetune",
            "--input=my photos/it's \"here\"",
            "--input=$HOME `id` $(id) !! \\ \\\\",
            "--output=~/a;b|c&d>e<f*?[g]{h,i}#j",
            "--class-weights=Blüte=2,線\n=1",
            "--label-column=",
            "",
            "'",
            "--num-workers=2");
    List<String> read = read(Reproduction.command(words, NO_STEPS, 1));
    assertThat(read).startsWith("mobilenet-spark").hasSize(words.size() + 1);
    assertThat(read.subList(1, read.size())).isEqualTo(words);
  }

  @Test
  void whatTheClusterChoseIsSaid() {
    List<String> words = List.of("finetune", "--output=x");
    assertThat(Reproduction.command(words, NO_STEPS, 1))
        .as("a head alone is the same by any number of workers")
        .isEqualTo("mobilenet-spark finetune --output=x");
    assertThat(Reproduction.command(words, THREE_WORKERS, 2))
        .isEqualTo("mobilenet-spark finetune --output=x --num-workers=3 --conf spark.task.cpus=2");
    assertThat(Reproduction.command(List.of("finetune", "--num-workers", "5"), THREE_WORKERS, 1))
        .isEqualTo("mobilenet-spark finetune --num-workers 5");
    assertThat(Reproduction.command(words, List.of(epoch(1, 3), epoch(2, 4)), 1))
        .as("no number is that of both epochs")
        .doesNotContain("--num-workers");
  }

  @Test
  void secretsAreLeftOut() {
    assertThat(
            Reproduction.command(
                List.of(
                    "finetune",
                    "--model=https://me:secret@host/m?sig=secret",
                    "--model",
                    "https://host/m#secret"),
                NO_STEPS,
                1))
        .doesNotContain("secret")
        .contains("'--model=https://host/m?sig=***'");
  }
}
