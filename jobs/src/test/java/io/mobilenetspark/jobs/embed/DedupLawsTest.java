package io.mobilenetspark.jobs.embed;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.mobilenetspark.jobs.Commands;
import io.mobilenetspark.jobs.table.VectorKind;
import io.mobilenetspark.testing.Cases;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * {@code --dedup} on generated inputs of each kind: the table is the one without it, bit for bit,
 * and each content is computed once.
 */
@Tag("slow")
class DedupLawsTest {

  private static final String[] SETTINGS = {
    "spark.sql.adaptive.enabled",
    "spark.sql.autoBroadcastJoinThreshold",
    "spark.sql.shuffle.partitions"
  };

  @TempDir private Path directory;

  private final SparkSession spark = Commands.session();

  static IntStream seeds() {
    long seed = Cases.seed(DedupLawsTest.class);
    return IntStream.range(0, Cases.count(1, 2, 80)).map(i -> (int) seed + i);
  }

  /** In continuous integration, tables of bytes and files. */
  static IntStream everySecondSeed() {
    return Cases.count(0, 1) == 0 ? seeds().filter(seed -> seed % 2 == 0) : seeds();
  }

  @AfterEach
  void giveSettingsBack() {
    Stream.of(SETTINGS).forEach(spark.conf()::unset);
  }

  private void set(Random random) {
    spark.conf().set("spark.sql.shuffle.partitions", "3");
    if (random.nextBoolean()) {
      spark.conf().set("spark.sql.adaptive.enabled", "false");
    }
    if (random.nextBoolean()) {
      spark.conf().set("spark.sql.autoBroadcastJoinThreshold", "-1");
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void wholeTablesAreTheSame(int seed) throws IOException {
    Random random = new Random(seed);
    set(random);
    DuplicatedInput.Kind kind = DuplicatedInput.Kind.of(seed);
    DuplicatedInput input = new DuplicatedInput(spark, directory, kind, random);
    for (int i = random.nextInt(30); i >= 0; i--) {
      input.add();
    }
    input.repeat(random.nextInt(3)); // ids, too
    List<String> options = new ArrayList<>(input.write());
    if (random.nextInt(3) == 0) {
      options.add("--mode=DROPMALFORMED");
    }
    if (random.nextInt(4) == 0) {
      options.add("--partitions=3");
    }
    String mode = List.of("errorifexists", "overwrite", "append", "ignore").get(random.nextInt(4));
    String description = "seed " + seed + ": " + kind + ", " + mode + ", " + options;

    embed("plain", "overwrite", options);
    JsonNode report = embed("once", mode, with(options, "--dedup"));
    assertThat(rows("once")).as(description).isEqualTo(rows("plain"));
    assertThat(report.at("/images").asInt() - report.at("/duplicates").asInt())
        .as(description + ", computed")
        .isEqualTo(input.toCompute());
    assertThat(report.at("/status"))
        .as(description)
        .isEqualTo(Commands.report(directory.resolve("plain")).at("/status"));
    if (mode.equals("append")) {
      embed("once", mode, with(options, "--dedup"));
      embed("plain", mode, options);
      assertThat(rows("once")).as(description + ", again").isEqualTo(rows("plain"));
    }
  }

  @ParameterizedTest
  @MethodSource("everySecondSeed")
  void tablesThatAreKeptUpToDateAreTheSame(int seed) throws IOException {
    Random random = new Random(seed);
    set(random);
    DuplicatedInput.Kind kind = DuplicatedInput.Kind.of(seed);
    DuplicatedInput input = new DuplicatedInput(spark, directory, kind, random);
    int rounds = Cases.count(2, 4);
    for (int round = 0; round < rounds; round++) {
      Map<Object, String> before = new HashMap<>(input.contents());
      input.change();
      for (int i = random.nextInt(10); i >= 0; i--) {
        input.add();
      }
      String description = "seed " + seed + ": " + kind + ", round " + round;
      List<String> options = input.write();
      List<String> once =
          with(options, "--dedup", "--deleted=remove", "--retry=none", "--rows-per-commit=2");
      boolean isDone = // it ends at a bad image, if there is one
          random.nextBoolean()
              && Commands.run(arguments("table", "incremental", with(once, "--mode=FAILFAST")))
                      .exitCode()
                  == 0;
      JsonNode report =
          isDone
              ? Commands.report(directory.resolve("table"))
              : embed("table", "incremental", once);
      if (round > 0) {
        embed("plain", "overwrite", options);
        assertThat(rows("table")).as(description).isEqualTo(rows("plain"));
      }
      JsonNode found = report.at("/incremental");
      assertThat(
              found.at("/computed").asInt()
                  + found.at("/resumed").asInt()
                  + report.at("/duplicates").asInt())
          .as(description)
          .isEqualTo(found.at("/new").asInt() + found.at("/changed").asInt());
      assertThat(found.at("/computed").asInt() + found.at("/resumed").asInt())
          .as(description + ", computed")
          .isEqualTo(input.toCompute(before));
    }
  }

  private static List<String> with(List<String> options, String... more) {
    List<String> all = new ArrayList<>(options);
    all.addAll(Arrays.asList(more));
    return all;
  }

  private String[] arguments(String table, String mode, List<String> options) {
    List<String> all =
        with(
            List.of("embed", "--model=builtin", "--image-size=32"),
            "--output=" + directory.resolve(table),
            "--output-mode=" + mode);
    all.addAll(options);
    return all.toArray(String[]::new);
  }

  private JsonNode embed(String table, String mode, List<String> options) throws IOException {
    Commands.run(arguments(table, mode, options)).assertExitCode(0);
    return Commands.report(directory.resolve(table));
  }

  /** All columns; how often there is each row. */
  private Map<String, Integer> rows(String table) {
    String path = directory.resolve(table).toString();
    spark.catalog().refreshByPath(path);
    Dataset<Row> all = spark.read().parquet(path);
    String[] kept =
        Stream.of(all.columns())
            .filter(
                name -> !List.of(VectorKind.SHA256, "modificationTime", "length").contains(name))
            .map(name -> "`" + name + "`")
            .toArray(String[]::new);
    Map<String, Integer> rows = new HashMap<>();
    for (String row : all.selectExpr(kept).toJSON().collectAsList()) {
      rows.merge(row, 1, Integer::sum);
    }
    return rows;
  }
}
