package io.mobilenetspark.jobs.embed;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.mobilenetspark.jobs.Commands;
import io.mobilenetspark.testing.Installed;
import io.mobilenetspark.testing.Pictures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.tools.ToolProvider;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * An image that crashes the decoder costs its row. No image is known that does: a class before the
 * others' crashes for every WebP, as native code does, by writing where it must not.
 */
@Tag("slow")
class DecoderCrashIT {

  private static final String FLAGS = "-XX:-CreateCoredumpOnCrash -XX:ErrorFile=/dev/null";

  private static final String CRASHES =
      """
      package com.luciad.imageio.webp;

      public class WebPImageReaderSpi extends javax.imageio.spi.ImageReaderSpi {
        public boolean canDecodeInput(Object source) {
          return false;
        }

        public javax.imageio.ImageReader createReaderInstance(Object extension) {
          try {
            String deaths = System.getProperty("test.deaths"); // of executors alone
            if (deaths != null) {
              java.nio.file.Files.createTempFile(java.nio.file.Path.of(deaths), "death", "");
            }
            var field = sun.misc.Unsafe.class.getDeclaredField("theUnsafe");
            field.setAccessible(true);
            ((sun.misc.Unsafe) field.get(null)).putAddress(0, 0);
          } catch (ReflectiveOperationException | java.io.IOException e) {
            throw new IllegalStateException(e);
          }
          throw new IllegalStateException("it did not crash");
        }

        public String getDescription(java.util.Locale locale) {
          return "crashes";
        }
      }
      """;

  /** One pixel. */
  private static final byte[] WEBP =
      Base64.getDecoder().decode("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA");

  private static final int PNGS = 12;

  @TempDir private Path directory;

  @BeforeEach
  void prepare() throws IOException {
    Path source = Files.writeString(directory.resolve("WebPImageReaderSpi.java"), CRASHES);
    int code =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-nowarn", "-d", classes().toString(), source.toString());
    assertThat(code).isZero();
    Files.createDirectory(photos());
    for (int i = 0; i < PNGS; i++) {
      Files.write(photos().resolve(i + ".png"), Pictures.png(i));
    }
    Files.write(photos().resolve("5-poison.webp"), WEBP);
  }

  private Path classes() {
    return directory.resolve("classes");
  }

  private Path photos() {
    return directory.resolve("photos");
  }

  /** The process that is left isolates it: the second attempt of the task, or the second run. */
  @Test
  void aLocalRunDiesAndTheNextIsolatesTheImage() throws Exception {
    Installed.Outcome first =
        embed("--driver-class-path=" + classes(), "--partitions=3", "--output-mode=incremental");
    assertThat(first.exitCode()).as(first.err()).isNotZero();
    assertThat(first.out() + first.err()).contains("SIGSEGV");

    Installed.Outcome second =
        embed("--driver-class-path=" + classes(), "--partitions=3", "--output-mode=incremental");
    second.assertExitCode(0);
    assertThat(second.err()).contains("The last run died");
    assertOneRowIsLost();

    Files.write(photos().resolve("new.png"), Pictures.png(PNGS));
    Installed.Outcome third =
        embed("--driver-class-path=" + classes(), "--output-mode=incremental", "--retry=all");
    third.assertExitCode(0);
    assertThat(third.err()).as("the row is not tried again").doesNotContain("died");
  }

  @Tag("cluster")
  @Test
  void anExecutorDiesAndTheTaskIsolatesTheImage() throws Exception {
    Files.write(photos().resolve("5-poison-2.webp"), WEBP);
    embed(
            "--master=local-cluster[1,1,1024]",
            "--conf=spark.executor.extraClassPath=" + classes(),
            "--conf=spark.executor.extraJavaOptions=" + FLAGS,
            "--partitions=1")
        .assertExitCode(0);

    Dataset<Row> rows = Commands.session().read().parquet(output().toString());
    assertThat(rows.filter("status = 'OK' AND size(features) = 768").count()).isEqualTo(PNGS);
    assertThat(rows.filter("status = 'DECODER_CRASH' AND features IS NULL").count()).isEqualTo(2);
    JsonNode report = Commands.report(output());
    assertThat(report.at("/status/OK").asInt()).isEqualTo(PNGS);
    assertThat(report.at("/status/DECODER_CRASH").asInt()).isEqualTo(2);
  }

  /** An executor's death has all tasks of the stage look for suspects, so that few die. */
  @EnabledIfSystemProperty(
      named = "cases",
      matches = "all",
      disabledReason = "of the exhaustive tier: an executor for each")
  @Tag("cluster")
  @Test
  void imagesOfSeveralPartitionsAreIsolatedEach() throws Exception {
    poison(5);
    Path deaths = Files.createDirectory(directory.resolve("deaths"));
    embed(
            "--master=local-cluster[2,1,1024]",
            "--conf=spark.executor.extraClassPath=" + classes(),
            "--conf=spark.executor.extraJavaOptions=" + FLAGS + " -Dtest.deaths=" + deaths,
            "--partitions=9")
        .assertExitCode(0);

    assertRowsAreLost(5);
    try (var files = Files.list(deaths)) {
      assertThat(files.count()).as("executors that died").isBetween(1L, 5L);
    }
  }

  @EnabledIfSystemProperty(
      named = "cases",
      matches = "all",
      disabledReason = "of the exhaustive tier: a decoder's process for each image, twice")
  @Test
  void oneLocalRunDiesForAllOfThem() throws Exception {
    poison(5);
    String[] options = {
      "--driver-class-path=" + classes(), "--partitions=9", "--output-mode=incremental"
    };
    assertThat(embed(options).exitCode()).isNotZero();
    embed(options).assertExitCode(0);
    assertRowsAreLost(5);
  }

  /** So many in all. */
  private void poison(int images) throws IOException {
    for (int i = 1; i < images; i++) {
      Files.write(photos().resolve(2 * i + "-poison.webp"), WEBP);
    }
  }

  private void assertRowsAreLost(int images) throws IOException {
    Dataset<Row> rows = Commands.session().read().parquet(output().toString());
    assertThat(rows.select("path").distinct().count()).isEqualTo(PNGS + images);
    assertThat(rows.filter("status = 'OK' AND size(features) = 768").count()).isEqualTo(PNGS);
    assertThat(
            rows.filter(
                    "status = 'DECODER_CRASH' AND features IS NULL AND path LIKE '%-poison.webp'")
                .count())
        .isEqualTo(images);
    assertThat(Commands.report(output()).at("/images").asInt()).isEqualTo(PNGS + images);
  }

  private void assertOneRowIsLost() {
    Dataset<Row> rows = Commands.session().read().parquet(output().toString());
    assertThat(rows.filter("status = 'OK' AND size(features) = 768").count()).isEqualTo(PNGS);
    List<Row> crashed =
        rows.filter("status <> 'OK'").select("path", "status", "error").collectAsList();
    assertThat(crashed).hasSize(1);
    assertThat(crashed.get(0).getString(0)).endsWith("5-poison.webp");
    assertThat(crashed.get(0).getString(1)).isEqualTo("DECODER_CRASH");
    assertThat(crashed.get(0).getString(2)).contains("crashes the process", "exit code ");
  }

  private Path output() {
    return directory.resolve("vectors");
  }

  private Installed.Outcome embed(String... more) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("embed", "--input=" + photos()));
    arguments.addAll(List.of("--model=builtin", "--image-size=32", "--output=" + output()));
    arguments.add("--driver-java-options=" + FLAGS);
    arguments.addAll(List.of(more));
    return Commands.launch(Map.of(), arguments.toArray(new String[0]));
  }
}
