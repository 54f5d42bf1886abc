package io.mobilenetspark.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.mobilenetspark.testing.Cases;
import io.mobilenetspark.testing.Floats;
import io.mobilenetspark.testing.Installed;
import io.mobilenetspark.testing.Pictures;
import io.mobilenetspark.testing.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.opentest4j.TestAbortedException;

/** The SQL functions out of the shaded jar, in processes of their own, without code. */
class SqlIT {

  private static final int PHOTOGRAPHS = Cases.count(60, 60, 300);

  @TempDir private Path directory;

  private Installed.Outcome submit(Class<?> main, List<String> flags, String... arguments)
      throws Exception {
    return SqlApplication.submit(directory, main, flags, arguments);
  }

  /** In one JVM, and with an executor of its own, which gets the jars from Spark. */
  @Tag("cluster")
  @ParameterizedTest
  @ValueSource(strings = {"local[2]", "local-cluster[1,2,1536]"})
  void aSqlShellNeedsOneSettingAndTheJars(String master) throws Exception {
    Path photos = Files.createDirectories(directory.resolve("photos"));
    for (int i = 0; i < 5; i++) {
      Files.write(photos.resolve(i + ".png"), Pictures.png(i));
    }
    Files.writeString(photos.resolve("5.png"), "<html>");

    Installed.Outcome outcome =
        submit(
            SqlShellMain.class,
            List.of(
                "--master",
                master,
                "--conf",
                "spark.mobilenet.model=builtin",
                "--conf",
                "spark.mobilenet.imageSize=64"),
            String.format(
                Locale.ROOT,
                "CREATE TEMPORARY VIEW photos AS SELECT * FROM binaryFile.`%s`",
                photos),
            "SELECT 'vectors', count(v), min(size(v)), count(*) FROM (SELECT"
                + " mobilenet_features(content) AS v FROM photos)",
            "SET spark.mobilenet.resize=area",
            "SELECT 'status', mobilenet_embed(content).status FROM photos WHERE path LIKE '%5.png'",
            "SELECT 'same', round(mobilenet_cosine_similarity(a, a), 5) FROM (SELECT"
                + " mobilenet_features(content) AS a FROM photos WHERE path LIKE '%0.png')",
            "EXPLAIN SELECT mobilenet_features(content) FROM photos",
            "DESCRIBE FUNCTION mobilenet_features");

    outcome.assertExitCode(0);
    assertThat(outcome.out())
        .contains("vectors\t5\t768\t6")
        .contains("status\tUNSUPPORTED_FORMAT")
        .contains("same\t1.0")
        .contains("MobileNetEval [mobilenet_features(content#", "64x64, area, float32")
        .contains("Function: mobilenet_features");
  }

  @Tag("cluster")
  @Test
  void everyWayGivesTheSameBitsInOneSession() throws Exception {
    Path photographs = photographs();
    Path output = directory.resolve("vectors");

    submit(
            SameVectorsMain.class,
            List.of("--master", "local-cluster[1,2,1536]"),
            photographs.toString(),
            model(),
            output.toString())
        .assertExitCode(0);

    Map<String, Map<String, float[]>> ways = new TreeMap<>();
    try (Stream<Path> folders = Files.list(output)) {
      for (Path folder : folders.toList()) {
        ways.put(folder.getFileName().toString(), vectors(folder));
      }
    }
    assertThat(ways).containsKeys("job", "sql");
    Map<String, float[]> expected = ways.get("job");
    assertThat(expected).hasSize(PHOTOGRAPHS);
    ways.forEach(
        (way, vectors) -> {
          assertThat(vectors.keySet()).as(way).isEqualTo(expected.keySet());
          vectors.forEach((path, vector) -> Floats.assertSameBits(vector, expected.get(path)));
        });

    JsonNode report = Commands.report(output.resolve("job"));
    assertThat(report.at("/spark/executors").asInt()).as("executor JVMs").isEqualTo(1);
    assertThat(report.at("/sessions").asInt())
        .as("sessions that the job opened: it found the one of the SQL function")
        .isZero();
    assertThat(report.at("/batches").asInt()).isPositive();
  }

  private static Map<String, float[]> vectors(Path table) {
    Map<String, float[]> vectors = new TreeMap<>();
    for (Row row : Commands.session().read().parquet(table.toString()).collectAsList()) {
      assertThat(vectors.put(row.getAs("path"), Commands.vector(row, "features"))).isNull();
    }
    return vectors;
  }

  /** The trained network where it is, else the untrained one. */
  private static String model() {
    try {
      return SharedData.slimCheckpoint().toString();
    } catch (TestAbortedException e) {
      return "builtin";
    }
  }

  /** Flower photographs where they are, else small pictures. */
  private Path photographs() throws IOException {
    Path folder = Files.createDirectories(directory.resolve("photographs"));
    try (Stream<Path> files = Files.walk(SharedData.directory().resolve("flower_photos"))) {
      List<Path> flowers =
          files
              .filter(file -> file.toString().endsWith(".jpg"))
              .sorted()
              .limit(PHOTOGRAPHS)
              .toList();
      for (int i = 0; i < flowers.size(); i++) {
        Files.copy(flowers.get(i), folder.resolve(String.format(Locale.ROOT, "%03d.jpg", i)));
      }
    } catch (TestAbortedException e) {
      for (int i = 0; i < PHOTOGRAPHS; i++) {
        Files.write(folder.resolve(String.format(Locale.ROOT, "%03d.png", i)), Pictures.png(i));
      }
    }
    return folder;
  }
}
