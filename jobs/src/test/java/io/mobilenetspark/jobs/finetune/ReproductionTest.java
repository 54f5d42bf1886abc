package io.mobilenetspark.jobs.finetune;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.jobs.report.Rerun;
import io.mobilenetspark.spark.train.EpochMetrics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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

  private static String command(String... words) {
    return Reproduction.of(List.of(words), NO_STEPS, 1).command();
  }

  @Test
  void aShellReadsEveryWordAsItWas() throws Exception {
    List<String> words =
        List.of(
            "finetune",
            "--input=my photos/it's \"here\"",
            "--input=$HOME `id` $(id) !! \\ \\\\",
            "--input=hdfs:///p/img?.jpg",
            "--input",
            "hdfs:///my photos/a b\n",
            "--validation-input=s3a://b/c#/x{y,z}?[a]*",
            "--image-column=~/a;b|c&d>e<f*?[g]{h,i}#j",
            "--class-weights=Blüte=2,線\n=1",
            "--label-column=",
            "",
            "'");
    List<String> read = read(command(words.toArray(String[]::new)));
    assertThat(read).startsWith("mobilenet-spark").hasSize(words.size() + 1);
    assertThat(read.subList(1, read.size())).isEqualTo(words);
  }

  @Test
  void whatTheClusterChoseIsSaid() {
    List<String> words = List.of("finetune", "--epochs=2");
    assertThat(Reproduction.of(words, NO_STEPS, 1))
        .as("a head alone is the same by any number of workers")
        .isEqualTo(new Rerun("mobilenet-spark finetune --epochs=2", Reproduction.SAME));
    assertThat(Reproduction.of(words, THREE_WORKERS, 2))
        .isEqualTo(
            new Rerun(
                "mobilenet-spark finetune --epochs=2 --num-workers=3 --conf spark.task.cpus=2",
                Reproduction.SAME));
  }

  /** A checkpoint's run may have had another number than the one that was asked for at its end. */
  @ParameterizedTest
  @ValueSource(strings = {"--num-workers 5", "--num-workers=5"})
  void theWorkersAreThoseThatThereWere(String asked) {
    List<String> words = new ArrayList<>(List.of("finetune"));
    words.addAll(List.of(asked.split(" ")));
    words.add("--epochs=2");
    assertThat(Reproduction.of(words, THREE_WORKERS, 1))
        .isEqualTo(
            new Rerun("mobilenet-spark finetune --epochs=2 --num-workers=3", Reproduction.SAME));
    assertThat(Reproduction.of(words, List.of(epoch(1, 3), epoch(2, 4)), 1))
        .as("no number is that of both epochs")
        .isEqualTo(new Rerun("mobilenet-spark finetune --epochs=2", Reproduction.NEAR));
  }

  /** Else the output would exist, or a finished run be loaded instead of repeated. */
  @Test
  void itWritesAnotherOutputAndLoadsNothing() {
    assertThat(
            command(
                "finetune",
                "--output-mode",
                "ignore",
                "--checkpoint-dir",
                "runs",
                "--output",
                "a",
                "--checkpoint-interval=5",
                "--quiet"))
        .isEqualTo("mobilenet-spark finetune --output a-again --quiet");
    assertThat(
            command(
                "finetune", "--output-mode=overwrite", "--output=a", "--checkpoint-dir=--quiet"))
        .isEqualTo("mobilenet-spark finetune --output=a-again");
  }

  @ParameterizedTest
  @CsvSource({
    "a, a-again",
    "a-again, a-again-again",
    "a//, a-again",
    "., .-again",
    "/, /again",
    "s3a://KEY:SECRET@b/a/, s3a://b/a-again",
    "s3a://b, s3a://b/again",
    "hdfs:///, hdfs:///again",
    "hdfs:///a=b?, 'hdfs:///a=b?-again'",
  })
  void anotherOutputIsBesideIt(String output, String expected) throws Exception {
    assertThat(read(command("finetune", "--output=" + output))).endsWith("--output=" + expected);
    assertThat(read(command("finetune", "--output", output))).endsWith("--output", expected);
  }

  @ParameterizedTest
  @CsvSource({
    "--model, https://me:SECRET@host/m?sig=SECRET, https://host/m?sig=***",
    "--model, https://host/m#SECRET, https://host/m#***",
    "--input, s3a://KEY:SECRET@b/my x?.jpg, s3a://b/my x?.jpg",
    "--input-option, fs.s3a.secret.key=SECRET, fs.s3a.secret.key=***",
    "--input-option, password=SEC=RET, password=***",
    "--input-option, url=jdbc:db://h/d?user=u&password=SECRET, url=***",
    "--input-option, SECRET, ***",
  })
  void secretsAreMasked(String option, String value, String expected) throws Exception {
    assertThat(read(command("finetune", option + "=" + value, "--quiet")))
        .containsExactly("mobilenet-spark", "finetune", option + "=" + expected, "--quiet");
    assertThat(read(command("finetune", option, value, "--quiet")))
        .containsExactly("mobilenet-spark", "finetune", option, expected, "--quiet");
  }
}
