package io.mobilenetspark.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.testing.Clients;
import io.mobilenetspark.testing.Installed;
import io.mobilenetspark.testing.Python;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Others' programs read what the jobs write. With {@code -Dreaders=all} also the programs that are
 * too heavy for every run.
 */
@Tag("slow")
class ReadersIT {

  private static final List<String> LIGHT = List.of("pyarrow", "pandas", "polars", "duckdb");
  private static final Path CLI = Installed.projectRoot().resolve("jobs/target/parquet-cli");
  private static final List<String> HEAVY = List.of("daft", "ray");

  @TempDir private static Path directory;
  private static Path table = Path.of("");

  @BeforeAll
  static void embed() throws Exception {
    table = directory.resolve("vectors");
    Installed.launch(
            Map.of(),
            "embed",
            "--input=" + Installed.demoImages(),
            "--model=builtin",
            "--image-size=64",
            "--output=" + table)
        .assertExitCode(0);
  }

  @Tag("python")
  @Test
  void othersReadTheTable() throws Exception {
    String python = Python.having("numpy", "readers of Parquet", "numpy");
    List<Row> rows =
        new ArrayList<>(
            Installed.session()
                .read()
                .parquet(table.toString())
                .select("path", "features", "status")
                .collectAsList());
    List<String> command =
        new ArrayList<>(List.of(python, script("read_table.py"), table.toString()));
    command.addAll(List.of(Integer.toString(rows.size()), Long.toString(good(rows)), "768"));
    command.add(sha256(rows));
    command.addAll(LIGHT);
    if ("all".equals(System.getProperty("readers"))) {
      command.addAll(HEAVY);
    }

    Installed.Outcome outcome =
        Installed.execute(Map.of("RAY_DISABLE_IMPORT_WARNING", "1"), command).assertExitCode(0);

    List<List<String>> said =
        outcome
            .out()
            .lines()
            .map(line -> Arrays.asList(line.split("\t", -1)))
            .filter(columns -> columns.size() == 3)
            .toList();
    assertThat(said).extracting(columns -> columns.get(0)).containsAll(LIGHT);
    for (List<String> client : said) {
      if (client.get(1).equals("-")) {
        Clients.skipped(client.get(0), client.get(2), "not installed in " + python, client.get(0));
      } else {
        Clients.passed(client.get(0), client.get(1), client.get(2));
      }
    }
  }

  /**
   * Of vectors, what {@code meta} says: a count of values, those of rows without one being null.
   */
  @Test
  void parquetsOwnCommands() throws Exception {
    Path file = named(table, "part-.*\\.parquet");
    List<Row> rows = Installed.session().read().parquet(file.toString()).collectAsList();
    long good = rows.stream().filter(row -> row.getAs("status").equals("OK")).count();
    assertThat(good).isBetween(1L, rows.size() - 1L);

    assertThat(parquet("meta", file.toString()))
        .contains("mobilenet.dimension: 768")
        .containsPattern("mobilenet\\.model\\.fingerprint: 3135e7e785c5")
        .containsPattern(
            String.format(
                Locale.ROOT,
                "features\\.list\\.element +FLOAT .* %d +[0-9.]+ B +%d +",
                good * 768 + rows.size() - good,
                rows.size() - good))
        .contains("required float element;");
    assertThat(parquet("schema", file.toString())).contains("\"name\" : \"features\"");
    assertThat(parquet("cat", "-n", "1", file.toString()))
        .contains("{\"path\": \"" + rows.get(0).getAs("path") + "\"", "\"status\": ");
    String jar = named(CLI, "parquet-cli-.*\\.jar").getFileName().toString();
    Clients.passed(
        "Parquet's CLI",
        jar.replaceAll("[^0-9]*([0-9.]+)\\.jar", "$1"),
        "meta, schema, cat: dimension, no NULLs, fingerprint");
  }

  private static String parquet(String... arguments) throws Exception {
    String spark = Files.readString(CLI.resolveSibling("spark-class-path.txt")).strip();
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + "/bin/java");
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-Dorg.apache.logging.log4j.level=INFO"); // it prints by way of a log
    command.addAll(List.of("-cp", CLI + "/*:" + spark, "org.apache.parquet.cli.Main"));
    command.addAll(List.of(arguments));
    return Installed.execute(Map.of(), command).assertExitCode(0).out();
  }

  private static Path named(Path folder, String pattern) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().matches(pattern))
          .sorted()
          .findFirst()
          .orElseThrow();
    }
  }

  private static String script(String name) {
    return Installed.projectRoot().resolve("clients/src/test/python").resolve(name).toString();
  }

  private static long good(List<Row> rows) {
    return rows.stream().filter(row -> row.getString(2).equals("OK")).count();
  }

  /** Of the vectors' bits, in the order of the paths' bytes. */
  private static String sha256(List<Row> rows) throws Exception {
    rows.sort(
        Comparator.comparing(
            row -> row.getString(0).getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned));
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    for (Row row : rows) {
      if (row.getString(2).equals("OK")) {
        float[] vector = Installed.vector(row, "features");
        ByteBuffer bytes =
            ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(vector);
        digest.update(bytes.array());
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
