package io.mobilenetspark.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.testing.Cases;
import io.mobilenetspark.testing.Installed;
import io.mobilenetspark.testing.Pictures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Delta Lake and Apache Iceberg in one session with the SQL functions, as their users have them.
 */
@Tag("slow")
class TableFormatsIT {

  private static final String DELTA = "io.delta.sql.DeltaSparkSessionExtension";
  private static final String ICEBERG =
      "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions";
  private static final String OURS = SqlApplication.EXTENSIONS;

  @TempDir private Path directory;

  static List<String> orders() {
    return List.of(ICEBERG + "," + DELTA + "," + OURS, OURS + "," + DELTA + "," + ICEBERG)
        .subList(0, Cases.count(1, 2));
  }

  @ParameterizedTest
  @MethodSource("orders")
  void everyStatementGivesThePlainVectors(String extensions) throws Exception {
    Path photos = Files.createDirectories(directory.resolve("photos"));
    for (int id = 1; id <= 12; id++) {
      Path file = photos.resolve(String.format(Locale.ROOT, "%02d.png", id));
      Files.write(file, id == 11 ? new byte[] {1, 2, 3} : Pictures.png(id));
    }
    List<String> flags = new ArrayList<>(List.of("--master", "local[2]", "--jars", jars()));
    for (String setting :
        List.of(
            "spark.sql.extensions=" + extensions,
            "spark.sql.catalog.spark_catalog=org.apache.spark.sql.delta.catalog.DeltaCatalog",
            "spark.sql.catalog.ice=org.apache.iceberg.spark.SparkCatalog",
            "spark.sql.catalog.ice.type=hadoop",
            "spark.sql.catalog.ice.warehouse=" + directory.resolve("ice"),
            "spark.sql.shuffle.partitions=2",
            "spark.databricks.delta.snapshotPartitions=1",
            "spark.mobilenet.model=builtin",
            "spark.mobilenet.imageSize=32")) {
      flags.addAll(List.of("--conf", setting));
    }

    List<String> recipe = recipe();
    Installed.Outcome outcome =
        SqlApplication.submit(
            directory,
            TableFormatsMain.class,
            flags,
            photos.toString(),
            recipe.get(0),
            recipe.get(1),
            recipe.get(2),
            "spark_catalog.default.vectors",
            "delta",
            "ice.default.vectors",
            "iceberg");

    outcome.assertExitCode(0);
    assertThat(outcome.out().lines().filter(line -> line.contains("gives the same vectors")))
        .as(outcome.out())
        .hasSize(20);
  }

  /** The statements of the docs: CREATE TABLE, MERGE, and the SELECT of an earlier version. */
  private static List<String> recipe() throws IOException {
    List<String> statements =
        DocPage.read("docs/sql.md").blocks().stream()
            .filter(block -> block.label().matches("example: (merge|travel).sql"))
            .flatMap(block -> Arrays.stream(block.text().split(";", -1)))
            .map(String::strip)
            .filter(statement -> !statement.isEmpty())
            .toList();
    assertThat(statements).hasSize(3);
    return statements;
  }

  private static String jars() throws IOException {
    Path formats = Commands.projectRoot().resolve("jobs/target/table-formats");
    try (Stream<Path> jars = Files.list(formats)) {
      return Stream.concat(Stream.of(Commands.jar(), Commands.nativeJar()), jars.sorted())
          .map(Path::toString)
          .collect(Collectors.joining(","));
    }
  }
}
