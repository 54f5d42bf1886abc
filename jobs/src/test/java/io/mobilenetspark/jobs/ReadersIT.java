package io.mobilenetspark.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.testing.Clients;
import io.mobilenetspark.testing.Python;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Others' programs read what the jobs write, and the notebook runs as it is checked in. With {@code
 * -Dreaders=all} also the programs that are too heavy for every run.
 */
class ReadersIT {

  private static final List<String> LIGHT = List.of("pyarrow", "pandas", "polars", "duckdb");
  private static final List<String> HEAVY = List.of("daft", "ray");

  @TempDir private static Path directory;
  private static Path table = Path.of("");

  @BeforeAll
  static void embed() {
    table = directory.resolve("vectors");
    Commands.run(
            "embed",
            "--input=" + Commands.demoImages(),
            "--model=builtin",
            "--image-size=64",
            "--output=" + table)
        .assertExitCode(0);
  }

  @Test
  void notebook() throws Exception {
    String python =
        Python.having("pyarrow", "the notebook read_vectors.ipynb", "pyarrow.parquet, numpy");

    Commands.Outcome outcome =
        Commands.execute(
            Map.of("VECTORS", table.toString()),
            List.of(
                python,
                script("run_notebook.py"),
                Commands.projectRoot().resolve("notebooks/read_vectors.ipynb").toString()));

    outcome.assertExitCode(0);
    assertThat(outcome.out())
        .contains("\"mobilenet.dimension\": \"768\"", "\"mobilenet.image.size\": \"64x64\"")
        .contains("UNTRAINED")
        .contains("ran 5 cells");
  }

  @Test
  void othersReadTheTable() throws Exception {
    String python = Python.having("numpy", "readers of Parquet", "numpy");
    List<Row> rows =
        new ArrayList<>(
            Commands.session()
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

    Commands.Outcome outcome =
        Commands.execute(Map.of("RAY_DISABLE_IMPORT_WARNING", "1"), command).assertExitCode(0);

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
        Clients.skipped(client.get(0), client.get(2), "not installed in " + python);
      } else {
        Clients.passed(client.get(0), client.get(1), client.get(2));
      }
    }
  }

  private static String script(String name) {
    return Commands.projectRoot().resolve("jobs/src/test/python").resolve(name).toString();
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
        float[] vector = Commands.vector(row, "features");
        ByteBuffer bytes =
            ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(vector);
        digest.update(bytes.array());
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
