package io.mobilenetspark.jobs.embed;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.jobs.Commands;
import io.mobilenetspark.testing.Cases;
import io.mobilenetspark.testing.Floats;
import io.mobilenetspark.testing.SharedData;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

/** An image's vector does not depend on what it is computed with, or where. */
@Tag("slow")
class SameBitsIT {

  private static final int PHOTOGRAPHS = Cases.count(20, 60, 300);

  @TempDir private Path directory;

  @Test
  void batchPartitionsAndConcurrencyDoNotMatter() throws Exception {
    Path list = photographs();
    Map<String, float[]> expected = embed(list, 1, 1, 1);
    assertThat(expected).hasSize(PHOTOGRAPHS);

    for (int batch : new int[] {1, 7, 32}) {
      for (int partitions : new int[] {1, 3, 17}) {
        for (int concurrent : new int[] {1, 4}) {
          boolean isReference = batch == 1 && partitions == 1 && concurrent == 1;
          // One partition runs as one task, however many could run.
          boolean isSameAsOther = partitions == 1 && concurrent == 4;
          if (!isReference && !isSameAsOther) {
            assertSame(embed(list, batch, partitions, concurrent), expected);
          }
        }
      }
    }
  }

  private static void assertSame(Map<String, float[]> actual, Map<String, float[]> expected) {
    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    actual.forEach((id, vector) -> Floats.assertSameBits(vector, expected.get(id)));
  }

  /**
   * The vectors by path. This JVM's session runs four tasks at once; one at a time is one job a
   * partition.
   */
  private Map<String, float[]> embed(Path list, int batch, int partitions, int concurrent) {
    Path output =
        directory.resolve(
            String.format(Locale.ROOT, "vectors-%d-%d-%d", batch, partitions, concurrent));
    if (concurrent == 1 && partitions > 1) {
      for (int part = 0; part < partitions; part++) {
        run(
            list.resolveSibling(String.format(Locale.ROOT, "part-%d-of-%d.csv", part, partitions)),
            batch,
            1,
            output);
      }
    } else {
      run(list, batch, partitions, output);
    }
    Map<String, float[]> vectors = new TreeMap<>();
    for (Row row : Commands.session().read().parquet(output.toString()).collectAsList()) {
      assertThat(row.<String>getAs("status")).isEqualTo("OK");
      assertThat(vectors.put(row.getAs("path"), Commands.vector(row, "features"))).isNull();
    }
    return vectors;
  }

  private static void run(Path list, int batch, int partitions, Path output) {
    Commands.run(
            "embed",
            "--input=" + list,
            "--input-option=header=true",
            "--model=builtin",
            "--batch-size=" + batch,
            "--partitions=" + partitions,
            "--output-mode=append",
            "--output=" + output)
        .assertExitCode(0);
  }

  /** Flower photographs where they are, else those that Maven brings, under many names. */
  private Path photographs() throws IOException {
    List<Path> files = flowers();
    if (files.isEmpty()) {
      files = goodDemoImages();
    }
    List<Path> chosen = new ArrayList<>();
    for (int i = 0; i < PHOTOGRAPHS; i++) {
      Path file = files.get(i % files.size());
      chosen.add(
          i < files.size() ? file : Files.createSymbolicLink(directory.resolve("link" + i), file));
    }
    for (int partitions : new int[] {3, 17}) {
      for (int part = 0; part < partitions; part++) {
        int from = PHOTOGRAPHS * part / partitions;
        int to = PHOTOGRAPHS * (part + 1) / partitions;
        write(
            String.format(Locale.ROOT, "part-%d-of-%d.csv", part, partitions),
            chosen.subList(from, to));
      }
    }
    return write("all.csv", chosen);
  }

  private Path write(String name, List<Path> files) throws IOException {
    return Files.writeString(
        directory.resolve(name),
        files.stream().map(Path::toString).collect(Collectors.joining("\n", "path\n", "\n")),
        StandardCharsets.UTF_8);
  }

  private static List<Path> flowers() throws IOException {
    try (Stream<Path> files = Files.walk(SharedData.directory().resolve("flower_photos"))) {
      return files
          .filter(file -> file.toString().endsWith(".jpg"))
          .sorted()
          .limit(PHOTOGRAPHS)
          .toList();
    } catch (TestAbortedException e) {
      return List.of();
    }
  }

  private List<Path> goodDemoImages() {
    Path output = directory.resolve("demo");
    Commands.run(
            "embed",
            "--input=" + Commands.demoImages(),
            "--model=builtin",
            "--image-size=32",
            "--output=" + output)
        .assertExitCode(0);
    return Commands.session()
        .read()
        .parquet(output.toString())
        .where("status = 'OK'")
        .select("path")
        .collectAsList()
        .stream()
        .map(row -> Path.of(URI.create(row.getString(0).replace(" ", "%20"))))
        .sorted()
        .toList();
  }
}
